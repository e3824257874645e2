"""Commands that run the counting arithmetic outside the site, and look at a day at once."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import click
import yaml
from flask.cli import AppGroup, with_appcontext

from lms.core.clock import local_day, utc_now
from lms.progress import queries
from lms.progress.domain.cases import CaseError, load_cases
from lms.progress.domain.simulate import differences, simulate_case
from lms.progress.service import recounting
from lms.progress.service.looking import look
from lms.web.access import database

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


_AT_ONCE = 50
_SUMS_AT_ONCE = 2000


@cli.command()
@click.option("--repair", is_flag=True, help="Write what the ledger says where a sum differs.")
@with_appcontext
def recount(*, repair: bool) -> None:
    """Prove every sum against the ledger: a line for what differs, then the counts as JSON.

    Ends with 1 where something is wrong that was not put right. The ledger itself is never
    changed.
    """
    counts = {"people": 0, "entries": 0, "different": 0, "repaired": 0, "broken": 0}
    after = 0
    while True:
        with database().transaction() as session:
            people = recounting.people_with_ledger(session, after=after, limit=_AT_ONCE)
            for person_id in people:
                found = recounting.recount_person(session, person_id)
                if repair and found.sets:
                    recounting.repair(session, found)
                _tell(found, counts, is_repaired=repair)
        if not people:
            break
        after = people[-1]
    _recount_sums(counts, is_repaired=repair)
    click.echo(json.dumps(counts))
    if counts["broken"] or counts["different"] > counts["repaired"]:
        raise SystemExit(1)


def _recount_sums(counts: dict[str, int], *, is_repaired: bool) -> None:
    """Prove what lists read of courses and final tests; the sets they come from stand by now."""
    with database().snapshot() as session:
        last = queries.last_person(session)
    for first in range(1, last + 1, _SUMS_AT_ONCE):
        with database().one_moment() as session:
            wrong = list(queries.wrong_sums(session, first, first + _SUMS_AT_ONCE - 1))
        for each in wrong:
            counts["different"] += 1
            counts["repaired"] += is_repaired
            key = " ".join(str(number) for number in each.key)
            click.echo(
                f"{each.model.__tablename__}.{each.column} {key}: {each.kept}, "
                f"counted {each.counted}",
                err=True,
            )
        for person_id in sorted({each.person_id for each in wrong} if is_repaired else ()):
            with database().transaction() as session:
                recounting.put_right(session, person_id)


def _tell(found: recounting.Recounted, counts: dict[str, int], *, is_repaired: bool) -> None:
    counts["people"] += 1
    counts["entries"] += found.entries
    for material_id, wrong in found.sets.items():
        counts["different"] += 1
        counts["repaired"] += is_repaired
        names = ", ".join(sorted(wrong))
        click.echo(f"person {found.person_id}, material {material_id}: {names}", err=True)
    for fault in found.broken:
        counts["broken"] += 1
        click.echo(f"person {found.person_id}: {fault}", err=True)


@cli.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day; yesterday by default.")
@with_appcontext
def flags(day: datetime | None) -> None:
    """Look at once at a day for what is unlike studying; prints how many flags are new."""
    wanted = day.date() if day else local_day(utc_now()) - timedelta(days=1)
    click.echo(f"{wanted.isoformat()}: {look(database(), wanted)} new flags")
