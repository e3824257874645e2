"""Makes ledgers: days of study as entries, with the sums and sets beside them in step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.clock import day_bounds
from lms.enrollment.models import Enrollment
from lms.progress.domain.units import datetime_to_ms
from lms.progress.models import MaterialProgress, PlaybackLease, PresenceCheck, WatchSlice
from tests.factories.accounts import make_sign_in
from tests.factories.catalog import MadeCourse

_serial = count(1)
EVENING = timedelta(hours=19)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, seconds; what is refused is claimed besides what is credited and held."""

    credited: int = 0
    held: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    kind: str = "beat"
    request_id: int | None = None

    @property
    def claimed_ms(self) -> int:
        """Return what a player claimed; nobody claims what is settled or decided."""
        if self.kind != "beat":
            return 0
        return 1000 * (self.credited + self.held + sum(self.refused.values()))


def begin_of(day: date) -> int:
    """Return seven in the evening of the day, milliseconds since 1970."""
    return datetime_to_ms(day_bounds(day)[0] + EVENING)


def make_lease(session: Session, enrollment: Enrollment, made: MadeCourse, **given: Any) -> str:
    """Return a lease on ``item`` (``A01/text``) that began at ``started_at_ms``."""
    item = given.pop("item")
    sign_in = given.pop("sign_in_id", None)
    lease = PlaybackLease(
        **{
            "id": f"lease-{next(_serial)}",
            "person_id": enrollment.person_id,
            "sign_in_id": sign_in
            or make_sign_in(session, session.get_one(Person, enrollment.person_id)).id,
            "enrollment_id": enrollment.id,
            "item_id": made.items[item].id,
            "material_id": made.materials[item].id,
            "ended_at_ms": given["started_at_ms"] + 3_600_000,
            "ended_by": "lease_ended",
            **given,
        }
    )
    session.add(lease)
    session.flush()
    return lease.id


def make_day(
    session: Session,
    enrollment: Enrollment,
    made: MadeCourse,
    item: str,
    day: date,
    entries: Sequence[Entry],
) -> str:
    """Write an evening's entries of one item; return the lease that earned them."""
    at = begin_of(day)
    lease = make_lease(session, enrollment, made, item=item, started_at_ms=at)
    own = {
        "person_id": enrollment.person_id,
        "material_id": made.materials[item].id,
        "day": day.toordinal(),
    }
    rows = []
    for number, entry in enumerate(entries, start=1):
        is_beat = entry.kind == "beat"
        spent = (entry.credited + entry.held) * 1000 if is_beat else None
        rows.append(
            {
                **own,
                **_amounts(entry),
                "lease_id": None if entry.request_id else lease,
                "seq": number if is_beat else None,
                "wall_from_ms": None if spent is None else at,
                "wall_to_ms": None if spent is None else at + spent,
                "received_at_ms": at + (spent or 0),
                "state": "playing" if is_beat else None,
            }
        )
        at += max(spent or 0, 1000)
    session.execute(insert(WatchSlice), rows)
    _add_up(session, enrollment.person_id, own["material_id"], entries)
    return lease


def _amounts(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "part": 0,
        "claimed": [[0, entry.claimed_ms]],
        "seen": [],
        "credited": [[0, abs(entry.credited) * 1000]] if entry.credited else [],
        "held": [[0, abs(entry.held) * 1000]] if entry.held else [],
        "refused": {name: [[0, s * 1000]] for name, s in entry.refused.items()},
        "claimed_ms": entry.claimed_ms,
        "seen_ms": 0,
        "credited_ms": entry.credited * 1000,
        "held_ms": entry.held * 1000,
        "device_hash": "ab12cd34" * 8,
        "request_id": entry.request_id,
    }


def _add_up(session: Session, person_id: int, material_id: int, entries: Sequence[Entry]) -> None:
    key = {"person_id": person_id, "material_id": material_id}
    sums = session.get(MaterialProgress, key) or MaterialProgress(
        **key, seen_ms=0, credited_ms=0, granted_ms=0, refused={}
    )
    credited = sum(entry.credited for entry in entries) * 1000
    sums.credited_ms += credited
    sums.seen_ms += credited
    sums.granted_ms += sum(each.credited for each in entries if each.request_id) * 1000
    refused = dict(sums.refused)
    for entry in entries:
        for name, seconds in entry.refused.items():
            refused[name] = refused.get(name, 0) + seconds * 1000
    sums.refused = refused
    session.add(sums)
    session.flush()


def make_check(session: Session, enrollment: Enrollment, lease: str, **given: Any) -> PresenceCheck:
    """Return a presence check of the lease, shown at ``shown_at_ms`` and answered unless told."""
    shown = given["shown_at_ms"]
    own = session.get_one(PlaybackLease, lease)
    check = PresenceCheck(
        **{
            "person_id": enrollment.person_id,
            "lease_id": lease,
            "material_id": own.material_id,
            "kind": "tap",
            "asked": {"options": [], "right": None},
            "after_number": 0,
            "answered_at_ms": shown + 4_000,
            "answered_number": 1,
            "answer": "here",
            **given,
        }
    )
    session.add(check)
    session.flush()
    return check
