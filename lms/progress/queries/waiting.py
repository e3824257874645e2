"""Reads time that came too late to be credited and waits for a person, where a county wants it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.models import Person
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Material, Programme
from lms.core.access import Actor, Permission
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.progress.domain.refusals import unverified
from lms.progress.domain.requests import RequestRuling
from lms.progress.domain.settings import Offline
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import Reason
from lms.progress.domain.units import ms_to_datetime
from lms.progress.gateway import counting_of
from lms.progress.models import MaterialProgress, TimeRequest, WatchSlice
from lms.progress.queries.places import Place, in_counties, places_of

_Key = tuple[int, int]
_Entry = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody's late time of one material; ``request_id`` is the open appeal about it, if any."""

    person_id: int
    name: str
    material_id: int
    spans: Spans
    received_at: datetime
    request_id: int | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A part of the list; ``next`` is the person it goes on after, if it does."""

    waiting: Sequence[Waiting]
    next: int | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The newest appeal about a material that was not taken back."""

    request_id: int
    asked_at: datetime
    is_open: bool


def waiting_time(session: Session, actor: Actor, *, after: int | None, limit: int) -> WaitingPage:
    """Return late time nobody ruled on in the actor's counties, some people at a time."""
    reach = in_counties(actor.scopes_for(Permission.TIME_READ))
    people = _people(session, reach, after=after or 0, limit=limit + 1)
    shown = people[:limit]
    found = _waiting(session, MaterialProgress.person_id.in_(shown)) if shown else []
    return WaitingPage(found, shown[-1] if len(people) > limit else None)


def waiting_of(
    session: Session, actor: Actor, *, person_id: int, material_id: int
) -> Waiting | None:
    """Return the late time of one person and material, where the actor may rule on it."""
    reach = and_(Person.id == person_id, in_counties(actor.scopes_for(Permission.TIME_RULE)))
    if session.scalar(select(Person.id).where(reach)) is None:
        return None
    own = and_(MaterialProgress.person_id == person_id, MaterialProgress.material_id == material_id)
    return next(iter(_waiting(session, own)), None)


def _courses() -> Select[*tuple[Any, ...]]:
    """Return the courses of the programmes that have late time looked at by a person."""
    queued = [slug for slug in known_programmes() if counting_of(slug).offline is Offline.QUEUED]
    return (
        select(Course.id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(Programme.slug.in_(queued))
    )


def _people(session: Session, reach: ColumnElement[bool], *, after: int, limit: int) -> list[int]:
    return list(
        session.scalars(
            select(Person.id)
            .join(Enrollment, Enrollment.person_id == Person.id)
            .join(Material, Material.course_id == Enrollment.course_id)
            .join(
                MaterialProgress,
                and_(
                    MaterialProgress.person_id == Person.id,
                    MaterialProgress.material_id == Material.id,
                ),
            )
            .where(
                reach,
                Person.id > after,
                Enrollment.course_id.in_(_courses()),
                Enrollment.status.in_(LIVE),
                _is_late(),
            )
            .distinct()
            .order_by(Person.id)
            .limit(limit)
        )
    )


def _is_late() -> ColumnElement[bool]:
    late: ColumnElement[bool] = (
        MaterialProgress.refused[Reason.OFFLINE_UNVERIFIED.value].as_integer() > 0
    )
    return late


def _waiting(session: Session, which: ColumnElement[bool]) -> list[Waiting]:
    rows = session.execute(
        select(
            *(MaterialProgress.person_id, Person.name, MaterialProgress.material_id),
            MaterialProgress.credited,
        )
        .join(Person, Person.id == MaterialProgress.person_id)
        .where(which, _is_late())
    ).all()
    keys = [(row.person_id, row.material_id) for row in rows]
    if not keys:
        return []
    entries, asked = _entries(session, keys), _asked(session, keys)
    places = places_of(session, (row.material_id for row in rows))
    found = [_one(row, entries, asked, places) for row in rows]
    return sorted((each for each in found if each), key=lambda each: each.received_at)


def _entries(session: Session, keys: Iterable[_Key]) -> Mapping[_Key, Sequence[_Entry]]:
    rows = session.execute(
        select(
            *(WatchSlice.person_id, WatchSlice.material_id),
            *(WatchSlice.refused, WatchSlice.received_at_ms),
        )
        .where(_of(WatchSlice.person_id, WatchSlice.material_id, keys))
        .order_by(WatchSlice.id)
    )
    found: dict[_Key, list[_Entry]] = {}
    for row in rows:
        found.setdefault((row.person_id, row.material_id), []).append(row)
    return found


def _asked(session: Session, keys: Iterable[_Key]) -> Mapping[_Key, _Asked]:
    """Return the newest appeals; what was taken back leaves the time where it was."""
    request = TimeRequest
    rows = session.execute(
        select(
            *(request.person_id, request.material_id),
            *(request.id, request.asked_at, request.ruling),
        )
        .where(
            _of(request.person_id, request.material_id, keys),
            or_(request.ruling.is_(None), request.ruling != RequestRuling.WITHDRAWN),
        )
        .order_by(request.id)
    )
    return {
        (row.person_id or 0, row.material_id or 0): _Asked(row.id, row.asked_at, row.ruling is None)
        for row in rows
    }


def _of(
    person: InstrumentedAttribute[Any], material: InstrumentedAttribute[Any], keys: Iterable[_Key]
) -> ColumnElement[bool]:
    people, materials = zip(*keys, strict=True)
    return and_(person.in_(set(people)), material.in_(set(materials)))


def _one(
    row: _Entry,
    entries: Mapping[_Key, Sequence[_Entry]],
    asked: Mapping[_Key, _Asked],
    places: Mapping[int, Place],
) -> Waiting | None:
    """Return what waits; ``None`` where all of it counts by now or somebody ruled on it."""
    key = (row.person_id, row.material_id)
    own = entries.get(key, ())
    spans = unverified((each.refused for each in own), Spans.of(row.credited))
    late = [each.received_at_ms for each in own if Reason.OFFLINE_UNVERIFIED in each.refused]
    if not spans or not late:
        return None
    received_at = ms_to_datetime(max(each or 0 for each in late))
    newest = asked.get(key)
    if newest and not newest.is_open and newest.asked_at >= received_at:
        return None
    return Waiting(
        *(row.person_id, row.name, row.material_id, spans, received_at),
        newest.request_id if newest and newest.is_open else None,
        places.get(row.material_id),
    )
