"""The page of tokens: made by one administrator, approved by another, shown once, ended."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission, TokenScope
from lms.core.clock import utc_now
from lms.core.errors import InvalidInput
from lms.core.query import Faults
from lms.db.session import now
from lms.exchange import forms, queries, service
from lms.exchange.domain import MOST_DAYS, USUAL_DAYS, NewToken, TokenState, read_scopes
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("exchange_desk", __name__, url_prefix="/staff/exchange")
_ID = "<int(max=9223372036854775807):token_id>"


@bp.get("")
@requires(Permission.EXCHANGE_OPEN)
def board() -> ResponseReturnValue:
    """Show the tokens in reach, with their last use, and the form for a new one."""
    return _page({})


def _page(faults: Faults) -> str:
    actor = current_actor()
    with database().snapshot() as session:
        desk = queries.desk(session, actor, utc_now())
    return render_template(
        "exchange/board.html",
        desk=desk,
        own=actor.person_id,
        faults=faults,
        typed=request.form,
        chosen=request.form.getlist("scope"),
        all_scopes=list(TokenScope),
        scopes_of=read_scopes,
        usual_days=USUAL_DAYS,
        most_days=MOST_DAYS,
    )


@bp.post("")
@requires(Permission.EXCHANGE_OPEN)
def make() -> ResponseReturnValue:
    """Make a token and show it, this once; no address could show it again."""
    try:
        new = _wanted()
    except InvalidInput as error:
        return _page(error.fields), error.status
    with database().transaction() as session:
        made = service.make_token(session, actor=current_actor(), new=new, now=now(session))
    return render_template("exchange/token.html", made=made), 201


def _wanted() -> NewToken:
    with database().snapshot() as session:
        offer = queries.offer(session, current_actor())
    institutions = [each.id for each in offer.institutions]
    return forms.parse_new_token(request.form, institutions, [each.code for each in offer.counties])


@bp.post(f"/{_ID}/approve")
@requires(Permission.EXCHANGE_OPEN)
def approve(token_id: int) -> ResponseReturnValue:
    """Let a token of somebody else work."""
    with database().transaction() as session:
        service.approve_token(session, actor=current_actor(), token_id=token_id, now=now(session))
    flash(gettext("Approved. The token works from now on."), "ok")
    return redirect(url_for("exchange_desk.board"))


@bp.post(f"/{_ID}/end")
@requires(Permission.EXCHANGE_OPEN)
def end(token_id: int) -> ResponseReturnValue:
    """Revoke a token, or refuse one that waits."""
    with database().transaction() as session:
        before = service.end_token(
            session, actor=current_actor(), token_id=token_id, now=now(session)
        )
    flash(_ended(before), "ok")
    return redirect(url_for("exchange_desk.board"))


def _ended(before: TokenState) -> str:
    if before is TokenState.WAITING:
        return gettext("Refused. The token never worked.")
    return gettext("Revoked. Nothing can be fetched with it any more.")
