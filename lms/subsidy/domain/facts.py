"""What is known of a learner, a training and a claim; ``None`` is what nobody knows."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lms.subsidy.domain.policy import Number


class Sex(StrEnum):
    """As the identity card says."""

    MALE = "M"
    FEMALE = "F"


class Flag(StrEnum):
    """Whether somebody suspects that study was not honest."""

    NONE = "none"
    OPEN = "open"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Tie:
    """What binds a learner to a place: its kind and the place's code."""

    kind: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Learner:
    """Who the learner is; ``groups`` and the like as of the first day of training."""

    real_name_verified: bool | None = None
    consent: bool | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    groups: frozenset[str | None] | None = None
    ties: tuple[Tie, ...] | None = None
    public_staff: bool | None = None
    receiving_pension: bool | None = None
    full_time_student: bool | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What the training is for (level 5 is the lowest, 1 the highest) and who gives it."""

    code: str | None = None
    occupation: str | None = None
    work_type: str | None = None
    level: int | None = None
    institution: str | None = None
    # Whether the county's lists named it on the first day; asked of a policy without a catalogue.
    listed: bool | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """First and last day."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class StudyDay:
    """Verified minutes of one calendar day."""

    day: date | None
    minutes: Number | None


@dataclass(frozen=True, slots=True)
class Study:
    """What was studied."""

    days: tuple[StudyDay, ...] | None = None
    lessons_done: int | None = None
    lessons_total: int | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A state certificate; never this site's badge."""

    status: str | None = None
    type: str | None = None
    occupation: str | None = None
    work_type: str | None = None
    level: int | None = None
    issue_date: date | None = None
    registry_verified: bool | None = None


@dataclass(frozen=True, slots=True)
class PastSubsidy:
    """A subsidy asked for or paid before, whoever was paid."""

    kind: str | None = None
    occupation: str | None = None
    work_type: str | None = None
    level: int | None = None
    status: str | None = None
    paid_to: str | None = None
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All a policy may ask about; a part nobody filled in is unknown throughout."""

    learner: Learner = field(default_factory=Learner)
    programme: ProgrammeFacts = field(default_factory=ProgrammeFacts)
    training: Training = field(default_factory=Training)
    study: Study = field(default_factory=Study)
    attempts: tuple[Number | None, ...] | None = None
    certificate: Certificate | None = None
    applied_on: date | None = None
    history: tuple[PastSubsidy, ...] | None = None
    other_public_source: bool | None = None
    payee_name_matches: bool | None = None
    integrity: Flag | None = None
