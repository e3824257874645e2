"""Reads what the site would have said of a person on an earlier day, and by which facts."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.assessment.models import Attempt
from lms.core.access import Actor, Permission
from lms.core.clock import day_bounds
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.progress.models import ItemCompletion
from lms.subsidy.domain.assembly import Dossier
from lms.subsidy.domain.judgement import Judged, judged
from lms.subsidy.domain.own_claims import as_of
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import LearnerFact, PolicyVersion
from lms.subsidy.queries.dossiers import add_done, done, dossiers
from lms.subsidy.queries.meetings import ATTENDED_THEN, add_attended
from lms.subsidy.queries.meters import Meter, meter_of
from lms.subsidy.queries.papers import FLAGS_THEN, add_flag, certificates_before
from lms.subsidy.queries.parts import PEOPLE, TOOK, UNTIL
from lms.subsidy.queries.people import reaches
from lms.subsidy.queries.shelves import combined

# What changes with time and is no row of its own in the dossier.
_THEN = union_all(
    done(TOOK).where(ItemCompletion.completed_at < bindparam(UNTIL)),
    ATTENDED_THEN,
    FLAGS_THEN,
)
_ADD = {"done": add_done, "attended": add_attended, "flag": add_flag}


@dataclass(frozen=True, slots=True)
class Explained:
    """What the clauses would have found at the end of a day."""

    name: str
    day: date
    judged: tuple[Judged, ...]
    meters: tuple[Meter, ...]


def explained(session: Session, person_id: int, *, day: date, files: Shelf) -> Explained | None:
    """Judge a person by what was written down, studied and in force at the end of the day.

    The class somebody sits in, the edition of a course, what the ledger says of a day, which
    sessions of a class were held and the day a row of the county's list of programmes ends are
    those of now. ``None``: there is no such person.
    """
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    if name is None:
        return None
    until = day_bounds(day)[1]
    read = dossiers(session, [person_id], until=until)
    seen = _seen(session, person_id, until)
    dossier = _as_of(session, read.people[person_id], person_id, day, seen)
    versions = {key: row for key, row in read.versions.items() if ("version", row.id) in seen}
    policies = combined(session, files, versions)
    found = tuple(judged(dossier, read.programmes, policies, today=day))
    return Explained(name, day, found, tuple(meter_of(dossier, each, day) for each in found))


def may_explain(session: Session, actor: Actor, person_id: int) -> bool:
    """Tell whether the actor may know what is known of the person.

    That is who reads the person's facts, and who has them in a course.
    """
    scopes = actor.scopes_for(Permission.FACTS_READ)
    taught = select(Enrollment.id).where(Enrollment.person_id == person_id, in_scope(scopes))
    row = session.execute(
        select(Person.county_code, taught.exists()).where(
            Person.id == person_id, Person.erased_at.is_(None)
        )
    ).one_or_none()
    return row is not None and (row[1] or reaches(actor, row[0], Permission.FACTS_READ))


def _seen(session: Session, person_id: int, until: datetime) -> set[tuple[str, int]]:
    """Return the facts, attempts and versions of policies there were, each with its number."""
    rows = session.execute(
        union_all(
            select(literal("fact"), LearnerFact.id).where(
                LearnerFact.person_id == person_id, LearnerFact.recorded_at < until
            ),
            select(literal("attempt"), Attempt.id).where(
                Attempt.person_id == person_id, Attempt.submitted_at < until
            ),
            select(literal("version"), PolicyVersion.id).where(PolicyVersion.first_used_at < until),
        )
    )
    return {(row[0], row[1]) for row in rows}


def _as_of(
    session: Session, now: Dossier, person_id: int, day: date, seen: AbstractSet[tuple[str, int]]
) -> Dossier:
    """Return what of it was there at the end of the day."""
    until = day_bounds(day)[1]
    own = [each for each in now.courses if each.joined_on <= day]
    then = Dossier(
        courses=[
            each
            if each.completed_on is None or each.completed_on <= day
            else replace(each, completed_on=None)
            for each in own
        ],
        facts=[each for each in now.facts if ("fact", each.number) in seen],
        watched=[each for each in now.watched if each.day <= day and not each.is_in_person],
        meetings=[each for each in now.meetings if each.day <= day],
        listings=[each for each in now.listings if each.recorded_at and each.recorded_at < until],
        claims=as_of(now.claims, day),
        lists=[each for each in now.lists if each.taken_in_at and each.taken_in_at < until],
        certificates=certificates_before(session, person_id, until),
        attempts=[each for each in now.attempts if ("attempt", each.place) in seen],
    )
    for row in session.execute(_THEN, {PEOPLE: [person_id], UNTIL: until}):
        _ADD[row.part](then, row)
    return then
