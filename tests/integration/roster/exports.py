"""What tests of exports share: ordering, looking, taking, opening again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import LmsError
from lms.db.session import Database, now
from lms.roster import queries, service
from lms.roster.domain.filters import Filters
from lms.roster.domain.orders import ExportFormat, ExportKind, ExportOrder, FrozenOrder
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_sign_in, make_staff


def make_administrator(session: Session, *, confirmed: timedelta | None = timedelta(0)) -> Actor:
    """Make an administrator of the county; ``confirmed`` is how long ago they proved it."""
    scope = Scope(ScopeKind.COUNTY, COUNTY)
    person = make_staff(session, Role.ADMINISTRATOR, scope, name="周敏")
    proved_at = now(session) - confirmed if confirmed is not None else None
    sign_in = make_sign_in(session, person, confirmed_at=proved_at)
    return Actor(person.id, person.name, (Grant(Role.ADMINISTRATOR, scope),), sign_in.id)


def ordered(form: ExportFormat = ExportFormat.XLSX, **changes: Any) -> ExportOrder:
    order = ExportOrder(ExportKind.COMPLETIONS, form, "zh", "5 月补贴申报", Filters())
    return replace(order, **changes)


def place(database: Database, actor: Actor, order: ExportOrder | FrozenOrder | None = None) -> str:
    with database.transaction() as session:
        made = service.order_export(
            session, actor=actor, order=order or ordered(), now=now(session)
        )
        return made.id


def view(database: Database, actor: Actor, export_id: str) -> queries.ExportView:
    with database.snapshot() as session:
        found = queries.own_export(
            session, export_id=export_id, person_id=actor.person_id, at=now(session)
        )
    assert found is not None
    return found


def take(database: Database, actor: Actor, export_id: str, at: datetime | None = None) -> str:
    with database.transaction() as session:
        handed = service.hand_out(session, actor=actor, export_id=export_id, now=at or now(session))
    return handed.path


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(LmsError) as refused:
        call(*args)
    return refused.value.code


def files(settings: Settings) -> list[str]:
    return sorted(file.name for file in settings.export_dir.glob("*"))


def workbook(settings: Settings, export_id: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(settings.export_dir / f"{export_id}.xlsx")
    return list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
