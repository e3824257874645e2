"""The desk of public lists: what waits, a list as it will hang out, and how a list ends."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import login
from lms.accounts.domain.proofs import is_confirmed
from lms.core.access import Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.notice_rows import DAYS, MOST_ROWS
from lms.subsidy.domain.workdays import Calendars, MissingYear, Period, period_after
from lms.subsidy.forms import notices as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.gateway.calendars import calendar_files
from lms.subsidy.queries import PAGE_ROWS, NoticeSeen
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint("notice_desk", __name__, url_prefix="/staff/notices")
# So many of those left out are named; the others by their count.
_NAMED = 10


@bp.get("")
@requires(Permission.SUBSIDY_READ)
def board() -> ResponseReturnValue:
    """Show the lists of the actor's counties by month, and what waits for the next one."""
    actor = current_actor()
    with database().snapshot() as session:
        names = queries.counties_in_reach(session, actor, Permission.SUBSIDY_READ)
        lines = queries.notice_board(session, names, local_day(now(session)))
        waiting = queries.waiting_counts(session, names)
    acts = [code for code in names if queries.reaches(actor, code, Permission.SUBSIDY_PUBLISH)]
    return render_template(
        "subsidy/desk_notices.html", lines=lines, counties=names, waiting=waiting, acts=acts
    )


@bp.get("/new")
@requires(Permission.SUBSIDY_PUBLISH)
def choose() -> ResponseReturnValue:
    """Show the claims that wait for a list, to take all or some of them."""
    actor = current_actor()
    with database().snapshot() as session:
        names = queries.counties_in_reach(session, actor, Permission.SUBSIDY_PUBLISH)
        county = forms.parse_county(request.args, names)
        if county is None:
            raise NotFound
        ids = queries.waiting_ids(session, county, limit=MOST_ROWS + 1)
        pages = -(-len(ids) // PAGE_ROWS)
        page = forms.parse_page(request.args, pages)
        rows = queries.listed(session, ids[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
        calendars = queries.calendars(session, calendar_files())
        at = now(session)
    return render_template(
        "subsidy/desk_notice_new.html",
        county=(county, names[county]),
        rows=rows,
        count=len(ids),
        most=MOST_ROWS,
        page=page,
        pages=pages,
        **_days(calendars, at),
    )


@bp.get("/preview")
@requires(Permission.SUBSIDY_PUBLISH)
def preview() -> ResponseReturnValue:
    """Show the list exactly as it would hang out; writes nothing."""
    try:
        new = forms.parse_new(request.args)
    except InvalidInput as error:
        flash(say(next(iter(error.fields.values()))), "bad")
        return redirect(url_for("notice_desk.choose", county=request.args.get("county")))
    actor = current_actor()
    with database().snapshot() as session:
        planned = service.plan(session, actor, new)
        calendars = queries.calendars(session, calendar_files())
        at = now(session)
    pages = -(-len(planned.rows) // PAGE_ROWS)
    page = forms.parse_page(request.args, pages)
    return render_template(
        "subsidy/desk_notice_preview.html",
        new=new,
        planned=planned,
        first=(page - 1) * PAGE_ROWS,
        size=PAGE_ROWS,
        page=page,
        pages=pages,
        is_confirmed=is_confirmed(actor.confirmed_at, at=at),
        **_days(calendars, at),
    )


@bp.post("")
@requires(Permission.SUBSIDY_PUBLISH)
def publish() -> ResponseReturnValue:
    """Hang the list out as it was shown, and say what was left out of it."""
    new = forms.parse_new(request.form)
    try:
        with database().transaction() as session:
            made = service.publish(
                session, current_actor(), new, grounds=_grounds(session), now=now(session)
            )
            number = made.notice.number
    except (Conflict, MissingYear) as error:
        flash(say(error.message), "bad")
        return redirect(url_for("notice_desk.choose", county=new.county_code), 303)
    flash(gettext("Published: it hangs out now."), "ok")
    _say_left_out([(name, why) for name, why in made.left_out])
    return redirect(url_for("notice_desk.show", number=number), 303)


@bp.get("/<number>")
@requires(Permission.SUBSIDY_READ)
def show(number: str) -> ResponseReturnValue:
    """Show a list with every row, whatever the day, and what people say against it."""
    with database().snapshot() as session:
        seen = _seen(session, number)
        page = forms.parse_page(request.args, seen.pages)
        rows = queries.notice_rows(session, seen.notice.id, page)
        counts = queries.row_counts(session, seen.notice.id)
        people = queries.people_behind(session, seen.notice)
        against = queries.objection_lines(
            session, [seen.notice.county_code], notice_id=seen.notice.id
        )
    return render_template(
        "subsidy/desk_notice.html",
        seen=seen,
        rows=rows,
        counts=counts,
        people=people,
        against=against,
        page=page,
        may_act=_may_act(seen),
    )


@bp.get("/<number>/approve")
@requires(Permission.SUBSIDY_PUBLISH)
def foresee(number: str) -> ResponseReturnValue:
    """Show what approving would do: how many, their sum, and which cannot and why."""
    with database().snapshot() as session:
        seen = _seen(session, number)
        found = service.foresee(session, current_actor(), number, shelf=shelf(), now=now(session))
    return render_template("subsidy/desk_notice_approve.html", seen=seen, found=found)


@bp.post("/<number>/approve")
@requires(Permission.SUBSIDY_PUBLISH)
def approve(number: str) -> ResponseReturnValue:
    """Approve every row that stands; what is refused stays on the list."""
    with database().transaction() as session:
        done = service.approve_notice(
            session, current_actor(), number, shelf=shelf(), now=now(session)
        )
    flash(gettext("Approved: %(rows)s claims.", rows=done.rows), "ok" if done.rows else "bad")
    _say_left_out([(str(place), why) for place, why in done.refused])
    return _back(number)


@bp.post("/<number>/close")
@requires(Permission.SUBSIDY_PUBLISH)
def close(number: str) -> ResponseReturnValue:
    """Close a list on which nothing waits any more."""
    with database().transaction() as session:
        service.close(session, current_actor(), number, now=now(session))
    flash(gettext("The list is closed."), "ok")
    return _back(number)


@bp.post("/<number>/cancel")
@requires(Permission.SUBSIDY_PUBLISH)
def cancel(number: str) -> ResponseReturnValue:
    """Take a list down before its end because it is wrong; its claims wait for the next one."""
    try:
        reason = forms.parse_reason(request.form)
    except InvalidInput as error:
        flash(say(error.fields["reason"]), "bad")
        return _back(number)
    with database().transaction() as session:
        count = service.cancel(
            session, current_actor(), number, reason=reason, shelf=shelf(), now=now(session)
        )
    flash(gettext("Taken down. %(count)s claims wait for the next list.", count=count), "ok")
    return _back(number)


def _seen(session: Session, number: str) -> NoticeSeen:
    seen = queries.notice_seen(session, number, local_day(now(session)))
    if seen is None or not queries.reaches(
        current_actor(), seen.notice.county_code, Permission.SUBSIDY_READ
    ):
        raise NotFound
    return seen


def _may_act(seen: NoticeSeen) -> bool:
    return queries.reaches(current_actor(), seen.notice.county_code, Permission.SUBSIDY_PUBLISH)


def _grounds(session: Session) -> service.Grounds:
    return service.Grounds(shelf(), queries.calendars(session, calendar_files()), login.keys())


def _days(calendars: Calendars, at: datetime) -> dict[str, Period | int | None]:
    """Return the days of a list published today, or the year that nobody knows."""
    try:
        return {"period": period_after(calendars, local_day(at), DAYS), "missing_year": None}
    except MissingYear as error:
        return {"period": None, "missing_year": error.year}


def _say_left_out(refused: Sequence[tuple[str, Message]]) -> None:
    for name, why in refused[:_NAMED]:
        flash(gettext("Left out: %(name)s. %(why)s", name=name, why=say(why)), "bad")
    if len(refused) > _NAMED:
        more = len(refused) - _NAMED
        flash(gettext("Left out besides: %(count)s more.", count=more), "bad")


def _back(number: str) -> ResponseReturnValue:
    return redirect(url_for("notice_desk.show", number=number), 303)
