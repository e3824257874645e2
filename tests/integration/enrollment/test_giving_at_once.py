"""Seats by hand under races: staff on the last one, taps for one person, who joins or moves."""

import threading
from collections.abc import Callable, Sequence

from lms.accounts.models import Person
from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.enrollment import service
from lms.learning.service import join_course
from tests.factories.accounts import make_sign_in
from tests.factories.enrollment import make_class, make_enrollment
from tests.integration.enrollment.test_giving import NOW, Scene, administrator, scene

__all__ = ["scene"]


def at_once(work: Sequence[Callable[[], object]]) -> list[object]:
    """Do all of it at the same moment; return what each got, or the code of its refusal."""
    barrier, got = threading.Barrier(len(work)), []

    def run(each: Callable[[], object]) -> None:
        barrier.wait()
        try:
            got.append(each())
        except Conflict as refused:
            got.append(refused.code)

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return got


def test_of_many_staff_at_once_one_gives_the_last_seat(scene: Scene) -> None:
    scene.give(scene.person())
    people = [scene.person() for _ in range(10)]
    with scene.database.transaction() as session:
        clerks = [administrator(session) for _ in people]
    pairs = list(zip(people, clerks, strict=True))
    got = at_once([lambda who=who, by=by: scene.give(who, by) for who, by in pairs])
    assert sorted(map(str, got)) == ["seated"] + ["waiting"] * 9
    seated = [each for each in people if scene.own(each) is not None]
    assert len(seated) == 1
    assert sorted(scene.line() + seated) == sorted(people)


def test_many_taps_for_one_person_are_one_effect(scene: Scene) -> None:
    person = scene.person()
    got = at_once([lambda: scene.give(person)] * 8)
    assert sorted(map(str, got)) == ["seated"] + ["there_already"] * 7
    assert scene.told(person) == ["seat_given"]
    assert len(scene.acts(person)) == 1


def test_who_joins_by_themselves_at_that_moment_takes_the_course_once(scene: Scene) -> None:
    person = scene.person()
    with scene.database.transaction() as session:
        own = Actor(person, "", (), make_sign_in(session, session.get_one(Person, person)).id)

    def join() -> str:
        with scene.database.transaction() as session:
            join_course(session, actor=own, slug=scene.course.course.slug, now=NOW)
        return "joined"

    got = at_once([join, lambda: scene.give(person)])
    assert got.count("joined") == 1
    assert {str(each) for each in got} <= {"joined", "seated", "changed_meanwhile"}
    found = scene.own(person)
    assert found is not None
    assert (found.training_class_id == scene.class_id) == ("seated" in map(str, got))


def test_two_who_move_one_person_at_once_leave_one_seat_taken(scene: Scene) -> None:
    with scene.database.transaction() as session:
        other = make_class(session, scene.course, title="冬季班", capacity=1)
        third = make_class(session, scene.course, title="春季班")
        own = make_enrollment(session, course=scene.course, training_class_id=other.id)

    def transfer() -> str:
        with scene.database.transaction() as session:
            service.transfer(
                session,
                actor=scene.clerk,
                enrollment_id=own.id,
                training_class_id=third.id,
                now=NOW,
            )
        return "moved"

    got = at_once([transfer, lambda: scene.give(own.person_id)])
    assert {str(each) for each in got} <= {"moved", "seated", "changed_meanwhile"}
    found = scene.own(own.person_id)
    assert found is not None
    assert found.training_class_id in (scene.class_id, third.id)
