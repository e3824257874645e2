"""The file a bank sends back: read, shown with all that does not fit, then taken down."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic_core import from_json, to_json

from lms.accounts.gateway import SealedFolder
from lms.accounts.login import keys
from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput, NotFound
from lms.core.ids import new_uuid
from lms.db.session import now
from lms.sheets.gateway import MAX_BYTES, read_cells
from lms.subsidy import queries, service
from lms.subsidy.domain.answers import Answer, Sent
from lms.subsidy.domain.payment_files import Read, read_answers
from lms.subsidy.gateway import shelf
from lms.subsidy.gateway.papers import ANSWERS
from lms.subsidy.payment_words import SHOWN
from lms.subsidy.views.payment_batches import tell
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import say
from lms.web.uploads import large_body

bp = Blueprint(
    "payment_answers",
    __name__,
    url_prefix="/staff/payments/<int(max=9223372036854775807):batch_id>/answers",
)
# So many rows are named on the page; the others by their count.
_SHOWN_ROWS = 100


@bp.post("")
@requires(Permission.SUBSIDY_PAY)
@large_body(MAX_BYTES + 64 * 1024)
def send(batch_id: int) -> ResponseReturnValue:
    """Keep the bank's file sealed and go and look at it; nothing is taken down yet."""
    with database().snapshot() as session:
        batch = queries.batch_in_reach(session, current_actor(), batch_id, Permission.SUBSIDY_PAY)
    sent = request.files.get("list")
    data = sent.stream.read() if sent else b""
    try:
        # What cannot be read is told at once, before anything is kept.
        read_answers(read_cells(data), batch.number)
    except InvalidInput as error:
        flash(say(next(iter(error.fields.values()))), "bad")
        return redirect(url_for("payment_batches.batch", batch_id=batch_id), 303)
    draft_id = new_uuid()
    _folder().write(draft_id, to_json([batch_id, current_actor().person_id]) + b"\n" + data)
    return redirect(url_for("payment_answers.preview", batch_id=batch_id, draft_id=draft_id), 303)


@bp.get("/<draft_id>")
@requires(Permission.SUBSIDY_PAY)
def preview(batch_id: int, draft_id: str) -> ResponseReturnValue:
    """Show what the file says: new, known already, unknown, contradicting, of another sum."""
    with database().snapshot() as session:
        batch = queries.batch_in_reach(session, current_actor(), batch_id, Permission.SUBSIDY_PAY)
        read = _read(batch_id, batch.number, draft_id)
        found = service.answered_before(session, batch, read.answers, now=now(session))
        sent = queries.sent_payments(session, batch_id)
    faults = sorted(
        [*read.faults, *((answer.row, why) for answer, why in found.faults)],
        key=lambda each: each[0],
    )
    return render_template(
        "subsidy/desk_payment_answers.html",
        batch=batch,
        draft_id=draft_id,
        sums=_sums(found.new, sent),
        known=len(found.known),
        faults=faults,
        shown_rows=_SHOWN_ROWS,
        desk_place=None,
        **SHOWN,
    )


@bp.post("/<draft_id>")
@requires(Permission.SUBSIDY_PAY)
def take(batch_id: int, draft_id: str) -> ResponseReturnValue:
    """Take down what the file says of payments it fits; again does nothing twice."""
    try:
        with database().transaction() as session:
            actor = current_actor()
            batch = queries.batch_in_reach(session, actor, batch_id, Permission.SUBSIDY_PAY)
            taken = service.take_answers(
                session,
                actor,
                batch_id=batch_id,
                answers=_read(batch_id, batch.number, draft_id).answers,
                shelf=shelf(),
                now=now(session),
            )
    except Conflict as error:
        flash(say(error.message), "bad")
    else:
        _folder().remove(draft_id)
        tell(taken)
    return redirect(url_for("payment_batches.batch", batch_id=batch_id), 303)


def _sums(answers: list[Answer], sent: dict[int, Sent]) -> dict[str, tuple[int, int]]:
    """Return how many answers are new and what they come to, fen, by what came of them."""
    found: dict[str, tuple[int, int]] = {}
    for each in answers:
        rows, fen = found.get(each.result, (0, 0))
        found[each.result.value] = (rows + 1, fen + sent[each.payment_id].amount_fen)
    return found


def _read(batch_id: int, number: str, draft_id: str) -> Read:
    """Return the file somebody sent for this batch. Raises ``NotFound`` for anyone else's."""
    whose, _, data = _folder().read(draft_id, "").partition(b"\n")
    if from_json(whose) != [batch_id, current_actor().person_id]:
        raise NotFound
    return read_answers(read_cells(data), number)


def _folder() -> SealedFolder:
    return SealedFolder(settings().data_dir / ANSWERS, keys().vault, ANSWERS)
