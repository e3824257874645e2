"""Reads requests to make good an outage, and what it took from whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Text, and_, cast, distinct, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import County, Person
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.db.base import Localized
from lms.jobs.models import Job, JobState
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.requests import LATE_MS, Outage, RequestAim, RequestRuling, Slip
from lms.progress.domain.units import ms_to_datetime
from lms.progress.models import TimeRequest, WatchSlice
from lms.progress.queries.places import is_county_of

COMPENSATE = "progress.compensate"


@dataclass(frozen=True, slots=True)
class OutageRequest:
    """What somebody asks to make good for a county, and how far it is."""

    id: int
    county: Localized
    began_at: datetime
    ended_at: datetime
    words: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    ruling: RequestRuling | None
    reason: str | None
    ruled_by: str | None
    ruled_at: datetime | None
    granted_ms: int
    granted_people: int
    granted_at: datetime | None
    done: int
    total: int
    fault: str | None

    @property
    def is_running(self) -> bool:
        """Tell whether it was approved and is being counted."""
        is_approved = self.ruling is RequestRuling.GRANTED and self.granted_at is None
        return is_approved and self.fault is None


def job_key(request_id: int) -> str:
    """Return the key of the job that carries a request out."""
    return f"{COMPENSATE}:{request_id}"


def outages(session: Session, actor: Actor, *, limit: int) -> list[OutageRequest]:
    """Return the requests of the actor's counties, open ones first, then newest first."""
    rows = session.execute(
        _requests(actor)
        .order_by(TimeRequest.ruling.is_not(None), TimeRequest.id.desc())
        .limit(limit)
    )
    return [_request(row) for row in rows]


def is_outage_in_reach(
    session: Session, actor: Actor, request_id: int, permission: Permission
) -> bool:
    """Tell whether there is such a request of a county in which the actor holds the right."""
    found = select(TimeRequest.id).where(
        TimeRequest.id == request_id,
        TimeRequest.aim == RequestAim.COMPENSATION,
        is_county_of(TimeRequest.county_code, actor.scopes_for(permission)),
    )
    return session.scalar(found) is not None


def is_asked_for(session: Session, outage: Outage) -> bool:
    """Tell whether a request about some of the same time stands, open or granted."""
    same = and_(
        TimeRequest.aim == RequestAim.COMPENSATION,
        TimeRequest.county_code == outage.county_code,
        TimeRequest.wall_from_ms < outage.to_ms,
        TimeRequest.wall_to_ms > outage.from_ms,
        or_(TimeRequest.ruling.is_(None), TimeRequest.ruling == RequestRuling.GRANTED),
    )
    return session.scalar(select(TimeRequest.id).where(same).limit(1)) is not None


def people_of(session: Session, county_code: str) -> int:
    """Return how many people a county has here."""
    counted = select(func.count()).select_from(Person).where(Person.county_code == county_code)
    return session.scalar(counted) or 0


def next_people(session: Session, county_code: str, *, after: int, limit: int) -> list[int]:
    """Return the next people of a county, by their ids."""
    return list(
        session.scalars(
            select(Person.id)
            .where(Person.county_code == county_code, Person.id > after)
            .order_by(Person.id)
            .limit(limit)
        )
    )


def slips_of(session: Session, people: Sequence[int], outage: Outage) -> dict[int, list[Slip]]:
    """Return, by person, what was received during the outage or soon after, oldest first."""
    until = outage.to_ms + LATE_MS
    first, last = (local_day(ms_to_datetime(at)).toordinal() for at in (outage.from_ms, until))
    rows = session.execute(
        select(
            *(WatchSlice.person_id, WatchSlice.material_id, WatchSlice.refused),
            *(WatchSlice.wall_from_ms, WatchSlice.wall_to_ms),
        )
        .where(
            WatchSlice.person_id.in_(people),
            # The day before: a beat just after midnight may have been played before it.
            WatchSlice.day.between(first - 1, last),
            WatchSlice.received_at_ms.between(outage.from_ms, until),
            WatchSlice.request_id.is_(None),
        )
        .order_by(WatchSlice.id)
    )
    found: dict[int, list[Slip]] = {}
    for row in rows:
        wall = None if row.wall_from_ms is None else (row.wall_from_ms, row.wall_to_ms)
        slip = Slip(row.material_id, row.refused, wall)
        found.setdefault(row.person_id, []).append(slip)
    return found


def is_granted(session: Session, *, request_id: int, person_id: int) -> bool:
    """Tell whether the person has the request's entries already."""
    entry = select(WatchSlice.id).where(
        WatchSlice.request_id == request_id, WatchSlice.person_id == person_id
    )
    return session.scalar(entry.limit(1)) is not None


def granted_in_all(session: Session, request_id: int) -> tuple[int, int]:
    """Return what a request's entries sum up to, and of how many people they are."""
    row = session.execute(
        select(
            func.coalesce(func.sum(WatchSlice.credited_ms), 0),
            func.count(distinct(WatchSlice.person_id)),
        ).where(WatchSlice.request_id == request_id)
    ).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Compensated:
    """What a person got for an outage, and what it was."""

    began_at: datetime
    ended_at: datetime
    words: str
    granted_ms: int


def compensated(session: Session, person_id: int) -> list[Compensated]:
    """Return what the person got for outages, newest first."""
    rows = session.execute(
        select(
            *(TimeRequest.wall_from_ms, TimeRequest.wall_to_ms, TimeRequest.words),
            func.sum(WatchSlice.credited_ms),
        )
        .join(TimeRequest, TimeRequest.id == WatchSlice.request_id)
        .where(
            WatchSlice.person_id == person_id,
            WatchSlice.kind == EntryKind.COMPENSATION,
        )
        .group_by(TimeRequest.id)
        .order_by(TimeRequest.id.desc())
    )
    return [
        Compensated(ms_to_datetime(row[0] or 0), ms_to_datetime(row[1] or 0), row[2], int(row[3]))
        for row in rows
    ]


def _requests(actor: Actor) -> Select[*tuple[Any, ...]]:
    asker, ruler = aliased(Person), aliased(Person)
    in_reach = is_county_of(TimeRequest.county_code, actor.scopes_for(Permission.TIME_READ))
    return (
        select(
            *(TimeRequest.id, County.name_zh, County.name_en),
            *(TimeRequest.wall_from_ms, TimeRequest.wall_to_ms, TimeRequest.words),
            *(TimeRequest.asked_by_id, asker.name.label("asked_by"), TimeRequest.asked_at),
            *(TimeRequest.ruling, TimeRequest.reason, ruler.name.label("ruled_by")),
            *(TimeRequest.ruled_at, TimeRequest.granted_ms, TimeRequest.granted_people),
            *(TimeRequest.granted_at, Job.done, Job.total, Job.state, Job.error_text),
        )
        .join(County, County.code == TimeRequest.county_code)
        .join(asker, asker.id == TimeRequest.asked_by_id)
        .outerjoin(ruler, ruler.id == TimeRequest.ruled_by_id)
        .outerjoin(Job, Job.key == literal(f"{COMPENSATE}:") + cast(TimeRequest.id, Text))
        .where(TimeRequest.aim == RequestAim.COMPENSATION, in_reach)
    )


def _request(row: Row[*tuple[Any, ...]]) -> OutageRequest:
    return OutageRequest(
        id=row.id,
        county={"zh": row.name_zh, "en": row.name_en},
        began_at=ms_to_datetime(row.wall_from_ms),
        ended_at=ms_to_datetime(row.wall_to_ms),
        words=row.words,
        asked_by_id=row.asked_by_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ruling=RequestRuling(row.ruling) if row.ruling else None,
        reason=row.reason,
        ruled_by=row.ruled_by,
        ruled_at=row.ruled_at,
        granted_ms=row.granted_ms,
        granted_people=row.granted_people,
        granted_at=row.granted_at,
        done=row.done or 0,
        total=row.total or 0,
        fault=row.error_text if row.state == JobState.FAILED else None,
    )
