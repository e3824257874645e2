"""Reads what is known of one person for those who look at it: facts, papers, promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.domain.people import masked_phone
from lms.accounts.models import Person
from lms.accounts.queries import counties
from lms.catalog.outline import Words
from lms.core.access import Actor, Permission, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import Message, NotFound
from lms.subsidy.domain.assembly import Dossier, Programme, training_of
from lms.subsidy.domain.claim_promise import OF_CLAIMS
from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource
from lms.subsidy.domain.questions import Answer, Answers, answers
from lms.subsidy.domain.whys import Why
from lms.subsidy.models import Evidence, FactList, LearnerFact, Promise
from lms.subsidy.queries.dossiers import dossiers
from lms.subsidy.unanswered import Unanswered, sentence


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose facts are looked at."""

    person_id: int
    name: str
    masked_phone: str
    county_code: str
    town: str | None
    joined_on: date


def subject(session: Session, actor: Actor, person_id: int, permission: Permission) -> Subject:
    """Return the person. Raises ``NotFound`` outside the actor's counties."""
    row = session.get(Person, person_id)
    if row is None or row.erased_at or not reaches(actor, row.county_code, permission):
        raise NotFound
    return _subject(row)


def oneself(session: Session, person_id: int) -> Subject:
    """Return the person who acts."""
    return _subject(session.get_one(Person, person_id))


def _subject(row: Person) -> Subject:
    return Subject(
        *(row.id, row.name, masked_phone(row.phone), row.county_code, row.town),
        joined_on=local_day(row.created_at),
    )


def reaches(actor: Actor, county_code: str, permission: Permission) -> bool:
    """Tell whether a county lies inside the scopes in which the actor holds the permission."""
    return any(
        scope.kind is ScopeKind.PLATFORM
        or (scope.kind is ScopeKind.COUNTY and scope.id == county_code)
        for scope in actor.scopes_for(permission)
    )


def counties_in_reach(session: Session, actor: Actor, permission: Permission) -> dict[str, Words]:
    """Return the counties in which the actor holds the permission: names by code."""
    return {
        row.code: {"zh": row.name_zh, "en": row.name_en}
        for row in counties(session)
        if reaches(actor, row.code, permission)
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as its history shows it: by whom, with which paper, from which list."""

    fact: DatedFact
    recorded_at: datetime
    recorded_by: str | None
    evidence_id: str | None
    list_title: str | None
    note: str | None


def history(session: Session, person_id: int) -> dict[FactKey, list[Entry]]:
    """Return everything written down of the person, the newest first."""
    writer = aliased(Person)
    rows = session.execute(
        select(LearnerFact, writer.name, FactList.title)
        .outerjoin(writer, writer.id == LearnerFact.recorded_by_id)
        .outerjoin(FactList, FactList.id == LearnerFact.import_id)
        .where(LearnerFact.person_id == person_id)
        .order_by(LearnerFact.id.desc())
    )
    found: dict[FactKey, list[Entry]] = {}
    for row, name, title in rows:
        fact = DatedFact(
            *(row.id, FactKey(row.key), row.value, FactSource(row.source)),
            *(row.valid_from, row.valid_to, local_day(row.recorded_at)),
        )
        entry = Entry(fact, row.recorded_at, name, row.evidence_id, title, row.note)
        found.setdefault(fact.key, []).append(entry)
    return found


def papers(session: Session, person_id: int) -> Sequence[Evidence]:
    """Return the papers the person or the office sent, the newest first."""
    return session.scalars(
        select(Evidence)
        .where(Evidence.person_id == person_id)
        .order_by(Evidence.uploaded_at.desc(), Evidence.id)
    ).all()


def paper(session: Session, evidence_id: str) -> Evidence:
    """Return the paper. Raises ``NotFound``."""
    found = session.get(Evidence, evidence_id)
    if found is None:
        raise NotFound
    return found


def paper_count(session: Session, person_id: int) -> int:
    """Return how many papers there are of the person."""
    count = select(func.count()).where(Evidence.person_id == person_id)
    return session.scalar(count) or 0


def promise(session: Session, person_id: int) -> Promise | None:
    """Return the person's last promise before the questions; those for claims go with the claim."""
    return session.scalar(
        select(Promise)
        .where(Promise.person_id == person_id, Promise.text_version.not_like(f"{OF_CLAIMS}%"))
        .order_by(Promise.given_at.desc(), Promise.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's answers, with all the site holds of them, and what the site trains for."""

    person: Subject
    dossier: Dossier
    answers: Answers
    promised: Promise | None
    programmes: tuple[Programme, ...]

    @property
    def has_training(self) -> bool:
        """Tell whether the day is one on which training began."""
        return bool(self.dossier.courses)

    def asked_again(self, answer: Answer) -> Message | None:
        """Return why a question comes again that was answered for later days; if it does."""
        if answer.later is None:
            return None
        day = self.answers.day
        why = Why.CHECKED_LATER if answer.later.is_checked else Why.SAID_LATER
        by_class = any(each.class_began_on == day for each in self.dossier.courses)
        return sentence(Unanswered(why, day, answer.later.valid_from, by_class=by_class))


def standing(session: Session, person: Subject, *, today: date) -> Standing:
    """Return what is known on each question, for the day the person is asked about."""
    read = dossiers(session, [person.person_id])
    dossier = read.people[person.person_id]
    begun = [
        training_of(courses).start
        for each in read.programmes.values()
        if not each.draws_on and (courses := dossier.courses_of(each))
    ]
    starts = [day for day in begun if day] or [person.joined_on]
    given = answers(dossier.facts, dossier.lists, starts=starts, today=today)
    taught = tuple(each for each in read.programmes.values() if not each.draws_on)
    return Standing(person, dossier, given, promise(session, person.person_id), taught)
