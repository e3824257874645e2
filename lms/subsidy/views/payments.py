"""The desk of payments: the board of batches, what may be paid, what the bank sent back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.forms import payments as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.payment_words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint("payment_desk", __name__, url_prefix="/staff/payments")
_PAGE = 100
# So many sentences are told at once; the others by their count.
_TOLD = 5


@bp.get("")
@requires(Permission.SUBSIDY_READ)
def board() -> ResponseReturnValue:
    """Show the batches of the counties, the last first, with their sums."""
    actor = current_actor()
    with database().snapshot() as session:
        counties = queries.counties_in_reach(session, actor, Permission.SUBSIDY_READ)
        window = forms.parse_window(request.args, counties)
        wanted = [window.county] if window.county else list(counties)
        lines = queries.batch_lines(session, wanted, month=window.month, after=window.after)
        months = queries.months(session, list(counties))
    return _page(
        "desk_payments",
        counties=counties,
        window=window,
        lines=lines[: queries.BATCH_PAGE],
        is_more=len(lines) > queries.BATCH_PAGE,
        months=months,
    )


@bp.get("/prepare")
@requires(Permission.SUBSIDY_PAY)
def choose() -> ResponseReturnValue:
    """Show what may be paid in a county, with its sum."""
    actor = current_actor()
    with database().snapshot() as session:
        counties = queries.counties_in_reach(session, actor, Permission.SUBSIDY_PAY)
        window = forms.parse_window(request.args, counties)
        county = window.county or next(iter(counties), "")
        found = queries.offers(session, county, today=local_day(utc_now()))
    first = (window.page - 1) * _PAGE
    return _page(
        "desk_payment_choose",
        counties=counties,
        county=county,
        found=found,
        shown=found[first : first + _PAGE],
        number=window.page,
        pages=-(-len(found) // _PAGE),
    )


@bp.get("/prepare/confirm")
@requires(Permission.SUBSIDY_PAY)
def confirm() -> ResponseReturnValue:
    """Say what putting claims into a batch would do: how many, the sum, which cannot and why."""
    actor, today = current_actor(), local_day(utc_now())
    with database().snapshot() as session:
        counties = queries.counties_in_reach(session, actor, Permission.SUBSIDY_PAY)
        county = forms.parse_window(request.args, counties).county or ""
        found = queries.offers(session, county, today=today)
        if not request.args.get("all"):
            ticked = set(forms.parse_claims(request.args))
            found = [each for each in found if each.claim.id in ticked]
        seen = queries.foreseen(session, actor, found)
    return _page("desk_payment_confirm", counties=counties, county=county, seen=seen, told=_PAGE)


@bp.post("/prepare")
@requires(Permission.SUBSIDY_PAY)
def prepare() -> ResponseReturnValue:
    """Put the claims that were shown into a batch."""
    chosen = forms.parse_chosen(request.form)
    try:
        with database().transaction() as session:
            made = service.prepare(
                session, current_actor(), chosen=chosen, shelf=shelf(), now=now(session)
            )
    except Conflict as error:
        flash(say(error.message), "bad")
        return redirect(url_for("payment_desk.choose", county=chosen.county_code), 303)
    flash(gettext("Put together. Somebody else has to let it go now."), "ok")
    _tell([(number, say(why)) for number, why in made.left_out])
    return redirect(url_for("payment_batches.batch", batch_id=made.batch.id), 303)


@bp.get("/returned")
@requires(Permission.SUBSIDY_READ)
def returned() -> ResponseReturnValue:
    """Show the claims whose money came back, and what is missing before they are paid again."""
    actor = current_actor()
    with database().snapshot() as session:
        counties = queries.counties_in_reach(session, actor, Permission.SUBSIDY_READ)
        window = forms.parse_window(request.args, counties)
        lines = queries.returned_claims(session, list(counties), after=window.after)
    shown = lines[: queries.BATCH_PAGE]
    return _page("desk_payment_returned", lines=shown, is_more=len(lines) > len(shown))


def _tell(left_out: list[tuple[str, str]]) -> None:
    """Say which claims were left out and why: the first by name, the others by their count."""
    for number, why in left_out[:_TOLD]:
        flash(gettext("%(number)s was left out: %(why)s", number=number, why=why), "warn")
    if len(left_out) > _TOLD:
        flash(gettext("and %(num)s more", num=len(left_out) - _TOLD), "warn")


def _page(name: str, **shown: object) -> str:
    return render_template(f"subsidy/{name}.html", desk_place=None, **shown, **SHOWN)
