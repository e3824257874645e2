"""Reads all the site holds of some people that a policy may ask about, in one statement."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    String,
    cast,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Institution, Item, Lesson, Material
from lms.catalog.models import Programme as ProgrammeRow
from lms.catalog.tree import revision_tree
from lms.core.clock import local_day
from lms.db.among import among
from lms.enrollment.models import Enrollment, TrainingClass
from lms.progress.models import ItemCompletion, WatchSlice
from lms.subsidy.domain.assembly import Dossier, Graded, OwnCourse, Programme, Watched
from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource
from lms.subsidy.models import LearnerFact, PolicyAcceptance, PolicyVersion
from lms.subsidy.queries.meetings import CLASS_PARTS, add_attended, add_meeting, listings, meetings
from lms.subsidy.queries.papers import PAPER_ADDERS, PAPER_PARTS
from lms.subsidy.queries.parts import NOBODY, PEOPLE, TAKES, TOOK, UNTIL, part
from lms.subsidy.queries.shelves import Stored, Versions

# Summed before it is asked whose course it is: entries are many, materials few.
_WATCHED = (
    select(
        *(WatchSlice.person_id, WatchSlice.day, WatchSlice.material_id),
        func.sum(WatchSlice.credited_ms).label("ms"),
    )
    .where(among(WatchSlice.person_id, PEOPLE))
    .group_by(WatchSlice.person_id, WatchSlice.day, WatchSlice.material_id)
    .subquery()
)


def done(taken: ColumnElement[bool]) -> Select[Any]:
    """Return the items that were completed, by enrollment."""
    return (
        part(
            "done",
            Enrollment.person_id,
            n1=Enrollment.id,
            t1=ItemCompletion.lesson_key,
            t2=ItemCompletion.item_key,
        )
        .join(ItemCompletion, ItemCompletion.enrollment_id == Enrollment.id)
        .where(taken)
    )


def _courses(taken: ColumnElement[bool]) -> Select[Any]:
    return (
        part(
            "course",
            Enrollment.person_id,
            n1=Enrollment.id,
            n2=Enrollment.revision_id,
            n3=Institution.id,
            t1=ProgrammeRow.slug,
            t2=Institution.code,
            t3=Enrollment.county_code,
            at1=Enrollment.enrolled_at,
            at2=Enrollment.completed_at,
            day=TrainingClass.starts_on,
        )
        .join(Course, Course.id == Enrollment.course_id)
        .join(ProgrammeRow, ProgrammeRow.id == Course.programme_id)
        .join(Institution, Institution.id == Course.institution_id)
        .outerjoin(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
        .where(taken)
    )


def _attempts(taken: ColumnElement[bool]) -> Select[Any]:
    return (
        part(
            "attempt",
            Enrollment.person_id,
            n1=Enrollment.id,
            n2=Attempt.id,
            n3=Attempt.percent,
            t1=Lesson.key + "." + Item.key,
        )
        .join(Attempt, Attempt.enrollment_id == Enrollment.id)
        .join(Item, Item.id == Attempt.item_id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .where(taken, Attempt.percent.is_not(None))
    )


_OTHERS = (
    part(
        "fact",
        LearnerFact.person_id,
        n1=LearnerFact.id,
        t1=LearnerFact.key,
        t2=cast(LearnerFact.value, String()),
        t3=LearnerFact.source,
        day=LearnerFact.valid_from,
        day2=LearnerFact.valid_to,
        at1=LearnerFact.recorded_at,
    ).where(among(LearnerFact.person_id, PEOPLE)),
    part(
        "watched",
        _WATCHED.c.person_id,
        n1=_WATCHED.c.day,
        n2=Material.course_id,
        n3=cast(_WATCHED.c.ms, BigInteger()),
    )
    .select_from(_WATCHED)
    .join(Material, Material.id == _WATCHED.c.material_id),
    *PAPER_PARTS,
    *CLASS_PARTS,
    part(
        "programme",
        NOBODY,
        n1=ProgrammeRow.id,
        n2=ProgrammeRow.level,
        t1=ProgrammeRow.slug,
        t2=ProgrammeRow.occupation_code,
        t3=cast(ProgrammeRow.title, String()),
    ),
    part(
        "version",
        NOBODY,
        n1=PolicyVersion.id,
        n2=PolicyAcceptance.proposal_id,
        t1=PolicyVersion.policy_id,
        t2=PolicyVersion.version,
        t3=PolicyVersion.sha256,
    ).outerjoin(PolicyAcceptance, PolicyAcceptance.policy_version_id == PolicyVersion.id),
)


def _statement(taken: ColumnElement[bool]) -> CompoundSelect[Any]:
    # Courses first, for the engine's types of the whole follow those of the first part.
    of_courses = (each(taken) for each in (_courses, done, _attempts, meetings))
    return union_all(*of_courses, *_OTHERS)


_NOW, _THEN = _statement(TAKES), _statement(TOOK)


@dataclass(slots=True)
class Dossiers:
    """What was read: people, the programmes there are, the versions used or accepted before."""

    people: Mapping[int, Dossier]
    programmes: Mapping[str, Programme]
    versions: Versions


def dossiers(session: Session, people: Iterable[int], *, until: datetime | None = None) -> Dossiers:
    """Return the dossier of each person, whether they take a course or not.

    With ``until`` it holds what they had not left by that moment too.
    """
    found = {person_id: Dossier() for person_id in people}
    parts: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    statement = _NOW if until is None else _THEN
    given = {PEOPLE: list(found), **({UNTIL: until} if until else {})}
    for row in session.execute(statement, given):
        parts[row.part].append(row)
    for row in parts["course"]:
        found[row.person_id].courses.append(_course(session, row))
    for name, add in _ADD.items():
        for row in parts[name]:
            add(found[row.person_id], row)
    listed = listings(parts["listing"])
    for own in found.values():
        own.listings = listed
    return Dossiers(
        found,
        {row.t1: _programme(row) for row in parts["programme"]},
        {(row.t1, row.t2): Stored(row.n1, row.t3, row.n2) for row in parts["version"]},
    )


def _course(session: Session, row: Row[Any]) -> OwnCourse:
    return OwnCourse(
        enrollment_id=row.n1,
        course=revision_tree(session, row.n2),
        programme=row.t1,
        institution=row.t2,
        joined_on=local_day(row.at1),
        completed_on=local_day(row.at2) if row.at2 else None,
        class_began_on=row.day,
        institution_id=row.n3,
        county=row.t3,
    )


def _add_fact(own: Dossier, row: Row[Any]) -> None:
    key, source = FactKey(row.t1), FactSource(row.t3)
    own.facts.append(
        DatedFact(
            *(row.n1, key, from_json(row.t2), source, row.day, row.day2),
            said_on=local_day(row.at1),
        )
    )


def _add_watched(own: Dossier, row: Row[Any]) -> None:
    own.watched.append(Watched(date.fromordinal(row.n1), row.n2, row.n3))


def add_done(own: Dossier, row: Row[Any]) -> None:
    """Keep an item that was completed."""
    own.done[row.n1].add((row.t1, row.t2))


def _add_attempt(own: Dossier, row: Row[Any]) -> None:
    own.attempts.append(Graded(row.n1, row.t1, row.n2, row.n3))


_ADD: Mapping[str, Callable[[Dossier, Row[Any]], None]] = {
    "fact": _add_fact,
    **PAPER_ADDERS,
    "watched": _add_watched,
    "attended": add_attended,
    "meeting": add_meeting,
    "done": add_done,
    "attempt": _add_attempt,
}


def _programme(row: Row[Any]) -> Programme:
    known = known_programmes().get(row.t1)
    return Programme(
        id=row.n1,
        slug=row.t1,
        title=from_json(row.t3),
        occupation=row.t2,
        level=row.n2,
        work_type=known.work_type if known else None,
        draws_on=known.draws_on if known else (),
    )
