"""The desk's working days: which years are known, and how another one is entered."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import InvalidInput, Message, NotFound
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.workdays import day_changes
from lms.subsidy.forms import calendars as forms
from lms.subsidy.gateway.calendars import calendar_files
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("calendar_desk", __name__, url_prefix="/staff/calendar")
Fields = Mapping[str, str]


@bp.get("")
@requires(Permission.POLICY_LOAD)
def board() -> ResponseReturnValue:
    """Show the years that are known, and the form for another or for a correction."""
    return _board(None, {})


@bp.get("/preview")
@requires(Permission.POLICY_LOAD)
def preview() -> ResponseReturnValue:
    """Show what an entry would change; what is wrong with it is said beside its field."""
    try:
        calendar = forms.parse_calendar(request.args)
    except InvalidInput as error:
        return _board(request.args, error.fields), error.status
    with database().snapshot() as session:
        if not queries.may_load(session, current_actor()):
            raise NotFound
        known = queries.calendars(session, calendar_files()).by_year
    before = known.get(calendar.year)
    return render_template(
        "subsidy/desk_calendar_preview.html",
        calendar=calendar,
        before=before,
        changes=day_changes(before, calendar),
        fields=forms.fields_of(calendar),
        desk_place=None,
    )


@bp.post("")
@requires(Permission.POLICY_LOAD)
def enter() -> ResponseReturnValue:
    """Take a year in as it was shown."""
    try:
        calendar = forms.parse_calendar(request.form)
    except InvalidInput as error:
        return _board(request.form, error.fields), error.status
    with database().transaction() as session:
        service.enter_calendar(
            session,
            actor=current_actor(),
            calendar=calendar,
            shown=forms.parse_shown(request.form),
            files=calendar_files(),
            now=now(session),
        )
    flash(gettext("The working days of %(year)s are entered.", year=calendar.year), "ok")
    return redirect(url_for("calendar_desk.board"))


def _board(sent: Fields | None, faults: Mapping[str, Message]) -> str:
    this_year = local_day(utc_now()).year
    with database().snapshot() as session:
        may_load = queries.may_load(session, current_actor())
        lines = queries.calendar_lines(session, calendar_files())
    years = {line.calendar.year: line.calendar for line in lines}
    asked = years.get(forms.parse_year(request.args) or 0)
    standing = forms.fields_of(asked) if asked else forms.empty_fields(years, this_year)
    return render_template(
        "subsidy/desk_calendar.html",
        lines=lines,
        missing=[year for year in (this_year, this_year + 1) if year not in years],
        may_load=may_load,
        fields=standing if sent is None else sent,
        is_correction=asked is not None,
        rows=range(1, forms.ROWS + 1),
        faults=faults,
        desk_place=None,
    )
