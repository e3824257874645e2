"""Finds what stands behind the subjects of acts that have no page under their own number."""

from collections.abc import Iterable, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.models import Course
from lms.core.access import Actor, Permission
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.roster import queries as roster

Subject = tuple[str, str]
_LONGEST_NUMBER = 18


def subjects_in_reach(
    session: Session, actor: Actor, subjects: Iterable[Subject]
) -> Mapping[Subject, str | int]:
    """Return the slug of each course and the person of each enrollment the actor may look at.

    Courses are named by slug or by number; what lies out of reach is left out.
    """
    asked = set(subjects)
    found: dict[Subject, str | int] = {}
    if actor.may(Permission.COMPLETIONS_READ):
        found.update(_courses(session, actor, {key for kind, key in asked if kind == "course"}))
        numbers = {key for kind, key in asked if kind == "enrollment"}
        found.update(_learners(session, actor, numbers))
    return found


def _courses(session: Session, actor: Actor, keys: set[str]) -> Mapping[Subject, str]:
    if not keys:
        return {}
    near = roster.reach(session, actor.scopes_for(Permission.COMPLETIONS_READ)).courses
    slugs = {choice.value for choice in near}
    rows = session.execute(
        select(Course.id, Course.slug).where(
            or_(Course.slug.in_(keys), Course.id.in_(_numbers(keys)))
        )
    )
    return {
        ("course", key): row.slug
        for row in rows
        if row.slug in slugs
        for key in keys & {row.slug, str(row.id)}
    }


def _learners(session: Session, actor: Actor, keys: set[str]) -> Mapping[Subject, int]:
    if not keys:
        return {}
    scopes = actor.scopes_for(Permission.COMPLETIONS_READ)
    rows = session.execute(
        select(Enrollment.id, Enrollment.person_id)
        .join(Person, Person.id == Enrollment.person_id)
        .where(Enrollment.id.in_(_numbers(keys)), Person.erased_at.is_(None), in_scope(scopes))
    )
    return {("enrollment", str(row.id)): row.person_id for row in rows}


def _numbers(keys: Iterable[str]) -> list[int]:
    return [int(key) for key in keys if key.isdecimal() and len(key) <= _LONGEST_NUMBER]
