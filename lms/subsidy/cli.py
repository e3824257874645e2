"""Commands that judge worked cases by policies, and decide for the learners of the site."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.subsidy.domain.cases import CaseFile, differences, judged, load_cases
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import read_yaml

subsidy = AppGroup("subsidy", help="Which training subsidy a learner may claim.")


@subsidy.command()
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(cases: Path) -> None:
    """Judge worked cases by the policies in their file, one JSON line a case."""
    try:
        data = read_yaml(cases)
    except MalformedError as error:
        raise click.ClickException(str(error)) from error
    try:
        wrong = _judge(load_cases(data))
    except MalformedError as error:
        raise click.ClickException(f"{cases}: {error}") from error
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)


def _judge(file: CaseFile) -> list[str]:
    wrong: list[str] = []
    for case in file.cases:
        result = judged(case, file.policies)
        click.echo(json.dumps(result, ensure_ascii=False))
        wrong += differences(case, result)
    return wrong
