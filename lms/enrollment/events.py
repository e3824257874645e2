"""What happens to enrollments, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A learner took a course."""

    enrollment_id: int
    person_id: int
    revision_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """An enrollment got a newer revision of its course; what was done and earned stays."""

    enrollment_id: int
    person_id: int
    revision_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Seated:
    """A learner who took the course already has a seat in a class, or another one."""

    enrollment_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ClassChanged:
    """Something that counts for everybody of a class: its first day, or a session that was held."""

    training_class_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CourseCompleted:
    """Everything required was done and the final test passed; happens once an enrollment."""

    enrollment_id: int
    person_id: int
    course_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Attended:
    """Something was written down of a person at a session in person: there, absent or corrected."""

    person_id: int
    class_session_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ClassFilled:
    """A roster took its seats in a class: enrollment and person of each."""

    joined: tuple[tuple[int, int], ...]
    revision_id: int
    at: datetime
