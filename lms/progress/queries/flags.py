"""Reads what a day's reports show, and the flags people are asked about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Person, SignIn
from lms.core.access import Actor, Permission
from lms.jobs.models import Job
from lms.progress.domain.flags import Browser, FlagKind, FlagRuling, Heard, Turn
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.state import LeaseEnd, PlayerState
from lms.progress.domain.units import ms_to_datetime
from lms.progress.models import PlaybackLease, StudyClock, StudyFlag, WatchSlice
from lms.progress.queries.places import in_counties

_OWN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Flag:
    """Something noticed about a person, what they say it was, and what somebody found."""

    id: int
    person_id: int
    name: str
    kind: FlagKind
    day: int
    evidence: dict[str, Any]
    found_at: datetime
    words: str | None
    said_at: datetime | None
    ruling: FlagRuling | None
    reason: str | None
    ruled_by: str | None
    ruled_at: datetime | None

    @property
    def on(self) -> date:
        """Return the day it was noticed about."""
        return date.fromordinal(self.day)

    @property
    def began_at(self) -> datetime:
        """Return when what was measured began, where the evidence has a moment."""
        return ms_to_datetime(self.evidence.get("from_ms", 0))

    @property
    def ended_at(self) -> datetime:
        """Return when what was measured ended, where the evidence has a moment."""
        return ms_to_datetime(self.evidence.get("to_ms", 0))


@dataclass(frozen=True, slots=True)
class FlagPage:
    """A part of a list of flags; ``next`` is where it goes on, if it does."""

    flags: Sequence[Flag]
    next: int | None


def flags_of(session: Session, person_id: int) -> list[Flag]:
    """Return what was noticed about the person, newest first."""
    mine = _flags().where(StudyFlag.person_id == person_id)
    rows = session.execute(mine.order_by(StudyFlag.id.desc()).limit(_OWN_SHOWN))
    return [_flag(row) for row in rows]


def open_flags(session: Session, actor: Actor, *, after: int | None, limit: int) -> FlagPage:
    """Return flags nobody ruled on in the actor's counties, oldest first."""
    waiting = _in_reach(actor, Permission.TIME_READ).where(
        StudyFlag.ruling.is_(None), StudyFlag.id > (after or 0)
    )
    return _page(session, waiting.order_by(StudyFlag.id), limit)


def ruled_flags(session: Session, actor: Actor, *, after: int | None, limit: int) -> FlagPage:
    """Return flags that were ruled on in the actor's counties, newest first."""
    ruled = _in_reach(actor, Permission.TIME_READ).where(StudyFlag.ruling.is_not(None))
    if after is not None:
        ruled = ruled.where(StudyFlag.id < after)
    return _page(session, ruled.order_by(StudyFlag.id.desc()), limit)


def flag_in_reach(
    session: Session, actor: Actor, flag_id: int, permission: Permission
) -> Flag | None:
    """Return a flag of a person of a county in which the actor holds the right."""
    found = _in_reach(actor, permission).where(StudyFlag.id == flag_id)
    row = session.execute(found).one_or_none()
    return _flag(row) if row else None


def active_since(session: Session, moment_ms: int, *, after: int, limit: int) -> list[int]:
    """Return the next people whose clock was read since the moment, by their ids."""
    return list(
        session.scalars(
            select(StudyClock.person_id)
            .where(StudyClock.person_id > after, StudyClock.read_at_ms >= moment_ms)
            .order_by(StudyClock.person_id)
            .limit(limit)
        )
    )


def heard_on(
    session: Session, people: Sequence[int], days: Iterable[int]
) -> dict[int, dict[int, list[Heard]]]:
    """Return what was heard of the people on the days: by person, by day."""
    rows = session.execute(
        select(
            *(WatchSlice.person_id, WatchSlice.day, WatchSlice.received_at_ms),
            *(WatchSlice.lease_id, WatchSlice.credited_ms, WatchSlice.held_ms),
            *(WatchSlice.state, WatchSlice.wall_from_ms, WatchSlice.wall_to_ms),
        )
        .where(
            WatchSlice.person_id.in_(people),
            WatchSlice.day.in_(list(days)),
            WatchSlice.kind == EntryKind.BEAT,
            WatchSlice.received_at_ms.is_not(None),
        )
        .order_by(WatchSlice.id)
    )
    found: dict[int, dict[int, list[Heard]]] = {}
    for row in rows:
        heard = Heard(
            row.received_at_ms,
            row.lease_id,
            row.credited_ms + row.held_ms,
            row.state == PlayerState.HIDDEN,
            None if row.wall_from_ms is None else (row.wall_from_ms, row.wall_to_ms),
        )
        found.setdefault(row.person_id, {}).setdefault(row.day, []).append(heard)
    return found


def turns_on(session: Session, people: Sequence[int], day: int) -> dict[int, list[Turn]]:
    """Return the leases under which the people were heard on the day."""
    heard = select(WatchSlice.lease_id).where(
        WatchSlice.person_id.in_(people),
        WatchSlice.day == day,
        WatchSlice.kind == EntryKind.BEAT,
    )
    rows = session.execute(
        select(
            *(PlaybackLease.person_id, PlaybackLease.id, PlaybackLease.sign_in_id),
            *(PlaybackLease.started_at_ms, PlaybackLease.ended_by),
        ).where(PlaybackLease.id.in_(heard))
    )
    found: dict[int, list[Turn]] = {}
    for row in rows:
        is_superseded = row.ended_by == LeaseEnd.SUPERSEDED
        turn = Turn(row.id, row.sign_in_id, row.started_at_ms, is_superseded)
        found.setdefault(row.person_id, []).append(turn)
    return found


def browsers_of(session: Session, sign_ins: Sequence[int]) -> list[Browser]:
    """Return the sign-ins."""
    rows = session.execute(
        select(
            *(SignIn.id, SignIn.person_id, SignIn.device_hash, SignIn.created_at),
            *(SignIn.revoked_at, SignIn.browser_hash),
        ).where(SignIn.id.in_(sign_ins))
    )
    return [Browser(*row) for row in rows]


def asked_lately(
    session: Session, people: Sequence[int], *, since_day: int
) -> set[tuple[int, str]]:
    """Return who need not be asked (again) about what: it waits, or was explained lately."""
    rows = session.execute(
        select(StudyFlag.person_id, StudyFlag.kind).where(
            StudyFlag.person_id.in_(people),
            StudyFlag.ruling.is_(None)
            | ((StudyFlag.ruling == FlagRuling.EXPLAINED) & (StudyFlag.day >= since_day)),
        )
    )
    return {(row[0], row[1]) for row in rows}


def is_asked(session: Session, job_key: str) -> bool:
    """Tell whether the job with the key was ever written down."""
    return session.scalar(select(Job.id).where(Job.key == job_key)) is not None


def _flags() -> Select[*tuple[Any, ...]]:
    ruler = aliased(Person)
    return (
        select(
            *(StudyFlag.id, StudyFlag.person_id, Person.name, StudyFlag.kind, StudyFlag.day),
            *(StudyFlag.evidence, StudyFlag.found_at, StudyFlag.words, StudyFlag.said_at),
            *(StudyFlag.ruling, StudyFlag.reason, ruler.name.label("ruled_by")),
            StudyFlag.ruled_at,
        )
        .join(Person, Person.id == StudyFlag.person_id)
        .outerjoin(ruler, ruler.id == StudyFlag.ruled_by_id)
    )


def _in_reach(actor: Actor, permission: Permission) -> Select[*tuple[Any, ...]]:
    return _flags().where(in_counties(actor.scopes_for(permission)))


def _page(session: Session, statement: Select[*tuple[Any, ...]], limit: int) -> FlagPage:
    found = [_flag(row) for row in session.execute(statement.limit(limit + 1))]
    shown = found[:limit]
    return FlagPage(shown, shown[-1].id if len(found) > limit else None)


def _flag(row: Row[*tuple[Any, ...]]) -> Flag:
    values = dict(row._mapping)  # noqa: SLF001 (the row's public mapping, by its documented name)
    values["kind"] = FlagKind(row.kind)
    values["ruling"] = FlagRuling(row.ruling) if row.ruling else None
    return Flag(**values)
