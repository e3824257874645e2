"""What a person was told, newest first: theirs alone."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, rfc3339
from lms.db.session import now
from lms.notify import queries, service
from lms.notify.forms import parse_after, parse_newest
from lms.notify.words import Shown, day_words, shown
from lms.web.access import current_actor, database, requires

bp = Blueprint("inbox", __name__)
api = Blueprint("inbox_api", __name__, url_prefix="/api/v1")


@bp.get("/me/inbox")
@requires(Permission.LEARN)
def page() -> str:
    """Show a page of messages; what was not opened yet is marked."""
    after = parse_after(request.args)
    with database().snapshot() as session:
        found = queries.inbox(session, current_actor().person_id, after=after)
    return render_template(
        "notify/inbox.html",
        messages=[shown(each) for each in found.messages],
        day=lambda at: day_words(local_day(at)),
        after=after,
        next=found.next,
        unread=found.unread,
    )


@bp.post("/me/inbox/read")
@requires(Permission.LEARN)
def read() -> ResponseReturnValue:
    """Note that everything up to the newest message on the page was read."""
    newest = parse_newest(request.form)
    with database().transaction() as session:
        person_id = current_actor().person_id
        service.read_until(session, person_id=person_id, newest=newest, now=now(session))
    return redirect(url_for("inbox.page"), 303)


@bp.post("/me/inbox/<int:message_id>/open")
@requires(Permission.LEARN)
def follow(message_id: int) -> ResponseReturnValue:
    """Note that the message was read and go where it leads to."""
    with database().transaction() as session:
        person_id = current_actor().person_id
        address = service.open_message(
            session, person_id=person_id, message_id=message_id, now=now(session)
        )
    return redirect(request.script_root + address, 303)


@api.get("/me/inbox")
@requires(Permission.LEARN)
def messages() -> ResponseReturnValue:
    """List a page of messages; ``next`` goes into ``after``."""
    after = parse_after(request.args)
    with database().snapshot() as session:
        found = queries.inbox(session, current_actor().person_id, after=after)
    items = [_as_json(shown(each)) for each in found.messages]
    return jsonify({"items": items, "next": found.next, "unread": found.unread})


def _as_json(message: Shown) -> dict[str, Any]:
    return {
        "id": message.id,
        "template": message.template,
        "title": message.title,
        "text": message.text,
        "reason": message.reason,
        "address": message.address,
        "told_at": rfc3339(message.told_at),
        "read_at": rfc3339(message.read_at),
    }
