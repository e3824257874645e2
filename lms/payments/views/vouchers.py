"""The desk of vouchers and coupons: batches, their codes on paper, who used them, county shares."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.accounts.queries import counties
from lms.core.access import Actor, Permission
from lms.core.clock import local_time
from lms.core.errors import InvalidInput
from lms.core.ids import new_uuid
from lms.core.query import Faults
from lms.db.session import now
from lms.payments import forms, queries, service
from lms.payments.domain.vouchers import MOST_CODES, MOST_EACH, UseState, spelled
from lms.payments.views.files import send, write
from lms.payments.words import CODE_COLUMNS, REDEMPTION_COLUMNS, USES
from lms.sheets.writing import Value
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext, localized

bp = Blueprint("vouchers", __name__, url_prefix="/staff/orders/vouchers")
_ID = "/<int(max=9223372036854775807):batch_id>"


@bp.get("")
@requires(Permission.ORDERS_READ)
def board() -> ResponseReturnValue:
    """List the batches of the counties, and what those pay by themselves."""
    actor, before = current_actor(), forms.parse_place(request.args)
    with database().snapshot() as session:
        lines = queries.batches(session, actor, before)
        shares = queries.shares(session, actor) if before is None else []
    return render_template(
        "payments/desk_vouchers.html",
        lines=lines[: queries.PAGE],
        is_more=len(lines) > queries.PAGE,
        before=before,
        shares=shares,
        may_issue=actor.may(Permission.ORDERS_SETTLE),
    )


@bp.get("/new")
@requires(Permission.ORDERS_SETTLE)
def new() -> ResponseReturnValue:
    """Show the form of a new batch."""
    return _form("payments/desk_voucher_new.html", {})


@bp.post("/new")
@requires(Permission.ORDERS_SETTLE)
def issue() -> ResponseReturnValue:
    """Issue a batch."""
    try:
        with database().transaction() as session:
            choices = _choices(session, current_actor())
            wanted = forms.parse_issue(request.form, **choices.named())
            batch = service.issue(session, actor=current_actor(), wanted=wanted, now=now(session))
    except InvalidInput as error:
        return _form("payments/desk_voucher_new.html", error.fields), error.status
    flash(gettext("Issued. Take the codes as a file or print them."), "ok")
    return redirect(url_for("vouchers.one", batch_id=batch.id))


@bp.get("/shares/new")
@requires(Permission.ORDERS_SETTLE)
def new_share() -> ResponseReturnValue:
    """Show the form of what a county pays by itself."""
    return _form("payments/desk_share_new.html", {})


@bp.post("/shares/new")
@requires(Permission.ORDERS_SETTLE)
def begin_share() -> ResponseReturnValue:
    """Have a county pay a part of a course."""
    try:
        with database().transaction() as session:
            choices = _choices(session, current_actor())
            share = forms.parse_share(request.form, **choices.named())
            service.begin_share(session, actor=current_actor(), share=share, now=now(session))
    except InvalidInput as error:
        return _form("payments/desk_share_new.html", error.fields), error.status
    flash(gettext("Saved. From its first day the course costs the county’s people less."), "ok")
    return redirect(url_for("vouchers.board"))


@bp.post("/shares/<int(max=9223372036854775807):share_id>/end")
@requires(Permission.ORDERS_SETTLE)
def end_share(share_id: int) -> ResponseReturnValue:
    """End what a county pays of a course."""
    with database().transaction() as session:
        service.end_share(session, actor=current_actor(), share_id=share_id, now=now(session))
    flash(gettext("Ended. Orders that were made before keep it."), "ok")
    return redirect(url_for("vouchers.board"))


@bp.get(_ID)
@requires(Permission.ORDERS_READ)
def one(batch_id: int) -> ResponseReturnValue:
    """Show a batch and who used its codes."""
    actor, before = current_actor(), forms.parse_place(request.args)
    with database().snapshot() as session:
        line = queries.batch(session, actor, batch_id, Permission.ORDERS_READ)
        tallies = queries.tallies(session, batch_id)
        uses = queries.redemptions(session, batch_id, before)
    return render_template(
        "payments/desk_voucher_batch.html",
        line=line,
        batch=line.batch,
        tallies=tallies,
        uses=uses[: queries.PAGE],
        is_more=len(uses) > queries.PAGE,
        before=before,
        states=list(UseState),
        spelled=spelled,
        may_issue=queries.may_settle_in(actor, line.batch.county_code),
    )


@bp.post(f"{_ID}/stop")
@requires(Permission.ORDERS_SETTLE)
def stop(batch_id: int) -> ResponseReturnValue:
    """Let no code of a batch be used any more."""
    with database().transaction() as session:
        service.stop(session, actor=current_actor(), batch_id=batch_id, now=now(session))
    flash(gettext("Withdrawn. What was used stays used."), "ok")
    return redirect(url_for("vouchers.one", batch_id=batch_id))


@bp.get(f"{_ID}/cards")
@requires(Permission.ORDERS_SETTLE)
def cards(batch_id: int) -> ResponseReturnValue:
    """Show codes to be printed and cut out, each with a square code that leads to its use."""
    after = forms.parse_place(request.args) or 0
    with database().transaction() as session:
        actor = current_actor()
        line = queries.batch(session, actor, batch_id, Permission.ORDERS_SETTLE)
        found = queries.codes(session, batch_id, after=after, limit=queries.CARDS)
        what = f"cards {after + 1}–{after + len(found)}"
        service.note_taken(session, actor=actor, batch_id=batch_id, what=what, now=now(session))
    return render_template(
        "payments/voucher_cards.html",
        line=line,
        batch=line.batch,
        cards=[(place, spelled(code), _square(code)) for place, code in found],
        next_place=found[-1][0] if found and found[-1][0] < line.batch.code_count else None,
    )


@bp.post(f"{_ID}/codes")
@requires(Permission.ORDERS_SETTLE)
def codes(batch_id: int) -> ResponseReturnValue:
    """Hand out all codes of a batch as a file."""
    with database().transaction() as session:
        actor = current_actor()
        line = queries.batch(session, actor, batch_id, Permission.ORDERS_SETTLE)
        service.note_taken(session, actor=actor, batch_id=batch_id, what="codes", now=now(session))
    with database().snapshot() as session:
        found = queries.codes(session, batch_id, after=0, limit=MOST_CODES)
    batch = line.batch
    rows = (
        (str(place), spelled(code), batch.worth_fen, str(batch.last_day), _address(code))
        for place, code in found
    )
    return _file(f"codes-{batch_id}", CODE_COLUMNS, rows)


@bp.post(f"{_ID}/redemptions")
@requires(Permission.ORDERS_SETTLE)
def redemptions(batch_id: int) -> ResponseReturnValue:
    """Hand out the list of who used the codes of a batch, for the bureau."""
    with database().transaction() as session:
        actor = current_actor()
        queries.batch(session, actor, batch_id, Permission.ORDERS_SETTLE)
        service.note_taken(session, actor=actor, batch_id=batch_id, what="list", now=now(session))

    def rows() -> Iterator[tuple[Value, ...]]:
        with database().snapshot() as session:
            total = 0
            for number, each in enumerate(queries.all_redemptions(session, batch_id), start=1):
                total += each.amount_fen if each.state is UseState.USED else 0
                yield (
                    *(str(number), spelled(each.code), each.name, each.id_mask or ""),
                    *(localized(each.course), each.order_number, each.amount_fen),
                    *(gettext(USES[each.state]), f"{local_time(each.at):%Y-%m-%d %H:%M}"),
                )
            yield (gettext("Used in all"), "", "", "", "", "", total, "", "")

    return _file(f"redemptions-{batch_id}", REDEMPTION_COLUMNS, rows())


def _file(
    name: str, columns: tuple[tuple[str, int], ...], rows: Iterator[tuple[Value, ...]]
) -> ResponseReturnValue:
    form = forms.parse_file_form(request.form)
    with ExitStack() as opened:
        file = opened.enter_context(TemporaryFile())
        write(file, form, columns, rows)
        response = send(file, form, name)
        # From here the answer closes it.
        opened.pop_all()
    return response


@dataclass(frozen=True, slots=True)
class _Choices:
    """What a batch or a share can be for."""

    counties: tuple[County, ...]
    goods: queries.Goods

    def named(self) -> dict[str, Collection[str]]:
        """Return the counties by code and the goods as forms name them."""
        courses = [f"course-{each[0]}" for each in self.goods.courses]
        programmes = [f"programme-{each[0]}" for each in self.goods.programmes]
        return {
            "counties": [each.code for each in self.counties],
            "goods": [*courses, *programmes],
        }


def _choices(session: Session, actor: Actor) -> _Choices:
    own = tuple(each for each in counties(session) if queries.may_settle_in(actor, each.code))
    return _Choices(own, queries.goods(session))


def _form(template: str, faults: Faults) -> str:
    with database().snapshot() as session:
        choices = _choices(session, current_actor())
    return render_template(
        template,
        choices=choices,
        faults=faults,
        typed=request.form,
        key=request.form.get("key") or new_uuid(),
        most=MOST_CODES,
        most_each=MOST_EACH,
    )


def _address(code: str) -> str:
    return settings().base_url + url_for("checkout.code", code=spelled(code))


def _square(code: str) -> Markup:
    """Draw the square code that leads to where a code is used."""
    drawn = segno.make(_address(code), error="m")
    return Markup(drawn.svg_inline(border=2, scale=3, dark="#000", light="#fff"))  # noqa: S704 (drawn here)
