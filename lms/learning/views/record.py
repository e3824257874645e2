"""The learner's own file: the page, the entries of a day, and the file on paper."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import NotFound
from lms.record import forms, queries
from lms.record.words import SHOWN
from lms.web.access import current_actor, database, requires

bp = Blueprint("record", __name__, url_prefix="/me/record")


@bp.get("")
@requires(Permission.LEARN)
def own() -> ResponseReturnValue:
    """Show the learner's own file."""
    person_id, at = current_actor().person_id, utc_now()
    sight = forms.parse_sight(request.args)
    with database().snapshot() as session:
        file = queries.learner_file(session, person_id, sight, today=local_day(at))
        return render_template(
            "learning/record.html",
            file=file,
            at=at,
            day_url=lambda day: url_for("record.day", day=day),
            **SHOWN,
        )


@bp.get("/days/<day>")
@requires(Permission.LEARN)
def day(day: str) -> ResponseReturnValue:
    """Show the entries of one day of the ledger."""
    wanted = forms.parse_day(day)
    after, limit = forms.parse_entries(request.args)
    with database().snapshot() as session:
        holder = queries.holder(session, current_actor().person_id)
        if holder is None:
            raise NotFound
        part = queries.day_entries(session, holder, wanted, after=after, limit=limit)
    return render_template("learning/record_day.html", holder=holder, part=part, **SHOWN)


@bp.get("/print")
@requires(Permission.LEARN)
def printed() -> ResponseReturnValue:
    """Show the file of a period as it goes on paper."""
    sight, at = forms.parse_print(request.args), utc_now()
    with database().snapshot() as session:
        person_id = current_actor().person_id
        sheet = queries.sheet(session, person_id, sight, today=local_day(at))
    if sheet is None:
        raise NotFound
    return render_template(
        "record/print.html", sheet=sheet, at=at, is_own=True, back=url_for("record.own"), **SHOWN
    )
