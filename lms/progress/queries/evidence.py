"""Reads what the site knows about stretches somebody asks about: reports, devices, checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.accounts.domain.devices import Device, stored_device
from lms.accounts.models import SignIn
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.refusals import Uncounted, uncounted
from lms.progress.domain.spans import Pair, Spans
from lms.progress.domain.units import ms_to_datetime
from lms.progress.models import MaterialProgress, PlaybackLease, PresenceCheck, WatchSlice
from lms.progress.queries.appeals import Appeal
from lms.progress.queries.flags import Flag

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """How much of a report did not count, and why."""

    reason: str
    ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the player about the stretches, as the server took it."""

    at: datetime | None
    played: Sequence[Pair]
    credited_ms: int
    refused: Sequence[Refusal]
    lease: int | None
    state: str | None
    rate_percent: int | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One lease: from when to when a device played, and how it ended; ``number`` counts from 1."""

    number: int
    device: Device
    sign_in_id: int
    started_at: datetime
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One presence check and what came of it; ``took_ms`` is how long the answer took."""

    shown_at: datetime
    took_ms: int | None
    was_missed: bool
    had_more_time: bool
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a person needs to rule on an appeal; ``more`` reports are not shown."""

    stretches: Sequence[Uncounted]
    reports: Sequence[Report]
    more: int
    sittings: Sequence[Sitting]
    checks: Sequence[Check]


def evidence_of(session: Session, appeal: Appeal) -> Evidence:
    """Return what the ledger says about the stretches of an appeal."""
    rows = _slices(session, appeal)
    credited = session.scalar(
        select(MaterialProgress.credited).where(
            MaterialProgress.person_id == appeal.person_id,
            MaterialProgress.material_id == appeal.material_id,
        )
    )
    asked = Spans.of(appeal.spans)
    about = [
        row for row in rows if row.kind == EntryKind.BEAT and Spans.of(row.claimed).intersect(asked)
    ]
    shown = about[:_SHOWN]
    sittings = _sittings(session, {row.lease_id for row in shown})
    return Evidence(
        stretches=_stretches(appeal.spans, rows, Spans.of(credited or ())),
        reports=[_report(row, sittings) for row in shown],
        more=len(about) - len(shown),
        sittings=list(sittings.values()),
        checks=_checks(session, appeal.person_id, sittings),
    )


def day_of(session: Session, flag: Flag) -> list[Sitting]:
    """Return the leases under which the person of a flag was heard on its day."""
    heard = session.scalars(
        select(WatchSlice.lease_id)
        .where(
            WatchSlice.person_id == flag.person_id,
            WatchSlice.day == flag.day,
            WatchSlice.kind == EntryKind.BEAT,
        )
        .distinct()
        .limit(_SHOWN)
    )
    return list(_sittings(session, [each for each in heard if each is not None]).values())


def _slices(session: Session, appeal: Appeal) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            *(WatchSlice.kind, WatchSlice.lease_id, WatchSlice.received_at_ms),
            *(WatchSlice.claimed, WatchSlice.credited_ms, WatchSlice.refused),
            *(WatchSlice.state, WatchSlice.rate_percent),
        )
        .where(
            WatchSlice.person_id == appeal.person_id,
            WatchSlice.material_id == appeal.material_id,
        )
        .order_by(WatchSlice.id)
    ).all()


def _stretches(
    asked: Sequence[Sequence[int]], rows: Iterable[Row[*tuple[Any, ...]]], credited: Spans
) -> list[Uncounted]:
    """Return the asked stretches, each with the reason most of it was refused for.

    One that was counted meanwhile says so by having none.
    """
    lost = uncounted((row.refused for row in rows), credited)
    found = []
    for begin, end in asked:
        sizes: dict[str, int] = {}
        for each in lost:
            overlap = min(end, each.end_ms) - max(begin, each.begin_ms)
            if overlap > 0:
                sizes[each.reason] = sizes.get(each.reason, 0) + overlap
        found.append(Uncounted(begin, end, max(sizes, key=lambda name: sizes[name], default="")))
    return found


def _report(row: Row[*tuple[Any, ...]], sittings: Mapping[str, Sitting]) -> Report:
    refused = {reason: Spans.of(pairs) for reason, pairs in row.refused.items()}
    return Report(
        at=None if row.received_at_ms is None else ms_to_datetime(row.received_at_ms),
        played=Spans.of(row.claimed).pairs,
        credited_ms=row.credited_ms,
        refused=[Refusal(reason, spans.size) for reason, spans in refused.items() if spans],
        lease=sittings[row.lease_id].number if row.lease_id in sittings else None,
        state=row.state,
        rate_percent=row.rate_percent,
    )


def _sittings(session: Session, leases: Iterable[str]) -> dict[str, Sitting]:
    rows = session.execute(
        select(
            *(PlaybackLease.id, PlaybackLease.sign_in_id, PlaybackLease.started_at_ms),
            *(PlaybackLease.ended_at_ms, PlaybackLease.ended_by, SignIn.device),
        )
        .join(SignIn, SignIn.id == PlaybackLease.sign_in_id)
        .where(PlaybackLease.id.in_(list(leases)))
        .order_by(PlaybackLease.started_at_ms, PlaybackLease.id)
    )
    return {
        row.id: Sitting(
            number,
            stored_device(row.device),
            row.sign_in_id,
            ms_to_datetime(row.started_at_ms),
            None if row.ended_at_ms is None else ms_to_datetime(row.ended_at_ms),
            row.ended_by,
        )
        for number, row in enumerate(rows, 1)
    }


def _checks(session: Session, person_id: int, leases: Iterable[str]) -> list[Check]:
    rows = session.scalars(
        select(PresenceCheck)
        .where(PresenceCheck.person_id == person_id, PresenceCheck.lease_id.in_(list(leases)))
        .order_by(PresenceCheck.id)
        .limit(_SHOWN)
    )
    return [
        Check(
            ms_to_datetime(row.shown_at_ms),
            None if row.answered_at_ms is None else row.answered_at_ms - row.shown_at_ms,
            row.missed_at_ms is not None,
            row.more_time_at_ms is not None,
            row.is_right,
        )
        for row in rows
    ]
