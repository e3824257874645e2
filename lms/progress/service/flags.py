"""Looks at a day's reports, keeps what looks unlike studying, and lets people say what it was."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import day_bounds
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.bus import emit
from lms.db.upsert import insert_once
from lms.progress import queries
from lms.progress.domain.flags import (
    NIGHT_MS,
    NIGHTS,
    Finding,
    FlagRuling,
    Heard,
    Night,
    findings_of,
    long_nights,
    night_ms,
    shared_devices,
)
from lms.progress.domain.units import datetime_to_ms
from lms.progress.events import FlagChanged
from lms.progress.models import StudyFlag

# What was explained is not asked about again for so many days.
_LATELY = 30
_EVENING = timedelta(hours=1)
_MORNING = timedelta(hours=6)
Found = list[tuple[int, Finding]]


def look_at(session: Session, people: Sequence[int], day: date) -> tuple[Found, set[int]]:
    """Return what the people's day shows, and the sign-ins under which they earned on it."""
    number = day.toordinal()
    heard = queries.heard_on(session, people, (number - 1, number))
    turns = queries.turns_on(session, people, number)
    found: Found = []
    earning: set[int] = set()
    for person_id, days in heard.items():
        today = days.get(number, [])
        mine = turns.get(person_id, [])
        found += [(person_id, finding) for finding in findings_of(mine, today)]
        leases = {each.lease_id for each in today if each.earned_ms > 0}
        earning |= {turn.browser for turn in mine if turn.lease_id in leases}
    return found + _nights(session, heard, day), earning


def shared(session: Session, sign_ins: Sequence[int], *, at_once: int) -> Found:
    """Return the people who earned in one browser one after the other, if they are many."""
    browsers = [
        browser
        for first in range(0, len(sign_ins), at_once)
        for browser in queries.browsers_of(session, sign_ins[first : first + at_once])
    ]
    return [
        (person_id, finding)
        for people, finding in shared_devices(browsers)
        for person_id in sorted(people)
    ]


def keep(session: Session, found: Found, day: date, *, now: datetime) -> int:
    """Write down what was found, one flag a person, kind and day; return how many are new.

    Who was asked already, or explained the same lately, is left in peace.
    """
    number = day.toordinal()
    people = sorted({person_id for person_id, _ in found})
    if not people:
        return 0
    asked = queries.asked_lately(session, people, since_day=number - _LATELY)
    kept = 0
    for person_id, finding in found:
        if (person_id, finding.kind) in asked:
            continue
        values = {
            "person_id": person_id,
            "kind": finding.kind.value,
            "day": number,
            "evidence": dict(finding.evidence),
            "found_at": now,
        }
        if insert_once(session, StudyFlag, values):
            kept += 1
            emit(session, FlagChanged(person_id, now))
    return kept


def say(session: Session, *, actor: Actor, flag_id: int, words: str, now: datetime) -> None:
    """Keep what the actor says it was, until somebody rules.

    Raises ``NotFound`` for anyone else's flag, ``Conflict`` where it was ruled on.
    """
    flag = session.get(StudyFlag, flag_id, with_for_update=True)
    if flag is None or flag.person_id != actor.person_id:
        raise NotFound
    _require_open(flag)
    flag.words, flag.said_at = words, now


def rule(
    session: Session,
    *,
    actor: Actor,
    flag_id: int,
    finding: tuple[FlagRuling, str],
    now: datetime,
) -> None:
    """Write down what somebody found, and why; nobody's time changes by it.

    Raises ``NotFound`` out of reach, ``Forbidden`` for a flag about oneself, ``Conflict`` where it
    was ruled on meanwhile.
    """
    if queries.flag_in_reach(session, actor, flag_id, Permission.TIME_RULE) is None:
        raise NotFound
    flag = session.get_one(StudyFlag, flag_id, with_for_update=True)
    if flag.person_id == actor.person_id:
        raise Forbidden("own_request", "Two people are needed: somebody else has to decide this.")
    _require_open(flag)
    flag.ruling, flag.reason = finding
    flag.ruled_by_id, flag.ruled_at = actor.person_id, now
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action=f"time.flag_{flag.ruling}",
        subject=f"study_flag:{flag.id}",
        details={"kind": flag.kind, "person": flag.person_id, "reason": flag.reason},
        at=now,
    )
    emit(session, FlagChanged(flag.person_id, now))


def _require_open(flag: StudyFlag) -> None:
    if flag.ruling is not None:
        raise Conflict("request_ruled", "This request was decided meanwhile.")


def _nights(
    session: Session, heard: Mapping[int, Mapping[int, Sequence[Heard]]], day: date
) -> Found:
    """Return whose night before the day was long, and the nights before that one too."""
    last = _night(day)
    suspects = [
        person_id
        for person_id, days in heard.items()
        if night_ms([each for day_heard in days.values() for each in day_heard], last) >= NIGHT_MS
    ]
    if not suspects:
        return []
    nights = [_night(day - timedelta(days=back)) for back in range(NIGHTS)]
    days = range(day.toordinal() - NIGHTS, day.toordinal() + 1)
    before = queries.heard_on(session, suspects, days)
    found: Found = []
    for person_id, by_day in before.items():
        every = [each for day_heard in by_day.values() for each in day_heard]
        finding = long_nights({night.day: night_ms(every, night) for night in nights})
        if finding is not None:
            found.append((person_id, finding))
    return found


def _night(day: date) -> Night:
    """Return the night that ends on the morning of a day: from 23:00 to 06:00."""
    midnight = day_bounds(day)[0]
    return Night(
        day.toordinal(), datetime_to_ms(midnight - _EVENING), datetime_to_ms(midnight + _MORNING)
    )
