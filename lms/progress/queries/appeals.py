"""Reads what learners asked to have counted, for themselves and for the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, Table, bindparam, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.access import Actor, Permission
from lms.progress.domain.requests import RequestAim, RequestRuling
from lms.progress.domain.spans import total_ms
from lms.progress.models import TimeRequest, WatchSlice
from lms.progress.queries.places import Place, in_counties, places_of

_OWN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a learner asked to have counted, and what became of it."""

    id: int
    person_id: int
    name: str
    material_id: int
    spans: Sequence[Sequence[int]]
    words: str
    asked_at: datetime
    ruling: RequestRuling | None
    reason: str | None
    ruled_at: datetime | None
    granted_ms: int
    place: Place | None

    @property
    def asked_ms(self) -> int:
        """Return how much was asked for, milliseconds."""
        return total_ms((begin, end) for begin, end in self.spans)


@dataclass(frozen=True, slots=True)
class AppealPage:
    """A part of a list of appeals; ``next`` is where it goes on, if it does."""

    appeals: Sequence[Appeal]
    next: int | None


_W = cast(Table, WatchSlice.__table__).c
# The lesson page asks this for each video with a refusal: put together once.
_REFUSALS = (
    select(_W.refused)
    .where(_W.person_id == bindparam("person_id"), _W.material_id == bindparam("material_id"))
    .order_by(_W.id)
)


def refusals(
    session: Session, *, person_id: int, material_id: int
) -> list[Mapping[str, Sequence[Sequence[int]]]]:
    """Return the refused intervals of one material, oldest first."""
    wanted = {"person_id": person_id, "material_id": material_id}
    return list(session.scalars(_REFUSALS, wanted))


def newest_appeal(session: Session, *, person_id: int, material_id: int) -> Appeal | None:
    """Return the person's newest appeal about a material, open or answered."""
    row = session.execute(
        _appeals()
        .where(TimeRequest.person_id == person_id, TimeRequest.material_id == material_id)
        .order_by(TimeRequest.id.desc())
        .limit(1)
    ).one_or_none()
    return _appeal(row, {}) if row else None


def appeals_of(session: Session, person_id: int) -> list[Appeal]:
    """Return what the person asked to have counted, newest first."""
    mine = TimeRequest.person_id == person_id
    return _shown(session, _appeals().where(mine).order_by(TimeRequest.id.desc()).limit(_OWN_SHOWN))


def open_appeals(session: Session, actor: Actor, *, after: int | None, limit: int) -> AppealPage:
    """Return appeals nobody ruled on in the actor's counties, oldest first."""
    waiting = _in_reach(actor).where(TimeRequest.ruling.is_(None), TimeRequest.id > (after or 0))
    return _page(_shown(session, waiting.order_by(TimeRequest.id).limit(limit + 1)), limit)


def ruled_appeals(session: Session, actor: Actor, *, after: int | None, limit: int) -> AppealPage:
    """Return appeals that were answered in the actor's counties, newest first."""
    answered = (RequestRuling.GRANTED, RequestRuling.DECLINED)
    ruled = _in_reach(actor).where(TimeRequest.ruling.in_(answered))
    if after is not None:
        ruled = ruled.where(TimeRequest.id < after)
    return _page(_shown(session, ruled.order_by(TimeRequest.id.desc()).limit(limit + 1)), limit)


def appeal_in_reach(
    session: Session, actor: Actor, request_id: int, permission: Permission
) -> Appeal | None:
    """Return an appeal of a learner of a county in which the actor holds the right."""
    in_reach = _appeals().where(in_counties(actor.scopes_for(permission)))
    found = _shown(session, in_reach.where(TimeRequest.id == request_id))
    return found[0] if found else None


def _page(found: Sequence[Appeal], limit: int) -> AppealPage:
    shown = found[:limit]
    return AppealPage(shown, shown[-1].id if len(found) > limit else None)


def _appeals() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(TimeRequest.id, TimeRequest.person_id, Person.name, TimeRequest.material_id),
            *(TimeRequest.spans, TimeRequest.words, TimeRequest.asked_at, TimeRequest.ruling),
            *(TimeRequest.reason, TimeRequest.ruled_at, TimeRequest.granted_ms),
        )
        .join(Person, Person.id == TimeRequest.person_id)
        .where(TimeRequest.aim == RequestAim.APPEAL)
    )


def _in_reach(actor: Actor) -> Select[*tuple[Any, ...]]:
    return _appeals().where(in_counties(actor.scopes_for(Permission.TIME_READ)))


def _shown(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Appeal]:
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(statement).all()
    places = places_of(session, (row.material_id for row in rows))
    return [_appeal(row, places) for row in rows]


def _appeal(row: Row[*tuple[Any, ...]], places: Mapping[int, Place]) -> Appeal:
    ruling = RequestRuling(row.ruling) if row.ruling else None
    return Appeal(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        material_id=row.material_id,
        spans=row.spans,
        words=row.words,
        asked_at=row.asked_at,
        ruling=ruling,
        reason=row.reason,
        ruled_at=row.ruled_at,
        granted_ms=row.granted_ms,
        place=places.get(row.material_id),
    )
