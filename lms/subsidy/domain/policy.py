"""A policy: one version of the conditions of a subsidy, as frozen values without expressions."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

Number = int | Fraction


class Kind(StrEnum):
    """The closed set of what a policy may ask."""

    REALNAME = "REALNAME"
    CONSENT = "CONSENT"
    GROUP = "GROUP"
    AGE = "AGE"
    RESIDENCE = "RESIDENCE"
    NOT_STAFF = "NOT_STAFF"
    NOT_PENSION = "NOT_PENSION"
    NOT_FULLTIME_STUDENT = "NOT_FULLTIME_STUDENT"
    CATALOGUE = "CATALOGUE"
    HOURS = "HOURS"
    ATTENDANCE = "ATTENDANCE"
    QUIZ = "QUIZ"
    CERT = "CERT"
    ONCE = "ONCE"
    CAP_YEAR = "CAP_YEAR"
    CAP_TOTAL = "CAP_TOTAL"
    WINDOW = "WINDOW"
    NO_DOUBLE_FUND = "NO_DOUBLE_FUND"
    PAYEE = "PAYEE"
    INTEGRITY = "INTEGRITY"


class Status(StrEnum):
    """Whether a policy may be relied on; a demonstration says so wherever it is shown."""

    DEMO = "demo"
    ACTIVE = "active"


# Statutory groups: who somebody is in law, never how a project addresses people.
GROUPS = frozenset(
    {
        "poverty_prevention",
        "graduate_year",
        "unschooled_leaver",
        "rural_transfer",
        "registered_unemployed",
        "hardship",
        "enterprise_employee",
        "veteran",
    }
)
TIES = frozenset(
    {
        "hukou",
        "residence_permit",
        "social_insurance",
        "unemployment_registration",
        "employment",
        "study",
    }
)
CERTIFICATES = frozenset(
    {"vocational_qualification", "skill_level", "special_ability", "training_pass"}
)
MOST_INSTALMENTS = 24
ONCE_KEYS = frozenset({"occupation", "work_type"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition; the kinds without parameters are just this."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class GroupClause(Clause):
    """The learner belongs to one of the groups."""

    any_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class AgeClause(Clause):
    """Completed years on the first day of training, both ends included; by sex at the upper."""

    least: int
    most_men: int | None
    most_women: int | None


@dataclass(frozen=True, slots=True)
class ResidenceClause(Clause):
    """A tie of one of the kinds to a place whose code begins so; any place where none is named."""

    any_of: frozenset[str]
    code_prefix: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudentClause(Clause):
    """Not a full-time student, but for some groups."""

    except_groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A programme an institution may train for, from day to day (open where ``None``)."""

    programme: str
    institution: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class CatalogueClause(Clause):
    """The catalogue lists programme and institution on the first day of training.

    ``None`` where the policy has no catalogue of its own: the county's lists are asked.
    """

    entries: tuple[CatalogueEntry, ...] | None


@dataclass(frozen=True, slots=True)
class HoursClause(Clause):
    """Verified credit hours, by programme; minutes above the cap of a day do not count."""

    hour_minutes: Number
    daily_cap_minutes: Number
    min_hours: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class AttendanceClause(Clause):
    """A share of the lessons done, per cent."""

    min_percent: Number


@dataclass(frozen=True, slots=True)
class QuizClause(Clause):
    """The best of the first attempts, per cent."""

    min_score: Number
    max_attempts: int


@dataclass(frozen=True, slots=True)
class CertClause(Clause):
    """A state certificate of one of the types, for the programme's occupation and level."""

    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class OnceClause(Clause):
    """No subsidy before for the same key at the same level or a higher one."""

    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapClause(Clause):
    """So many subsidies at most, in a calendar year or in all."""

    most: int


@dataclass(frozen=True, slots=True)
class WindowClause(Clause):
    """Calendar months after the certificate within which to apply."""

    months: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy; ``starts_on`` to ``ends_on`` are first days of training.

    ``amount_fen`` is by level, paid in so many ``instalments``, one a month; ``content`` is the
    canonical text of it all.
    """

    id: str
    version: str
    starts_on: date
    ends_on: date | None
    status: Status
    clauses: tuple[Clause, ...]
    catalogue: tuple[CatalogueEntry, ...]
    amount_fen: Mapping[int, int]
    content: str
    instalments: int = 1

    def covers(self, day: date) -> bool:
        """Tell whether training that begins on the day falls under this version."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def name(self) -> str:
        """Return how the version is named in messages: ``qz-demo 2.0``."""
        return f"{self.id} {self.version}"

    @property
    def sha256(self) -> str:
        """Return the digest of the content, by which a changed version is known."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @property
    def programmes(self) -> frozenset[str]:
        """Return the programmes its catalogue lists, whenever; without one, those with hours."""
        if self.catalogue:
            return frozenset(entry.programme for entry in self.catalogue)
        hours = self.clause(Kind.HOURS)
        return frozenset(hours.min_hours) if isinstance(hours, HoursClause) else frozenset()

    @property
    def window_months(self) -> int | None:
        """Return the months after the certificate within which to apply."""
        clause = self.clause(Kind.WINDOW)
        return clause.months if isinstance(clause, WindowClause) else None

    def clause(self, kind: Kind) -> Clause | None:
        """Return its clause of the kind."""
        return next((each for each in self.clauses if each.kind == kind), None)


def covering(policies: Iterable[Policy], day: date) -> Policy | None:
    """Return the version for training that begins on the day, whatever day it is today.

    Of the versions of one policy the one that began last decides: a later version closes the open
    end of the one before.
    """
    begun = [policy for policy in policies if policy.starts_on <= day]
    last = max(begun, key=lambda policy: policy.starts_on, default=None)
    return last if last and last.covers(day) else None


def last_day(policy: Policy, others: Iterable[Policy]) -> date | None:
    """Return the last first day of training a version covers, beside others of its policy."""
    later = [
        each.starts_on - timedelta(days=1)
        for each in others
        if each.id == policy.id and each.starts_on > policy.starts_on
    ]
    ends = [*later, *([policy.ends_on] if policy.ends_on else [])]
    return min(ends, default=None)
