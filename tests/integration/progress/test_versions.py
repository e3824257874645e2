"""A new upload in an item: what was earned stays, none counts above its longest version."""

from functools import partial

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.core.access import Scope, ScopeKind
from lms.core.errors import Conflict
from lms.db.session import now, run_in
from lms.enrollment.models import Enrollment
from lms.learning import queries as learning
from lms.progress import queries, service
from lms.progress.domain.ledger import EntryKind
from lms.progress.domain.spans import Spans
from lms.progress.domain.state import PlayerState
from lms.progress.models import (
    ItemCompletion,
    PlaybackLease,
    StudyClock,
    TimeRequest,
    WatchSlice,
)
from lms.progress.service import recounting
from lms.progress.service.granting import Grant, lock_learner, write_grants
from lms.record import queries as record
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters, Status
from tests.factories.catalog import lesson, make_revision, video
from tests.factories.media import make_asset
from tests.integration.progress.studying import Player, assert_in_step, sets_of
from tests.integration.progress.two_versions import NEW_MS, OLD_MS, Two, two

__all__ = ["two"]


def verified(two: Two) -> set[int]:
    """Return what page, calls, file, list and badge show of the item or the course."""
    person_id, seen = two.learner.actor.person_id, set()
    slug = two.learner.course.course.slug
    with two.database.snapshot() as session:
        own = learning.own_course(session, slug=slug, person_id=person_id, item="A.video")
        assert own is not None
        seen.add(own.standing.credited_ms)
        seen.add(own.standing.lesson("A").credited_ms)
        row = queries.item_progress(session, person_id=person_id, item_id=two.new_item)
        seen.add(row.verified_ms)
        file = record.holder(session, person_id)
        seen.add(file.course(slug).credited_ms)
        everywhere = (Scope(ScopeKind.PLATFORM),)
        selection = roster.Selection(everywhere, Filters(status=Status.ALL))
        (line,) = roster.page(session, selection, roster.Window(10)).lines
        seen.add(line.verified_ms)
        seen.add(session.scalar(select(func.sum(WatchSlice.credited_ms))))
    return seen


def test_whoever_is_moved_has_no_more_than_the_longest_version(two: Two) -> None:
    two.watch(two.old_item, 0, 100)
    two.move()
    two.watch(two.new_item, 0, 130)
    assert two.credited == [100_000, 30_000]
    assert verified(two) == {NEW_MS}
    sums = sets_of(two.database, two.learner.actor.person_id)[two.materials[1]]
    assert (sums.seen_ms, sums.refused) == (NEW_MS, {"already_counted": 100_000})
    assert_in_step(two.database, two.learner.actor.person_id)


def test_what_was_earned_stays_at_once_and_everywhere(two: Two) -> None:
    two.watch(two.old_item, 0, 60)
    two.move()
    assert two.credited == [60_000, 0]
    assert verified(two) == {60_000}


def test_the_answer_and_the_lease_tell_the_whole_item(two: Two) -> None:
    two.watch(two.old_item, 0, 60)
    two.move()
    with two.database.transaction() as session:
        reply = service.take_lease(session, actor=two.learner.actor, item_id=two.new_item)
    assert (reply.verified_ms, reply.credited.size, reply.duration_ms) == (60_000, 0, NEW_MS)
    two.watch(two.new_item, 0, 20)
    with two.database.snapshot() as session:
        newest = select(WatchSlice.answer).order_by(WatchSlice.id.desc()).limit(1)
        assert session.scalar(newest)["verified_seconds"] == 80


def test_a_shorter_new_version_takes_nothing_away(two: Two) -> None:
    with two.database.transaction() as session:
        short = make_asset(session, duration_ms=30_000)
        two.newer = make_revision(
            session,
            two.learner.course.course,
            lessons=[lesson("A", video(asset_id=short.id, duration_ms=30_000))],
        )
    two.watch(two.old_item, 0, 90)
    two.move()
    two.watch(two.new_item, 0, 30)
    assert two.credited == [90_000, 10_000]
    assert verified(two) == {OLD_MS}


def test_a_lease_from_before_the_move_goes_on_counting(two: Two) -> None:
    two.watch(two.old_item, 0, 40)
    two.move()
    two.clock.seconds += 20
    two.player.play(40, 60)
    assert two.credited == [60_000, 0]


def test_a_late_report_of_the_old_video_leaves_its_room_to_nobody_twice(two: Two) -> None:
    """It arrives when the new version's lease stands: that one must know of it."""
    two.watch(two.old_item, 0, 40)
    two.clock.seconds += 20
    old = two.player
    two.move()
    two.player = Player(two.database, two.clock, two.learner.actor)
    two.player.open(two.new_item)
    old.play(40, 60)
    for at in range(0, 130, 10):
        two.clock.seconds += 10
        two.player.play(at, at + 10)
    assert two.credited == [60_000, 70_000]


def test_a_page_from_before_the_move_is_told_to_load_again(two: Two) -> None:
    two.move()
    with pytest.raises(Conflict, match="newer_version"):
        two.player.open(two.old_item)


def test_what_waits_for_an_answer_is_counted_in(two: Two) -> None:
    two.watch(two.old_item, 0, 100)
    two.move()
    two.player.open(two.new_item)
    with two.database.transaction() as session:
        session.execute(update(StudyClock).values(prompt_in_ms=0))
    two.clock.seconds += 5
    two.player.play(0, 5)
    two.clock.seconds += 50
    two.player.play(5, 55)
    sums = sets_of(two.database, two.learner.actor.person_id)[two.materials[1]]
    assert (sums.credited_ms, sums.held) == (5_000, [[5_000, 30_000]])


def test_people_grant_no_more_either(two: Two) -> None:
    two.watch(two.old_item, 0, 100)
    two.move()
    two.player.open(two.new_item)
    two.clock.seconds += 20
    two.player.play(0, 20, state=PlayerState.HIDDEN)
    person_id = two.learner.actor.person_id
    with two.database.transaction() as session:
        locked = lock_learner(session, person_id)
        request_id = appeal_of(session, two)
        what = Grant(EntryKind.APPEAL, request_id, person_id)
        asked = {two.materials[1]: Spans.of([(0, NEW_MS)])}
        assert write_grants(session, what, locked, asked) == 30_000
    assert verified(two) == {NEW_MS}


def appeal_of(session: Session, two: Two) -> int:
    request = TimeRequest(
        aim="appeal",
        person_id=two.learner.actor.person_id,
        material_id=two.materials[1],
        spans=[[0, NEW_MS]],
        words="来电话了",
        asked_by_id=two.learner.actor.person_id,
        asked_at=now(session),
    )
    session.add(request)
    session.flush()
    return request.id


def test_recounting_the_ledger_agrees(two: Two) -> None:
    two.watch(two.old_item, 0, 100)
    two.move()
    two.watch(two.new_item, 0, 130)
    with two.database.transaction() as session:
        found = recounting.recount_person(session, two.learner.actor.person_id)
    assert (found.sets, found.broken) == ({}, ())


def test_recounting_names_an_item_above_its_longest_version(two: Two) -> None:
    """As where the rule was left out: both versions counted whole."""
    two.watch(two.old_item, 0, 100)
    two.move()
    two.player.open(two.new_item)
    with two.database.transaction() as session:
        session.execute(update(PlaybackLease).values(has_versions=False))
    for at in range(0, 130, 10):
        two.clock.seconds += 10
        two.player.play(at, at + 10)
    assert two.credited == [100_000, 130_000]
    with two.database.transaction() as session:
        found = recounting.recount_person(session, two.learner.actor.person_id)
    assert found.broken == ("item A.video counts 230000 ms, its longest version has 130000",)


def test_completions_are_kept_and_the_new_video_may_be_watched(two: Two) -> None:
    two.watch(two.old_item, 0, 100)
    two.move()
    with two.database.snapshot() as session:
        done = session.execute(select(ItemCompletion.lesson_key, ItemCompletion.item_key)).all()
        slug = two.learner.course.course.slug
        own = learning.own_course(
            session, slug=slug, person_id=two.learner.actor.person_id, item="A.video"
        )
    assert [tuple(row) for row in done] == [("A", "video")]
    item = own.standing.lesson("A").items[0]
    assert (item.is_complete, item.item.duration_ms, item.totals.seen_ms) == (True, NEW_MS, 0)


def test_a_lesson_no_longer_taught_keeps_its_hours(two: Two) -> None:
    two.watch(two.learner.items["C"], 0, 5)
    two.watch(two.old_item, 0, 20)
    two.move()
    with two.database.snapshot() as session:
        person_id = two.learner.actor.person_id
        line = record.holder(session, person_id).course(two.learner.course.course.slug)
        own = learning.own_course(session, slug=two.learner.course.course.slug, person_id=person_id)
    assert (line.credited_ms, line.former_ms) == (25_000, 5_000)
    assert own.standing.credited_ms == 25_000


def test_the_move_that_leaves_nothing_to_do_completes_the_course(two: Two) -> None:
    with two.database.transaction() as session:
        for key in ("A/video", "A/text", "B/video"):
            lesson_key, item_key = key.split("/")
            service.complete_item(
                session,
                enrollment_id=two.learner.enrollment_id,
                lesson_key=lesson_key,
                item_key=item_key,
                now=now(session),
            )
        assert session.scalar(select(Enrollment.status)) == "active"
    two.move()
    with two.database.snapshot() as session:
        assert session.scalar(select(Enrollment.status)) == "completed"


def test_who_never_had_another_version_is_asked_nothing_more(two: Two) -> None:
    two.watch(two.old_item, 0, 20)
    with two.database.snapshot() as session:
        assert session.scalars(select(PlaybackLease.has_versions)).all() == [False]
        other = queries.other_versions(
            partial(run_in, session),
            person_id=two.learner.actor.person_id,
            material_id=two.materials[0],
        )
    assert other == ()
    two.move()
    two.player.open(two.new_item)
    with two.database.snapshot() as session:
        flags = session.execute(
            select(PlaybackLease.has_versions).order_by(PlaybackLease.started_at_ms)
        ).all()
    assert [row[0] for row in flags] == [False, True]
