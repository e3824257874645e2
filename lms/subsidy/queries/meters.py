"""Reads how far a person is from each subsidy: judged now, from the database, writing nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from lms.core.errors import Message
from lms.subsidy import findings, reasons, unanswered
from lms.subsidy.domain.assembly import Dossier, OwnCourse, Programme
from lms.subsidy.domain.dated import DatedFact, FactKey
from lms.subsidy.domain.engine import Decision
from lms.subsidy.domain.judgement import Judged, altered, judged
from lms.subsidy.domain.policy import Kind, Policy, Status
from lms.subsidy.domain.questions import Step
from lms.subsidy.domain.results import ClauseResult, Outcome, Verdict
from lms.subsidy.domain.whys import why_unknown
from lms.subsidy.gateway import Shelf
from lms.subsidy.queries.dossiers import Dossiers, dossiers
from lms.subsidy.queries.shelves import combined
from lms.subsidy.unanswered import Unanswered

FACT_OF = {
    Kind.REALNAME: FactKey.REAL_NAME_VERIFIED,
    Kind.CONSENT: FactKey.CONSENT,
    Kind.GROUP: FactKey.GROUPS,
    Kind.RESIDENCE: FactKey.TIES,
    Kind.NOT_STAFF: FactKey.PUBLIC_STAFF,
    Kind.NOT_PENSION: FactKey.RECEIVING_PENSION,
    Kind.NOT_FULLTIME_STUDENT: FactKey.FULL_TIME_STUDENT,
    Kind.NO_DOUBLE_FUND: FactKey.OTHER_PUBLIC_SOURCE,
    Kind.PAYEE: FactKey.PAYEE_NAME_MATCHES,
    Kind.ONCE: FactKey.PAST_SUBSIDIES,
    Kind.CAP_YEAR: FactKey.PAST_SUBSIDIES,
    Kind.CAP_TOTAL: FactKey.PAST_SUBSIDIES,
}
# What people answer of themselves.
_ANSWERED = frozenset(step.key for step in Step)
_STUDY = frozenset({Kind.HOURS, Kind.ATTENDANCE, Kind.QUIZ})
_MARKS = ((Verdict.PASS, "o"), (Verdict.UNKNOWN, "u"), (Verdict.FAIL, "n"))


@dataclass(frozen=True, slots=True)
class Row:
    """One condition: what was found, and the fact it rests on where that was written down.

    ``may_go_on`` tells whether there is still something to study. ``said_otherwise`` tells that
    the person said something else than was found when it was checked. ``unanswered`` says why
    nothing is known of what people say of themselves.
    """

    result: ClauseResult
    fact: DatedFact | None = None
    may_go_on: bool = True
    said_otherwise: bool = False
    unanswered: Unanswered | None = None

    @property
    def heading(self) -> Message:
        """Return what the condition is about."""
        return reasons.heading(self.result)

    @property
    def sentence(self) -> Message:
        """Return what was found."""
        if self.unanswered:
            return unanswered.sentence(self.unanswered)
        return reasons.sentence(self.result)

    @property
    def desk_heading(self) -> Message:
        """Return what the condition is about, as the desks are told."""
        return findings.heading(self.result)

    @property
    def finding(self) -> Message:
        """Return what was found, as the desks are told."""
        return findings.sentence(self.result, self.unanswered)

    @property
    def next_step(self) -> Message | None:
        """Return what the learner can do, where there is something to do."""
        if self.is_study and self.result.verdict is Verdict.FAIL and not self.may_go_on:
            return reasons.EDITION_DONE
        return reasons.next_step(self.result)

    @property
    def is_study(self) -> bool:
        """Tell whether learning on is what helps."""
        return self.result.id in _STUDY and self.result.code != "tries_used"


@dataclass(frozen=True, slots=True)
class Meter:
    """How far a person is from the subsidy of one programme."""

    programme: Programme
    decision: Decision
    rows: tuple[Row, ...]
    courses: tuple[OwnCourse, ...]

    @property
    def policy(self) -> Policy | None:
        """Return the version that was asked."""
        return self.decision.policy

    @property
    def is_practice(self) -> bool:
        """Tell whether the programme only shows how it works, so that nothing is ever paid."""
        return bool(self.programme.draws_on)

    @property
    def is_demo(self) -> bool:
        """Tell whether the numbers of the policy still wait for the bureau."""
        return self.policy is not None and self.policy.status is Status.DEMO

    @property
    def is_eligible(self) -> bool:
        """Tell whether every condition checked here is met."""
        return self.decision.outcome is Outcome.ELIGIBLE

    @property
    def met(self) -> list[Row]:
        """Return the conditions that are met."""
        return self._with(Verdict.PASS)

    @property
    def checking(self) -> list[Row]:
        """Return the conditions nobody can answer yet."""
        return self._with(Verdict.UNKNOWN)

    @property
    def missing(self) -> list[Row]:
        """Return the conditions that are not met."""
        return self._with(Verdict.FAIL)

    @property
    def count(self) -> int:
        """Return how many conditions there are; one that asks nothing here is none."""
        return len(self.marks)

    @property
    def marks(self) -> str:
        """Return a letter a condition for drawings: met, being checked, missing."""
        return "".join(mark * len(self._with(verdict)) for verdict, mark in _MARKS)

    @property
    def window_months(self) -> int | None:
        """Return the months after the certificate within which to apply."""
        return self.policy.window_months if self.policy else None

    @property
    def next_course(self) -> OwnCourse | None:
        """Return the course to go on with."""
        return next((each for each in self.courses if each.completed_on is None), None)

    def _with(self, verdict: Verdict) -> list[Row]:
        return [row for row in self.rows if row.result.verdict is verdict]


def meters(session: Session, person_id: int, *, shelf: Shelf, today: date) -> list[Meter]:
    """Return the person's meters, what is paid for first; one statement."""
    return meters_and_facts(session, person_id, shelf=shelf, today=today)[0]


def meters_and_facts(
    session: Session, person_id: int, *, shelf: Shelf, today: date
) -> tuple[list[Meter], list[DatedFact]]:
    """Return the person's meters as above, and the newest of each fact known today."""
    found, dossier = judged_meters(session, person_id, shelf=shelf, today=today)
    meters = [meter for _, meter in found]
    return meters, list(dossier.known(first_day=today, today=today).values())


def judged_meters(
    session: Session, person_id: int, *, shelf: Shelf, today: date
) -> tuple[list[tuple[Judged, Meter]], Dossier]:
    """Return each of the person's meters with what was judged, and all that was read."""
    read = dossiers(session, [person_id])
    dossier = read.people[person_id]
    shelf = combined(session, shelf, read.versions)
    found = [
        (own, meter_of(dossier, _trusted(own, read), today))
        for own in judged(dossier, read.programmes, shelf, today=today)
    ]
    return found, dossier


def _trusted(own: Judged, read: Dossiers) -> Judged:
    """Return what was judged, but nothing where the version said something else before."""
    policy = own.decision.policy
    used = read.versions.get((policy.id, policy.version)) if policy else None
    if policy and used and used.sha256 != policy.sha256:
        return altered(own)
    return own


def meter_of(dossier: Dossier, own: Judged, today: date) -> Meter:
    """Return what was judged with the facts it rests on."""
    start = own.facts.training.start
    known = dossier.known(first_day=start, today=today)
    differs = dossier.differing(first_day=start, today=today)
    courses = tuple(dossier.courses_of(own.programme))
    may_go_on = any(each.completed_on is None for each in courses)
    silent = _unanswered(dossier, courses, start, today)
    rows = [
        replace(_row(result, known, differs, may_go_on=may_go_on), unanswered=silent(result))
        for result in own.decision.results
    ]
    return Meter(own.programme, own.decision, tuple(rows), courses)


def _unanswered(
    dossier: Dossier, courses: Sequence[OwnCourse], start: date | None, today: date
) -> Callable[[ClauseResult], Unanswered | None]:
    """Return what tells of a condition why the person's word on it is missing."""
    by_class = any(each.class_began_on == start for each in courses)

    def tell(result: ClauseResult) -> Unanswered | None:
        kind = Kind.__members__.get(result.id)
        key = FACT_OF.get(kind) if kind else None
        if key not in _ANSWERED or result.code != "missing" or start is None:
            return None
        found = why_unknown(dossier.facts, key, first_day=start, today=today)
        since = found.later.valid_from if found.later else None
        return Unanswered(found.why, start, since, by_class=by_class)

    return tell


def _row(
    result: ClauseResult,
    known: Mapping[FactKey, DatedFact],
    differs: Mapping[FactKey, DatedFact],
    *,
    may_go_on: bool,
) -> Row:
    kind = Kind.__members__.get(result.id)
    key = FACT_OF.get(kind) if kind else None
    return Row(
        result,
        known.get(key) if key else None,
        may_go_on,
        said_otherwise=key in differs if key else False,
    )
