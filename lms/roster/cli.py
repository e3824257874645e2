"""The operator's lists: written straight to a file, streaming."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from lms.accounts.gateway import keys_of
from lms.accounts.service.opening import Opening
from lms.audit.domain import Details
from lms.audit.service import record
from lms.core.access import Scope, ScopeKind
from lms.core.errors import InvalidInput, LmsError
from lms.db.session import now
from lms.delivery.gateway import measure
from lms.delivery.service import clear_old_files
from lms.roster import queries, service
from lms.roster.domain.orders import ExportFormat, ExportKind
from lms.roster.forms import parse_filters
from lms.roster.service.keeping_lines import wrong_lines, wrong_people
from lms.web.access import database, settings

roster = AppGroup("roster", help="Completion lists.")
_EVERYTHING = (Scope(ScopeKind.PLATFORM),)
# What an option narrows, by the key of the address bar.
_FILTERS = ("class", "course", "institution", "county", "town", "status", "from", "to", "q")


@roster.command("export")
@click.option("--kind", type=click.Choice([kind.value for kind in ExportKind]), required=True)
@click.option(
    "--format", "form", type=click.Choice([form.value for form in ExportFormat]), required=True
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--class", "class")
@click.option("--course", help="The course's slug.")
@click.option("--institution", help="The institution's slug.")
@click.option("--county", help="The county's code, six digits.")
@click.option("--town")
@click.option("--status", help="completed (default), active, withdrawn, cancelled or all.")
@click.option("--from", help="First day, like 2026-05-01.")
@click.option("--to", help="Last day, which belongs to the list.")
@click.option("--q", help="Part of a name, or the last 4 digits of a phone number.")
@click.option("--unmasked", is_flag=True)
@click.option("--reason", default="")
def export(**options: Any) -> None:  # noqa: ANN401 (click gives texts, paths, flags)
    """Write a list to a file; memory does not grow with its length."""
    reason, target = options["reason"].strip(), options["out"]
    if options["unmasked"] and not reason:
        raise click.ClickException("Please say with --reason what the whole numbers are for.")
    try:
        filters = parse_filters({key: options[key] for key in _FILTERS})
        wanted = queries.Wanted(
            ExportKind(options["kind"]),
            queries.Selection(_EVERYTHING, filters),
            ExportFormat(options["form"]),
            options["language"],
        )
        wanted = _marked(wanted, target, reason, is_unmasked=options["unmasked"])
        rows = service.write_list(database(), wanted, target, lambda _done, _total: None)
    except LmsError as error:
        raise click.ClickException(_sentence(error)) from error
    sha256 = measure(target).sha256
    details: Details = {
        "filters": filters.as_query(),
        "kind": wanted.kind,
        "format": wanted.form,
        "purpose": reason,
        "unmasked": wanted.is_unmasked,
        "rows": rows,
        "sha256": sha256,
    }
    with database().transaction() as session:
        record(
            session,
            actor_id=None,
            action="export.made",
            subject=_subject(target),
            details=details,
            at=now(session),
        )
    click.echo(f"{rows} rows in {target}, SHA-256 {sha256}")


def _marked(
    wanted: queries.Wanted, target: Path, reason: str, *, is_unmasked: bool
) -> queries.Wanted:
    """Return the list as the operator may have it: a reason is needed, nobody else's word."""
    opening = Opening(_subject(target), None, reason, keys_of(settings()))
    mark = reason if is_unmasked else ""
    return replace(wanted, opening=opening, is_unmasked=is_unmasked, watermark=mark)


def _subject(target: Path) -> str:
    return f"file:{target.name}"[:120]


@roster.command("sweep")
def sweep() -> None:
    """Delete the files of exports and packages whose days are over."""
    click.echo(f"{clear_old_files(database(), settings())} files deleted.")


@roster.command("recount")
@click.option("--repair", is_flag=True, help="Write anew what differs.")
def recount(*, repair: bool) -> None:
    """Prove what lists are read from: a line for what differs; ends with 1 where something does."""
    found = {"enrollment": wrong_lines, "person": wrong_people}
    count = 0
    for kind, look in found.items():
        for ids in look(database(), is_repaired=repair):
            count += len(ids)
            for number in ids:
                click.echo(f"{kind} {number}: not as the rows it comes from say", err=True)
    click.echo(f"{count} different{', put right' if repair and count else ''}")
    if count and not repair:
        raise SystemExit(1)


def _sentence(error: LmsError) -> str:
    if isinstance(error, InvalidInput):
        faults = (f"--{key}: {m.text % dict(m.params)}" for key, m in error.fields.items())
        return "\n".join(faults)
    return error.message.text % dict(error.message.params)
