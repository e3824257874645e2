"""What tests of rosters share: asking for a list, and what was opened for it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from lms.accounts.gateway import Keys
from lms.accounts.models import Person
from lms.accounts.service.opening import Opening
from lms.audit.models import AuditEntry
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.roster import queries
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.templates import shipped
from tests.factories.identity import make_number
from tests.integration.roster.conftest import OWN

ALL = Filters(status=Status.ALL)


def wanted(kind: ExportKind, filters: Filters = ALL, **more: Any) -> queries.Wanted:
    return queries.Wanted(kind, queries.Selection(OWN, filters), **more)


def rows(database: Database, order: queries.Wanted) -> list[Any]:
    with database.snapshot() as session:
        today = local_day(now(session))
        return list(queries.rows_of(session, order, shipped(order.kind), today=today))


def cells(database: Database, order: queries.Wanted) -> list[dict[str, Any]]:
    return [dict(row.cells) for row in rows(database, order)]


def whole(keys: Keys) -> dict[str, Any]:
    return {"opening": Opening("export:1", None, "核对", keys), "is_unmasked": True}


def acts(database: Database) -> Iterator[tuple[str, Any]]:
    with database.snapshot() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "numbers.opened"))
        yield from [(each.subject, each.details) for each in found]


NUMBER = make_number()


def person_of(session: Any, made: Any) -> Any:
    return session.get_one(Person, made.person_id)
