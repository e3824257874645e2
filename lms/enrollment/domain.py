"""How enrollments and classes may change: pure tables, and what a newer version changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms.catalog.outline import CourseView, LessonView, Words


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
