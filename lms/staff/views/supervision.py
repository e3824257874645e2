"""Supervision: find learners, read their files with the evidence, draw a spot check."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import NotFound
from lms.core.ids import new_token
from lms.db.session import now
from lms.progress import queries as progress
from lms.record import forms as record_forms
from lms.record import queries as record
from lms.record.queries import Holder
from lms.record.service import note_reading, reading_of
from lms.record.words import SHOWN
from lms.roster import forms
from lms.roster.domain.filters import STATUS_WORDS, Filters
from lms.roster.queries import COUNTED
from lms.staff import queries
from lms.staff.forms import parse_spot_check
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("supervision", __name__, url_prefix="/supervision")
_PERSON = "/learners/<int(max=9223372036854775807):person_id>"
_SEED_SIGNS = 8


@bp.get("")
@requires(Permission.EVIDENCE_READ)
def learners() -> ResponseReturnValue:
    """Show the learners of the actor's places."""
    actor, filters, window = current_actor(), _filters(), forms.parse_window(request.args)
    with database().snapshot() as session:
        board = queries.board(session, actor, filters, window, Permission.EVIDENCE_READ)
    return render_template(
        "supervision/learners.html",
        board=board,
        desk_place=board.place,
        counted=COUNTED,
        status_words=STATUS_WORDS,
    )


@bp.get(_PERSON)
@requires(Permission.EVIDENCE_READ)
def learner(person_id: int) -> ResponseReturnValue:
    """Show a learner's file with the evidence; that it was read is written down."""
    actor, at = current_actor(), utc_now()
    sight = record_forms.parse_sight(request.args)
    with database().snapshot() as session:
        file = record.learner_file(
            session, person_id, sight, today=local_day(at), reading=reading_of(actor, at=at)
        )
        appeals = progress.appeals_of(session, person_id) if file else []
        flags = progress.flags_of(session, person_id) if file else []
    if file is None:
        raise NotFound
    _note(file.holder)
    return render_template(
        "supervision/learner.html",
        file=file,
        appeals=appeals,
        flags=flags,
        at=at,
        day_url=lambda day: url_for("supervision.day", person_id=person_id, day=day),
        desk_place=None,
        **SHOWN,
    )


@bp.get(f"{_PERSON}/days/<day>")
@requires(Permission.EVIDENCE_READ)
def day(person_id: int, day: str) -> ResponseReturnValue:
    """Show the entries of one day of a learner's ledger, with devices and hand-overs."""
    actor, at = current_actor(), utc_now()
    wanted = record_forms.parse_day(day)
    after, limit = record_forms.parse_entries(request.args)
    with database().snapshot() as session:
        holder = _reached(record.holder(session, person_id, reading_of(actor, at=at)))
        part = record.day_entries(session, holder, wanted, after=after, limit=limit)
    _note(holder)
    return render_template(
        "supervision/day.html", holder=holder, part=part, desk_place=None, **SHOWN
    )


@bp.get(f"{_PERSON}/print")
@requires(Permission.EVIDENCE_READ)
def printed(person_id: int) -> ResponseReturnValue:
    """Show a learner's file of a period as it goes on paper."""
    actor, at = current_actor(), utc_now()
    sight = record_forms.parse_print(request.args)
    with database().snapshot() as session:
        sheet = record.sheet(
            session, person_id, sight, today=local_day(at), reading=reading_of(actor, at=at)
        )
    if sheet is None:
        raise NotFound
    _note(sheet.file.holder)
    back = url_for("supervision.learner", person_id=person_id)
    return render_template(
        "record/print.html", sheet=sheet, at=at, is_own=False, back=back, **SHOWN
    )


@bp.post(f"{_PERSON}/check")
@requires(Permission.EVIDENCE_READ)
def check(person_id: int) -> ResponseReturnValue:
    """Recompute the learner's whole ledger and say whether it is what was written."""
    reading = reading_of(current_actor(), at=utc_now())
    with database().snapshot() as session:
        holder = _reached(record.holder(session, person_id, reading))
        found = progress.ledger_check(session, person_id)
    _note(holder)
    if found.is_whole:
        flash(gettext("The ledger is whole: %(entries)s entries.", entries=found.entries), "ok")
    elif found.broken_at is not None:
        said = gettext(
            "The ledger is not whole: entry %(place)s is not what was written.",
            place=found.broken_at,
        )
        flash(said, "bad")
    else:
        flash(gettext("The ledger is not whole: entries at its end are missing."), "bad")
    return redirect(url_for("supervision.learner", person_id=person_id))


@bp.get("/sample")
@requires(Permission.EVIDENCE_READ)
def sample() -> ResponseReturnValue:
    """Draw learners at random by a seed that is shown, so that anybody can draw them again."""
    actor, filters = current_actor(), _filters()
    wish = parse_spot_check(request.args, new_token()[:_SEED_SIGNS])
    with database().snapshot() as session:
        reach = queries.reach_of(session, actor, Permission.EVIDENCE_READ)
        is_asked = bool(request.args.get("seed"))
        draw = queries.spot_check(session, actor, filters, wish) if is_asked else None
    return render_template(
        "supervision/sample.html",
        wish=wish,
        draw=draw,
        reach=reach,
        filters=filters,
        desk_place=None,
        status_words=STATUS_WORDS,
    )


def _filters() -> Filters:
    """Return the filters of the address; supervision looks at everybody unless it says else."""
    query: dict[str, Any] = {"status": "all", **request.args.to_dict()}
    return forms.parse_filters(query)


def _reached(holder: Holder | None) -> Holder:
    if holder is None:
        raise NotFound
    return holder


def _note(holder: Holder) -> None:
    """Write down that the file was read, before it is shown; once an actor and day."""
    if not holder.was_noted:
        with database().transaction() as session:
            note_reading(session, current_actor(), holder, now=now(session))
