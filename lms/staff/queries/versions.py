"""Reads who has which version of a course, and what moving them to the newest would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.models import Course, Institution, Revision, RevisionState
from lms.catalog.outline import CourseView
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import Changes, ClassState, changes_between
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import Group, Share
from lms.enrollment.service import MOVE
from lms.jobs.models import Job, JobState
from lms.roster import queries as roster
from lms.staff.domain import Chosen

_MOVES_SHOWN = 3
_OPEN = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """How many study or completed one version, in a class or without one."""

    number: int
    training_class: TrainingClass | None
    active: int
    completed: int
    is_newest: bool
    may_move: bool
    may_join: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A move the actor ordered, and how far it is."""

    id: str
    number: int
    state: str
    done: int
    total: int
    people: int | None

    @property
    def is_open(self) -> bool:
        """Tell whether people are still being moved."""
        return self.state in _OPEN

    @property
    def is_done(self) -> bool:
        """Tell whether everybody was moved."""
        return self.state == JobState.DONE


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything the versions page shows; ``course`` is the published version."""

    course: CourseView
    lines: Sequence[VersionLine]
    moves: Sequence[Move]
    counties: Sequence[roster.Choice]
    place: Localized | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move would do; ``parts`` are the versions left behind with how many have each."""

    course: CourseView
    chosen: Chosen
    training_class: TrainingClass | None
    name: str | None
    parts: Sequence[tuple[int, int, Changes]]
    pins_class: bool

    @property
    def people(self) -> int:
        """Return how many would be moved."""
        return sum(count for _, count, _ in self.parts)


def course_of(session: Session, actor: Actor, slug: str, permission: Permission) -> CourseView:
    """Return the published version of a course in the actor's reach. Raises ``NotFound``."""
    return _found(session, roster.reach(session, actor.scopes_for(permission)), slug)[0]


def _found(
    session: Session, reach: roster.Reach, slug: str
) -> tuple[CourseView, Mapping[int, int]]:
    """Return the published version of a course, and the numbers of all versions by revision.

    A course within reach has a published version: the reach is made of those.
    """
    if slug not in {choice.value for choice in reach.courses}:
        raise NotFound
    rows = session.execute(
        select(Revision.id, Revision.number, Revision.state)
        .join(Course, Course.id == Revision.course_id)
        .where(Course.slug == slug)
    ).all()
    newest = next(row.id for row in rows if row.state == RevisionState.PUBLISHED)
    return revision_tree(session, newest), {row.id: row.number for row in rows}


def class_places(session: Session, actor: Actor, course: CourseView) -> Sequence[roster.Choice]:
    """Return the counties in which the actor may run a class of the course."""
    reach = roster.reach(session, actor.scopes_for(Permission.CLASS_OPEN))
    return _class_places(session, actor, course, reach)


def _class_places(
    session: Session, actor: Actor, course: CourseView, reach: roster.Reach
) -> Sequence[roster.Choice]:
    if not actor.may(Permission.CLASS_OPEN):
        return ()
    if reach.counties:
        return reach.counties
    # Who works for an institution runs its classes where it is.
    code = session.scalars(
        select(Institution.county_code)
        .join(Course, Course.institution_id == Institution.id)
        .where(Course.id == course.course_id)
    ).one()
    return (roster.Choice(code, {"zh": code}),)


def versions(session: Session, actor: Actor, slug: str) -> Versions:
    """Return who has which version of a course, as far as the actor may see it.

    Raises ``NotFound`` for a course out of reach.
    """
    scopes = actor.scopes_for(Permission.COMPLETIONS_READ)
    reach = roster.reach(session, scopes)
    course, numbers = _found(session, reach, slug)
    own = {each.id: each for each in enrollments.classes(session, course.course_id, scopes)}
    shares = enrollments.shares(session, course.course_id, scopes)
    may = actor.may(Permission.ENROLLMENT_MOVE)
    lines = [
        VersionLine(
            number=numbers[share.revision_id],
            training_class=own[share.training_class_id] if share.training_class_id else None,
            active=share.active,
            completed=share.completed,
            is_newest=share.revision_id == course.revision_id,
            may_move=may and _is_behind(share, own, course.revision_id),
            may_join=_may_join(share, own),
        )
        for share in [*shares, *_nobody_yet(shares, own, course.revision_id)]
    ]
    lines.sort(key=_place)
    return Versions(
        course,
        lines,
        _moves(session, actor, course.course_id, numbers),
        _class_places(session, actor, course, reach),
        reach.counties[0].words if len(reach.counties) == 1 else None,
    )


def _nobody_yet(
    shares: Sequence[Share], own: Mapping[int, TrainingClass], newest: int
) -> Iterator[Share]:
    """Yield what nobody has yet: the newest version, and classes nobody joined."""
    taken = {(share.revision_id, share.training_class_id) for share in shares}
    if (newest, None) not in taken:
        yield Share(newest, None, 0, 0)
    for each in own.values():
        if (each.revision_id, each.id) not in taken:
            yield Share(each.revision_id, each.id, 0, 0)


def _is_behind(share: Share, own: Mapping[int, TrainingClass], newest: int) -> bool:
    if share.revision_id == newest:
        return False
    pinned = own[share.training_class_id].revision_id if share.training_class_id else newest
    return share.active > 0 or pinned == share.revision_id


def _may_join(share: Share, own: Mapping[int, TrainingClass]) -> bool:
    """Tell whether whoever joins the class gets this version."""
    joined = own.get(share.training_class_id or 0)
    if joined is None or joined.state != ClassState.OPEN:
        return False
    return joined.revision_id == share.revision_id


def _place(line: VersionLine) -> tuple[int, int]:
    """Return where a line stands: newest version first, people without a class before classes."""
    return (-line.number, -line.training_class.id if line.training_class else -(2**63))


def _numbers(session: Session, course_id: int) -> dict[int, int]:
    rows = session.execute(
        select(Revision.id, Revision.number).where(Revision.course_id == course_id)
    )
    return {row[0]: row[1] for row in rows}


def _moves(
    session: Session, actor: Actor, course_id: int, numbers: Mapping[int, int]
) -> list[Move]:
    jobs = session.scalars(
        select(Job)
        .where(
            Job.kind == MOVE,
            Job.owner_id == actor.person_id,
            Job.args["course"].as_integer() == course_id,
        )
        .order_by(Job.created_at.desc())
        .limit(_MOVES_SHOWN)
    )
    return [
        Move(
            *(job.id, numbers[job.args["revision"]], job.state, job.done, job.total),
            people=(job.result or {}).get("people"),
        )
        for job in jobs
    ]


def group_of(session: Session, actor: Actor, course: CourseView, chosen: Chosen) -> Group:
    """Return whom the actor chose. Raises ``NotFound`` for a version or class out of reach."""
    scopes = actor.scopes_for(Permission.ENROLLMENT_MOVE)
    revision_id = None
    if chosen.number is not None:
        numbers = {number: each for each, number in _numbers(session, course.course_id).items()}
        revision_id = numbers.get(chosen.number)
        if revision_id is None:
            raise NotFound
    if chosen.training_class_id is not None:
        own = enrollments.classes(session, course.course_id, scopes)
        if chosen.training_class_id not in {each.id for each in own}:
            raise NotFound
    return Group(
        course.course_id, scopes, chosen.training_class_id, revision_id, chosen.enrollment_id
    )


def preview(session: Session, actor: Actor, slug: str, chosen: Chosen) -> Preview:
    """Return what moving those chosen would do. Raises ``NotFound`` for what is out of reach."""
    course = course_of(session, actor, slug, Permission.ENROLLMENT_MOVE)
    group = group_of(session, actor, course, chosen)
    behind = enrollments.revisions_to_move(session, group, course.revision_id)
    trees = [(revision_tree(session, revision_id), count) for revision_id, count in behind]
    training_class = (
        session.get_one(TrainingClass, chosen.training_class_id)
        if chosen.training_class_id
        else None
    )
    return Preview(
        course,
        chosen,
        training_class,
        _name(session, group),
        [(tree.number, count, changes_between(tree, course)) for tree, count in trees],
        pins_class=bool(training_class and training_class.revision_id != course.revision_id),
    )


def _name(session: Session, group: Group) -> str | None:
    """Return whose enrollment it is. Raises ``NotFound`` for one out of reach."""
    if group.enrollment_id is None:
        return None
    found = session.scalar(
        select(Person.name)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .where(
            Enrollment.id == group.enrollment_id,
            Enrollment.course_id == group.course_id,
            enrollments.in_scope(group.scopes),
        )
    )
    if found is None:
        raise NotFound
    return found
