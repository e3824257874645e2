"""What a system of a county fetches with its token: classes, enrollments, hours by day."""

from collections.abc import Callable

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.login import keys
from lms.core.access import TokenScope
from lms.db.session import now
from lms.exchange import forms, queries, service
from lms.exchange.domain import Part, PullKind
from lms.exchange.gateway import number_in
from lms.web.access import current_bearer, database, token

bp = Blueprint("exchange", __name__, url_prefix="/api/v1/exchange")


@bp.get("/classes")
@token(TokenScope.CLASSES_READ)
def classes() -> ResponseReturnValue:
    """Answer with classes."""
    return _fetched(PullKind.CLASSES, queries.classes)


@bp.get("/enrollments")
@token(TokenScope.COMPLETIONS_READ)
def enrollments() -> ResponseReturnValue:
    """Answer with enrollments and what each amounts to."""
    return _fetched(PullKind.ENROLLMENTS, queries.enrollments)


@bp.get("/hours")
@token(TokenScope.HOURS_READ)
def hours() -> ResponseReturnValue:
    """Answer with verified seconds by enrollment and day."""
    return _fetched(PullKind.HOURS, queries.hours)


def _fetched(kind: PullKind, read: Callable[[Session, queries.Shown], Part]) -> ResponseReturnValue:
    """Answer with a part of a list; nothing goes out that was not written down before."""
    bearer = current_bearer()
    number_of = number_in(keys().index, bearer.county_code)
    shown = queries.Shown(bearer, forms.parse_window(request.args, kind), number_of)
    with database().snapshot() as session:
        part = read(session, shown)
    with database().transaction() as session:
        service.note_pull(session, bearer=bearer, kind=kind, rows=len(part.items), now=now(session))
    return jsonify(items=part.items, next=str(part.next) if part.next else None)
