"""Tells people something, without an act behind it."""

from collections.abc import Mapping
from datetime import date
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.db.session import now
from lms.notify.domain.kinds import Kind, Value
from lms.notify.domain.notices import NOTICES
from lms.notify.models import InboxMessage
from lms.notify.service import Told, tell

CLAIM = "BT-26-07-0136"
REASON = "请补拍结业证书，照片看不清"
_OF_KIND: Mapping[Kind, Value] = {
    Kind.NUMBER: CLAIM,
    Kind.DAY: date(2026, 7, 17),
    Kind.FEN: 60_000,
    Kind.COUNT: 2,
    Kind.ROW: 7,
    Kind.ENDING: "1234",
    Kind.REASON: REASON,
}
_serial = count(1)


def values_of(template: str, **overrides: Value) -> dict[str, Value]:
    """Return a value for everything the template takes."""
    takes = NOTICES[template].takes
    return {name: _OF_KIND[kind] for name, kind in takes.items()} | overrides


def told(person: Person, template: str = "claim_submitted", **overrides: Value) -> Told:
    """Return a telling of its own."""
    key = f"test:{next(_serial)}"
    return Told(person.id, template, values_of(template, **overrides), key)


def make_message(
    session: Session, person: Person, template: str = "claim_submitted", **overrides: Value
) -> InboxMessage:
    """Return a message in the person's inbox."""
    telling = told(person, template, **overrides)
    tell(session, messages=[telling], now=now(session))
    return session.scalars(select(InboxMessage).where(InboxMessage.key == telling.key)).one()
