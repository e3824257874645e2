"""Commands that judge worked cases by policies, and decide for the learners of the site."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import click
from flask.cli import AppGroup

from lms.core.errors import Conflict
from lms.db.session import now
from lms.subsidy import service
from lms.subsidy.crowd import decide_everybody
from lms.subsidy.domain.cases import CaseFile, differences, judged, load_cases
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import read_yaml, shelf
from lms.web.access import database

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


@subsidy.command()
@click.option("--all", "everybody", is_flag=True, help="Everybody, not only where facts changed.")
@click.option("--workers", default=1, type=click.IntRange(1, 64), help="Processes for --all.")
def evaluate(*, everybody: bool, workers: int) -> None:
    """Decide for everyone whose facts changed; print counts and rate."""
    began = monotonic()
    done = service.Round()
    try:
        steps = decide_everybody(database(), workers=workers) if everybody else _what_is_due()
        for step in steps:
            done += step
    except (MalformedError, Conflict) as error:
        said = error.message.text % error.message.params if isinstance(error, Conflict) else error
        raise click.ClickException(str(said)) from error
    seconds = max(monotonic() - began, 0.001)
    click.echo(
        f"{done.judged} judged, {done.written} new decisions, {seconds:.1f} s, "
        f"{done.judged / seconds:.0f} a second"
    )


def _mark_studied() -> None:
    after: int | None = 0
    while after is not None:
        with database().transaction() as session:
            after = service.mark_studied(
                session, after=after, limit=service.BATCH, now=now(session)
            )


def _what_is_due() -> Iterator[service.Round]:
    policies = shelf()
    _mark_studied()
    while True:
        with database().transaction() as session:
            step = service.decide_due(
                session, shelf=policies, now=now(session), limit=service.BATCH
            )
        yield step
        if not step.judged:
            return


def _judge(file: CaseFile) -> list[str]:
    wrong: list[str] = []
    for case in file.cases:
        result = judged(case, file.policies)
        click.echo(json.dumps(result, ensure_ascii=False))
        wrong += differences(case, result)
    return wrong
