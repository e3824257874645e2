"""The operator's command for figures: counts anew, compares, and makes good."""

import click
from flask.cli import AppGroup

from lms.insights.queries import recount as queries
from lms.insights.service import rolling
from lms.insights.service.rounds import catch_up
from lms.web.access import database

insights = AppGroup("insights", help="Rolled-up figures.")
# Of more differences, the first so many say where to look.
_SHOWN = 50
# On a busy site something changes while everything is counted; then it is counted again.
_TRIES = 3


@insights.command("recount")
@click.option("--repair", is_flag=True, help="Count everybody from nothing where anything differs.")
def recount(*, repair: bool) -> None:
    """Compare the figures with the base tables; exit 1 where they differ."""
    found = _compare()
    _tell(found)
    if found and repair:
        with database().transaction() as session:
            rolling.start_over(session)
        found = _compare()
        click.echo("Everybody was counted from nothing.")
        _tell(found)
    if found:
        raise SystemExit(1)


def _compare() -> list[queries.Difference]:
    found: list[queries.Difference] = []
    for _ in range(_TRIES):
        catch_up(database())
        with database().snapshot() as session:
            found = queries.differences(session)
        if not found:
            break
    return found


def _tell(found: list[queries.Difference]) -> None:
    for each in found[:_SHOWN]:
        place = "/".join(str(part) or "-" for part in each.figure.cell)
        click.echo(f"{place} {each.figure.name}: kept {each.kept}, counted {each.counted}")
    click.echo(
        f"Figures that differ: {len(found)}." if found else "Every figure is what was counted."
    )
