"""One payment batch: looked at, let go by a second person, handed to the bank, answered by hand."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.domain.proofs import is_confirmed
from lms.accounts.login import keys
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, NotFound
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.answers import Answer, Result
from lms.subsidy.forms import payments as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.payment_words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, say

bp = Blueprint(
    "payment_batches",
    __name__,
    url_prefix="/staff/payments/<int(max=9223372036854775807):batch_id>",
)
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_ROW = "<int(max=9223372036854775807):payment_id>"
_TOLD = 5


@bp.get("")
@requires(Permission.SUBSIDY_READ)
def batch(batch_id: int) -> ResponseReturnValue:
    """Show a batch with its payments and what may be done with it."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.batch_in_reach(session, actor, batch_id, Permission.SUBSIDY_READ)
        window = forms.parse_window(request.args, ())
        line = queries.batch_line(session, batch_id)
        page = queries.payments_page(session, found, state=window.state, after=window.after)
    return render_template(
        "subsidy/desk_payment.html",
        line=line,
        page=page,
        window=window,
        may_pay=queries.reaches(actor, found.county_code, Permission.SUBSIDY_PAY),
        is_own=found.prepared_by_id == actor.person_id,
        is_confirmed=is_confirmed(actor.confirmed_at, at=utc_now()),
        today=local_day(utc_now()),
        desk_place=None,
        **SHOWN,
    )


@bp.post("/release")
@requires(Permission.SUBSIDY_PAY)
def release(batch_id: int) -> ResponseReturnValue:
    """Let a batch go to the bank that somebody else put together."""
    try:
        with database().transaction() as session:
            done = service.release(
                session, current_actor(), batch_id=batch_id, shelf=shelf(), now=now(session)
            )
    except Conflict as error:
        return _back(batch_id, bad=error)
    flash(gettext("Let go. Now take the file to the bank."), "ok")
    if done.taken_out:
        count = len(done.taken_out)
        flash(gettext("Taken out: %(num)s. The list says why.", num=count), "warn")
    return _back(batch_id)


@bp.post("/give-up")
@requires(Permission.SUBSIDY_PAY)
def give_up(batch_id: int) -> ResponseReturnValue:
    """Give a batch up before it goes out."""
    try:
        reason = forms.parse_reason(request.form)
        with database().transaction() as session:
            service.give_up(
                session,
                current_actor(),
                batch_id=batch_id,
                reason=reason,
                shelf=shelf(),
                now=now(session),
            )
    except (Conflict, InvalidInput) as error:
        return _back(batch_id, bad=error)
    flash(gettext("Given up. Its claims can be put into another batch."), "ok")
    return _back(batch_id)


@bp.post("/file")
@requires(Permission.SUBSIDY_PAY)
def file(batch_id: int) -> ResponseReturnValue:
    """Hand the file for the bank out; what for is written down before."""
    try:
        order = forms.parse_order(request.form)
        with database().transaction() as session:
            made = service.take_file(
                session,
                current_actor(),
                batch_id=batch_id,
                order=order,
                keys=keys(),
                now=now(session),
            )
    except (Conflict, InvalidInput) as error:
        return _back(batch_id, bad=error)
    response = Response(made.data, content_type=_TYPES[order.form])
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/paid")
@requires(Permission.SUBSIDY_PAY)
def confirm_paid(batch_id: int) -> ResponseReturnValue:
    """Say what noting everything as paid on a day would do."""
    try:
        day = forms.parse_day(request.args)
    except InvalidInput as error:
        return _back(batch_id, bad=error)
    with database().snapshot() as session:
        queries.batch_in_reach(session, current_actor(), batch_id, Permission.SUBSIDY_PAY)
        line = queries.batch_line(session, batch_id)
    return render_template(
        "subsidy/desk_payment_paid.html", line=line, day=day, desk_place=None, **SHOWN
    )


@bp.post("/paid")
@requires(Permission.SUBSIDY_PAY)
def paid(batch_id: int) -> ResponseReturnValue:
    """Note everything the bank has not spoken of yet as paid on a day."""
    try:
        answer = Answer(0, Result.PAID, forms.parse_day(request.form))
        with database().transaction() as session:
            sent = queries.sent_payments(session, batch_id)
            taken = service.take_answers(
                session,
                current_actor(),
                batch_id=batch_id,
                answers=service.paid_all(sent, answer),
                shelf=shelf(),
                now=now(session),
            )
    except (Conflict, InvalidInput) as error:
        return _back(batch_id, bad=error)
    tell(taken)
    return _back(batch_id)


@bp.get(f"/rows/{_ROW}")
@requires(Permission.SUBSIDY_PAY)
def row(batch_id: int, payment_id: int) -> ResponseReturnValue:
    """Show one payment and the form for what the bank said of it."""
    with database().snapshot() as session:
        found = queries.batch_in_reach(session, current_actor(), batch_id, Permission.SUBSIDY_PAY)
        page = queries.payments_page(session, found, state=None, after=payment_id - 1)
    line = next((each for each in page.lines[:1] if each.payment.id == payment_id), None)
    if line is None:
        raise NotFound
    return render_template(
        "subsidy/desk_payment_row.html",
        batch=found,
        line=line,
        today=local_day(utc_now()),
        desk_place=None,
        **SHOWN,
    )


@bp.post(f"/rows/{_ROW}")
@requires(Permission.SUBSIDY_PAY)
def answer(batch_id: int, payment_id: int) -> ResponseReturnValue:
    """Take down what the bank said of one payment."""
    try:
        said = forms.parse_answer(request.form, payment_id)
        with database().transaction() as session:
            taken = service.take_answers(
                session,
                current_actor(),
                batch_id=batch_id,
                answers=[said],
                shelf=shelf(),
                now=now(session),
            )
    except (Conflict, InvalidInput) as error:
        flash(_first(error), "bad")
        return redirect(
            url_for("payment_batches.row", batch_id=batch_id, payment_id=payment_id), 303
        )
    tell(taken)
    return _back(batch_id)


def tell(taken: service.Taken) -> None:
    """Say what came of answers: the first faults in words, all by their count."""
    if taken.done:
        flash(gettext("Written down: %(num)s.", num=len(taken.done)), "ok")
    if taken.known:
        flash(
            gettext("Known already: %(num)s. Nothing was done twice.", num=len(taken.known)), "ok"
        )
    for _, why in taken.faults[:_TOLD]:
        flash(say(why), "bad")
    if len(taken.faults) > _TOLD:
        flash(gettext("and %(num)s more", num=len(taken.faults) - _TOLD), "bad")


def _first(error: Conflict | InvalidInput) -> str:
    fields = list(error.fields.values()) if isinstance(error, InvalidInput) else []
    return say(fields[0] if fields else error.message)


def _back(batch_id: int, bad: Conflict | InvalidInput | None = None) -> Response:
    if bad is not None:
        flash(_first(bad), "bad")
    made = redirect(url_for("payment_batches.batch", batch_id=batch_id), 303)
    assert isinstance(made, Response)
    return made
