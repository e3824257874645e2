"""One's own data: take all of it, or close the account."""

import json
from collections.abc import Iterator

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.accounts import login
from lms.accounts.service import holds, leaving, security
from lms.audit.service import record
from lms.core.access import Permission
from lms.db.session import now
from lms.learning import queries
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("own_data", __name__)


@bp.get("/me/data")
@requires(Permission.LEARN)
def page() -> ResponseReturnValue:
    """Say what can be taken along and what closing the account means."""
    return render_template("learning/own_data.html")


@bp.get("/me/data.json")
@requires(Permission.LEARN)
def download() -> ResponseReturnValue:
    """Hand out all that is kept about the person, after a fresh proof.

    Not while a second proof is awaited: a number given out again would bring its new owner the
    card of the old one.
    """
    actor = current_actor()
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, actor, now=at)
        holds.require_free(session, actor.person_id)
        record(
            session,
            actor_id=actor.person_id,
            action="data.taken",
            subject=f"person:{actor.person_id}",
            at=at,
        )
    response = Response(stream_with_context(_written(actor.person_id)), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="xiangbo-my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(person_id: int) -> Iterator[str]:
    """Write the tables one after the other, a row a line, whatever there is of it."""
    with database().snapshot() as session:
        yield "{"
        for place, (name, rows) in enumerate(
            queries.own_data(session, person_id, keys=login.keys())
        ):
            yield f"{',' if place else ''}\n{json.dumps(name)}: ["
            for number, row in enumerate(rows):
                text = json.dumps(row, ensure_ascii=False, default=str)
                yield f"{',' if number else ''}\n{text}"
            yield "]"
        yield "\n}\n"


@bp.post("/me/close")
@requires(Permission.LEARN)
def close() -> ResponseReturnValue:
    """Close the account, after a fresh proof."""
    actor = current_actor()
    with database().transaction() as session:
        at = now(session)
        security.require_confirmed(session, actor, now=at)
        leaving.close_account(session, actor, now=at)
    login.leave()
    said = gettext(
        "Your account is closed. Thank you for learning here. To come back, bring your card to "
        "the training office."
    )
    flash(said, "ok")
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
