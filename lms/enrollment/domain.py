"""How enrollments and classes may change, who may sign in at a door; pure tables and rules."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.catalog.outline import CourseView, LessonView, Words
from lms.core.errors import Conflict, LmsError


class EnrollmentStatus(StrEnum):
    """Where an enrollment stands."""

    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


LIVE = frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED})

_MAY_BECOME: dict[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    EnrollmentStatus.ACTIVE: frozenset(
        {EnrollmentStatus.COMPLETED, EnrollmentStatus.WITHDRAWN, EnrollmentStatus.CANCELLED}
    ),
    # What was earned is never taken back by withdrawing later.
    EnrollmentStatus.COMPLETED: frozenset(),
    EnrollmentStatus.WITHDRAWN: frozenset(),
    EnrollmentStatus.CANCELLED: frozenset(),
}


class ClassState(StrEnum):
    """Where a class stands; people join one that is open."""

    DRAFT = "draft"
    FILED = "filed"
    OPEN = "open"
    RUNNING = "running"
    ENDED = "ended"
    ARCHIVED = "archived"


_CLASS_MAY_BECOME: dict[ClassState, frozenset[ClassState]] = {
    ClassState.DRAFT: frozenset({ClassState.FILED, ClassState.OPEN}),
    # What the office sends back is put right and filed again.
    ClassState.FILED: frozenset({ClassState.DRAFT, ClassState.OPEN}),
    ClassState.OPEN: frozenset({ClassState.RUNNING, ClassState.ENDED}),
    ClassState.RUNNING: frozenset({ClassState.ENDED}),
    ClassState.ENDED: frozenset({ClassState.ARCHIVED}),
    ClassState.ARCHIVED: frozenset(),
}


# Who has a seat here may be given one still; whoever comes by the link joins an open class alone.
SEATING = frozenset({ClassState.OPEN, ClassState.RUNNING})


class HostKind(StrEnum):
    """Who runs a class."""

    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    VILLAGE = "village"


class WaitState(StrEnum):
    """What became of a place in the line for a seat."""

    WAITING = "waiting"
    SEATED = "seated"
    LEFT = "left"


class SessionKind(StrEnum):
    """What a session in person teaches."""

    THEORY = "theory"
    PRACTICE = "practice"


class SessionState(StrEnum):
    """Where a session in person stands; a cancelled one counts for nobody."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class AttendanceStatus(StrEnum):
    """Whether a person was there."""

    PRESENT = "present"
    ABSENT = "absent"


class AttendanceSource(StrEnum):
    """Who says so: the code at the door, staff, or staff putting right what stood before."""

    QR = "qr"
    STAFF = "staff"
    CORRECTION = "correction"


def class_steps(now: ClassState) -> tuple[ClassState, ...]:
    """Return the states a class may be moved to, in the order of a class's life."""
    return tuple(state for state in ClassState if state in _CLASS_MAY_BECOME[now])


def class_may_become(now: ClassState, then: ClassState) -> bool:
    """Tell whether a class in one state may move to another."""
    return then in _CLASS_MAY_BECOME[now]


def may_become(now: EnrollmentStatus, then: EnrollmentStatus) -> bool:
    """Tell whether an enrollment in one status may move to another."""
    return then in _MAY_BECOME[now]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a newer version of a course changes, by the titles of lessons."""

    added: tuple[Words, ...] = ()
    removed: tuple[Words, ...] = ()
    new_videos: tuple[Words, ...] = ()
    new_steps: tuple[Words, ...] = ()


def changes_between(before: CourseView, after: CourseView) -> Changes:
    """Return what changes for whoever goes from one version of a course to another."""
    old = {lesson.key: lesson for lesson in before.lessons}
    both = [(old[lesson.key], lesson) for lesson in after.lessons if lesson.key in old]
    return Changes(
        added=_titles(lesson for lesson in after.lessons if lesson.key not in old),
        removed=_titles(lesson for lesson in before.lessons if after.lesson(lesson.key) is None),
        new_videos=_titles(new for was, new in both if _videos(was) != _videos(new)),
        new_steps=_titles(new for was, new in both if _needed(new) - _needed(was)),
    )


def _titles(lessons: Iterable[LessonView]) -> tuple[Words, ...]:
    return tuple(lesson.title for lesson in lessons)


def _videos(lesson: LessonView) -> set[tuple[str, str | None]]:
    return {(item.key, item.asset_id) for item in lesson.items if item.asset_id}


def _needed(lesson: LessonView) -> set[str]:
    return {item.key for item in lesson.items if item.is_required}


# Whoever comes may sign in at the door so long before the start.
DOOR_OPENS = timedelta(minutes=30)
DOOR_STEP_SECONDS = 30
_LEVELS = ("", "一级", "二级", "三级", "四级", "五级")
# What a school's full name ends with and its short one does not.
_LONG_ENDS = re.compile("(职业(技能)?培训学校|培训学校|培训中心|有限责任公司|有限公司)$")


def class_name(year: int, institution: str, work_type: str, level: int, number: int) -> str:
    """Return the usual name of a class: 年度 + 机构简称 + 职业工种 + 等级 + 序号."""
    short = _LONG_ENDS.sub("", institution.strip()) or institution.strip()
    step = _LEVELS[level] if 0 < level < len(_LEVELS) else ""
    return f"{year}{short}{work_type}{step}{number:02d}"[:80]


def door_step(at: datetime) -> int:
    """Return the number of the code that hangs at a door at a moment."""
    return int(at.timestamp()) // DOOR_STEP_SECONDS


def door_code(secret: str, class_session_id: int, step: int) -> str:
    """Return the code of a session's door in one step of time."""
    said = f"class-door:{class_session_id}:{step}".encode()
    return hmac.new(secret.encode(), said, "sha256").hexdigest()[:24]


def is_door_code(secret: str, class_session_id: int, code: str, at: datetime) -> bool:
    """Tell whether a code hangs at the door now, or did one step ago."""
    step = door_step(at)
    codes = [door_code(secret, class_session_id, each) for each in (step, step - 1)]
    return any(hmac.compare_digest(each.encode(), code.encode()) for each in codes)


def door_refusal(
    state: SessionState, starts_at: datetime, ends_at: datetime, at: datetime
) -> LmsError | None:
    """Return why nobody can sign in at a session's door, ``None`` where they can."""
    if state is SessionState.CANCELLED:
        return Conflict("session_cancelled", "This session does not take place.")
    if at < starts_at - DOOR_OPENS:
        return Conflict(
            "door_early", "It is too early: sign in from 30 minutes before the start on."
        )
    if at >= ends_at:
        return Conflict("door_late", "This session is over. Please ask the teacher.")
    return None


def present_from(starts_at: datetime, at: datetime) -> datetime:
    """Return from when on somebody who signs in is there: not before it begins."""
    return max(starts_at, at)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is written down of one person at one session; no period: absent."""

    class_session_id: int
    person_id: int
    period: tuple[datetime, datetime] | None
    source: AttendanceSource
    reason: str | None = None

    @property
    def status(self) -> AttendanceStatus:
        """Return whether the person was there."""
        return AttendanceStatus.PRESENT if self.period else AttendanceStatus.ABSENT
