"""The desk's figures: the dashboard, breakdowns with their files, and the budget of a year."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import InvalidInput, Message, NotFound
from lms.db.session import now
from lms.insights import forms, words
from lms.insights.domain import months, shares
from lms.insights.domain.filters import Dimension, Filters
from lms.insights.domain.groups import GROUP_ORDER
from lms.insights.queries.board import Board, board
from lms.insights.queries.figures import lines
from lms.insights.queries.reach import reach
from lms.insights.service import budgets
from lms.insights.views import tables
from lms.subsidy.queries import counties_in_reach
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("figures", __name__, url_prefix="/staff/figures")
_MONTHS = 24
_FILES = {"losses": tables.losses, "steps": tables.steps}


@bp.get("")
@requires(Permission.COMPLETIONS_READ)
def dashboard() -> ResponseReturnValue:
    """Show a county's month: four numbers, its towns, what was lost, what waits, the money."""
    actor = current_actor()
    found = _board(forms.parse_filters(request.args))
    return render_template(
        "insights/dashboard.html",
        board=found,
        query=found.filters.as_query(),
        desk_place=found.place,
        words=words,
        months=months,
        shares=shares,
        groups=GROUP_ORDER,
        may_enter=actor.may(Permission.SUBSIDY_PAY),
        may_claims=actor.may(Permission.SUBSIDY_READ),
    )


@bp.get("/<any(losses, steps):name>.csv")
@requires(Permission.COMPLETIONS_READ)
def table_file(name: str) -> ResponseReturnValue:
    """Hand a table of the dashboard out as a file."""
    found = _board(forms.parse_filters(request.args))
    return tables.sent(_FILES[name](found), f"{name}-{months.written(found.month)}")


@bp.get("/by/<dimension>")
@requires(Permission.COMPLETIONS_READ)
def breakdown(dimension: str) -> ResponseReturnValue:
    """Show all measures broken down by something, for a month or since the beginning."""
    by, filters = _dimension(dimension), forms.parse_filters(request.args)
    with database().snapshot() as session:
        own = reach(session, current_actor().scopes_for(Permission.COMPLETIONS_READ))
        own.require(filters)
        found = lines(session, own, filters, by)
    only = own.only(filters)
    return render_template(
        "insights/breakdown.html",
        by=by,
        lines=found,
        reach=own,
        filters=filters,
        query=filters.as_query(),
        desk_place=only[1] if only else None,
        words=words,
        months=months,
        month_options=months.last_months(months.month_of(local_day(utc_now())), _MONTHS)[::-1],
        tables=tables,
        groups=GROUP_ORDER,
        dimensions=list(Dimension) if len(own.counties) > 1 else list(Dimension)[1:],
    )


@bp.get("/by/<dimension>.csv")
@requires(Permission.COMPLETIONS_READ)
def breakdown_file(dimension: str) -> ResponseReturnValue:
    """Hand a breakdown out as a file; it names nobody."""
    by, filters = _dimension(dimension), forms.parse_filters(request.args)
    with database().snapshot() as session:
        own = reach(session, current_actor().scopes_for(Permission.COMPLETIONS_READ))
        own.require(filters)
        found = lines(session, own, filters, by)
    month = f"-{months.written(filters.month)}" if filters.month else ""
    return tables.sent(tables.breakdown(found, by), f"figures-{by}{month}")


@bp.get("/budget")
@requires(Permission.SUBSIDY_PAY)
def budget() -> ResponseReturnValue:
    """Show the form for a year's budget."""
    return _budget({})


@bp.post("/budget")
@requires(Permission.SUBSIDY_PAY)
def enter_budget() -> ResponseReturnValue:
    """Take a year's budget in; a newer entry counts, the older ones stay."""
    try:
        new = forms.parse_budget(request.form)
    except InvalidInput as error:
        return _budget(error.fields), error.status
    with database().transaction() as session:
        budgets.enter_budget(session, actor=current_actor(), new=new, now=now(session))
    flash(gettext("The budget of %(year)s is entered.", year=new.year), "ok")
    return redirect(url_for("figures.dashboard", county=new.county))


def _board(filters: Filters) -> Board:
    scopes = current_actor().scopes_for(Permission.COMPLETIONS_READ)
    with database().snapshot() as session:
        return board(session, scopes, filters, utc_now())


def _budget(faults: dict[str, Message]) -> str:
    this_year = local_day(utc_now()).year
    with database().snapshot() as session:
        counties = counties_in_reach(session, current_actor(), Permission.SUBSIDY_PAY)
    return render_template(
        "insights/budget.html",
        counties=counties,
        years=(this_year, this_year + 1, this_year - 1),
        sent=request.form or request.args,
        faults=faults,
        desk_place=None,
    )


def _dimension(name: str) -> Dimension:
    try:
        return Dimension(name)
    except ValueError as error:
        raise NotFound from error
