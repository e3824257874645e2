"""Holds what the clients wrote down against what the database holds, and counts the differences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.db.session import Database, now
from lms.progress.models import MaterialProgress, PlaybackLease, StudyClock, WatchSlice
from tests.faults.players import Ledger
from tests.faults.stored import stored_operations

_SLICES = select(
    *(WatchSlice.person_id, WatchSlice.material_id, WatchSlice.lease_id, WatchSlice.seq),
    *(WatchSlice.day, WatchSlice.wall_from_ms, WatchSlice.wall_to_ms, WatchSlice.seen),
    *(WatchSlice.credited, WatchSlice.refused, WatchSlice.seen_ms, WatchSlice.credited_ms),
)
_Slices = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one run; ``faults`` names each total, period or answer that is wrong."""

    sent: int
    acknowledged: int
    stored: int
    lost: int
    double: int
    unsent: int
    faults: tuple[str, ...]

    def line(self) -> str:
        """Return the counts in one line."""
        names = ("sent", "acknowledged", "stored", "lost", "double", "unsent")
        return ", ".join(f"{name} {getattr(self, name)}" for name in names)


def hold_against(database: Database, ledger: Ledger) -> Tally:
    """Count what was lost, done twice or never sent, and recount every total."""
    # What this process had open may have been cut by a crash.
    database.dispose()
    with database.snapshot() as session:
        stored = stored_operations(session)
        slices = session.execute(_SLICES).all()
        faults = [
            *_lost_leases(session, ledger),
            *_wrong_answers(slices, ledger),
            *_wrong_totals(session, slices),
            *_wrong_days(session, slices),
            *_overlaps(slices),
            *_outside_leases(session, slices),
        ]
    sent = {(each.lease, each.seq) for each in ledger.operations}
    acknowledged = {(each.lease, each.seq) for each in ledger.acknowledged}
    return Tally(
        sent=len(sent),
        acknowledged=len(acknowledged),
        stored=len(stored),
        lost=len(acknowledged - stored.keys()),
        double=sum(count - 1 for count in stored.values()),
        unsent=len(stored.keys() - sent),
        faults=tuple(faults),
    )


def _lost_leases(session: Session, ledger: Ledger) -> Iterator[str]:
    known = set(session.scalars(select(PlaybackLease.id)))
    for lease in set(ledger.leases) - known:
        yield f"lease {lease} was given and is gone"


def _wrong_answers(slices: _Slices, ledger: Ledger) -> Iterator[str]:
    """Each client was told of each beat what the database holds of it."""
    paid: Counter[tuple[str, int]] = Counter()
    for each in slices:
        paid[each.lease_id, each.seq] += each.credited_ms
    for beat in ledger.acknowledged:
        told = round((beat.answer or {})["credited_seconds"] * 1000)
        if told != paid[beat.lease, beat.seq]:
            yield f"{beat.lease} {beat.seq}: told {told} ms, stored {paid[beat.lease, beat.seq]}"


def _wrong_totals(session: Session, slices: _Slices) -> Iterator[str]:
    """Each set and sum is what its slices make."""
    recounts: dict[tuple[int, int], _Recount] = defaultdict(_Recount)
    for each in slices:
        recounts[each.person_id, each.material_id].add(each)
    shown = {(row.person_id, row.material_id): row for row in session.scalars(_PROGRESS)}
    if missing := recounts.keys() - shown.keys():
        yield f"slices without totals: {missing}"
    for key, row in shown.items():
        found = recounts[key].result()
        stored = (row.seen, row.credited, row.refused, row.seen_ms, row.credited_ms)
        if stored != found:
            yield f"person and material {key}: shown {stored}, recounted {found}"


_PROGRESS = select(MaterialProgress)


class _Recount:
    """Sums slices without the site's own arithmetic."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.credited: list[list[int]] = []
        self.refused: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()

    def add(self, row: Row[*tuple[Any, ...]]) -> None:
        self.seen += row.seen
        self.credited += row.credited
        self.sums["seen"] += row.seen_ms
        self.sums["credited"] += row.credited_ms
        for reason, pairs in row.refused.items():
            self.refused[reason] += sum(end - begin for begin, end in pairs)

    def result(self) -> tuple[object, ...]:
        sets = (merged(self.seen), merged(self.credited))
        return (*sets, dict(self.refused), self.sums["seen"], self.sums["credited"])


def merged(pairs: Iterable[list[int]]) -> list[list[int]]:
    """Return the pairs in order, with what touches or overlaps made one."""
    whole: list[list[int]] = []
    for begin, end in sorted(pairs):
        if whole and begin <= whole[-1][1]:
            whole[-1][1] = max(whole[-1][1], end)
        elif begin < end:
            whole.append([begin, end])
    return whole


def _wrong_days(session: Session, slices: _Slices) -> Iterator[str]:
    """Each day was credited what its slices say: the daily cap goes by it."""
    days: dict[int, Counter[str]] = defaultdict(Counter)
    for each in slices:
        days[each.person_id][str(each.day)] += each.credited_ms
    for clock in session.scalars(select(StudyClock)):
        found = days[clock.person_id]
        if Counter(clock.day_used) != found:
            yield f"person {clock.person_id}: days {clock.day_used}, recounted {found}"


def _overlaps(slices: _Slices) -> Iterator[str]:
    """Nobody's time is spent twice."""
    periods: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for each in slices:
        if each.wall_from_ms is not None and each.wall_from_ms < each.wall_to_ms:
            periods[each.person_id].append((each.wall_from_ms, each.wall_to_ms))
    for person_id, each in periods.items():
        for (_, end), (begin, _) in pairwise(sorted(each)):
            if begin < end:
                yield f"person {person_id}: time from {begin} to {end} is spent twice"


def _outside_leases(session: Session, slices: _Slices) -> Iterator[str]:
    """Nobody is credited more than the time under their leases, each slice inside its own."""
    until = int(now(session).timestamp() * 1000)
    held = {row.id: row for row in session.scalars(select(PlaybackLease))}
    had: Counter[int] = Counter()
    for lease in held.values():
        had[lease.person_id] += (lease.ended_at_ms or until) - lease.started_at_ms
    paid: Counter[int] = Counter()
    for each in slices:
        paid[each.person_id] += each.credited_ms
        lease = held[each.lease_id]
        is_inside = each.wall_from_ms is None or (
            lease.started_at_ms <= each.wall_from_ms
            and each.wall_to_ms <= (lease.ended_at_ms or until)
        )
        if not is_inside:
            yield f"person {each.person_id}: {each.wall_from_ms} is outside of its lease"
    for person_id, ms in paid.items():
        if ms > had[person_id]:
            yield f"person {person_id}: credited {ms} ms in {had[person_id]} ms under leases"
