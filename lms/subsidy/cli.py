"""Commands that judge worked cases, decide for the learners of the site and check payments."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic

import click
from flask.cli import AppGroup

from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.crowd import decide_everybody
from lms.subsidy.domain.cases import CaseFile, differences, judged, load_cases
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.domain.record import differs
from lms.subsidy.gateway import read_yaml, shelf
from lms.web.access import database

_RECHECKED = 1_000

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


@subsidy.command()
@click.option("--person", required=True, type=int, help="The person's number.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="A day; today if not given.")
def explain(person: int, day: datetime | None) -> None:
    """Decide as it would have been at the end of a day; print each clause."""
    today = local_day(utc_now())
    with database().snapshot() as session:
        found = queries.explained(
            session, person, day=min(day.date(), today) if day else today, files=shelf()
        )
    if found is None:
        raise click.ClickException(f"There is no person {person}.")
    for own in found.judged:
        policy = own.decision.policy
        named = f"{policy.name} {policy.sha256[:12]}" if policy else "no policy"
        click.echo(f"{found.day} {own.programme.slug} {named}: {own.decision.outcome.value}")
        for each in own.decision.results:
            click.echo(f"  {each.id} {each.verdict.value} {each.code} {json.dumps(each.params)}")


@subsidy.command()
def recheck() -> None:
    """Judge every stored decision again, by its own facts and policy; name the first that differs.

    Reads alone, and may run beside everything else.
    """
    done, after = 0, 0
    while True:
        with database().snapshot() as session:
            part = queries.stored_decisions(session, after=after, limit=_RECHECKED)
        for each in part:
            difference = differs(each)
            if difference:
                raise click.ClickException(f"decision {each.id}: {difference}")
        if not part:
            break
        done, after = done + len(part), part[-1].id
    click.echo(f"{done} decisions, each found again")


@subsidy.group()
def payments() -> None:
    """Look at what went to the bank and what came of it."""


@payments.command("check")
def check_payments() -> None:
    """Hold payments, claims and batches against each other; name the first sum that differs."""
    with database().snapshot() as session:
        found = queries.first_difference(session)
    if found is not None:
        raise click.ClickException(
            f"{found.what}: payments say {found.payments}, written is {found.written}"
        )
    click.echo("payments, claims and batches agree")


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
