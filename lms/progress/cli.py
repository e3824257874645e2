"""Commands that run the counting arithmetic outside the site."""

import json
from pathlib import Path

import click
import yaml
from flask.cli import AppGroup

from lms.progress.domain.cases import CaseError, load_cases
from lms.progress.domain.simulate import differences, simulate_case

cli = AppGroup("progress", help="How study time is counted.")


@cli.command()
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def simulate(cases: Path) -> None:
    """Run worked schedules through the site's own arithmetic, one JSON line a case."""
    try:
        loaded = load_cases(yaml.safe_load(cases.read_text(encoding="utf-8")))
    except (CaseError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{cases}: {error}") from error
    wrong: list[str] = []
    for case in loaded:
        result = simulate_case(case)
        click.echo(json.dumps(result, ensure_ascii=False))
        wrong += differences(case, result)
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)
