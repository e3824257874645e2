"""The look at a day: what is found is kept once, asks a person, and takes nothing."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.models import Person, SignIn
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import Database, now
from lms.jobs.models import Job
from lms.progress import queries
from lms.progress.domain.flags import Finding, FlagKind, FlagRuling
from lms.progress.models import MaterialProgress, StudyFlag
from lms.progress.service import flags
from lms.progress.service.looking import look
from lms.progress.tasks import look_at_missed_days
from lms.settings import Settings
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.studying import Player, at, make_administrator
from tests.support.site import Jobs
from tests.support.statements import asked

DAY = 86_400
FOUND = (FlagRuling.EXPLAINED, "问过了，是上夜班。")


def day_of(clock: Clock) -> date:
    return local_day(at(clock))


@pytest.fixture
def robot(database: Database, clock: Clock, learner: Learner) -> Player:
    """The learner's player reports every 15 s to the millisecond."""
    player = Player(database, clock, learner.actor)
    player.open(learner.items["B"])
    for step in range(45):
        clock.seconds += 15
        player.play(15 * step, 15 * step + 15)
    return player


def kept(database: Database) -> list[StudyFlag]:
    with database.snapshot() as session:
        return list(session.scalars(select(StudyFlag).order_by(StudyFlag.id)))


def test_clockwork_is_kept_once_and_takes_nothing(
    database: Database, clock: Clock, learner: Learner, robot: Player
) -> None:
    with database.snapshot() as session:
        before = session.scalar(select(func.sum(MaterialProgress.credited_ms)))
    assert look(database, day_of(clock)) == 1
    assert look(database, day_of(clock)) == 0
    [flag] = kept(database)
    assert (flag.person_id, flag.kind) == (learner.actor.person_id, FlagKind.STEADY_CADENCE)
    assert flag.evidence["pause_ms"] == 15_000
    with database.snapshot() as session:
        assert session.scalar(select(func.sum(MaterialProgress.credited_ms))) == before


def test_another_day_shows_nothing(database: Database, clock: Clock, robot: Player) -> None:
    assert look(database, day_of(clock) - timedelta(days=1)) == 0
    assert look(database, day_of(clock) + timedelta(days=1)) == 0


def on_another_device(database: Database, actor: Actor) -> Actor:
    """Return the same person, signed in on a second device."""
    with database.transaction() as session:
        row = make_sign_in(session, session.get_one(Person, actor.person_id), device_hash="tablet")
        return replace(actor, sign_in_id=row.id)


def test_a_phone_and_a_tablet_one_after_the_other_show_nothing(
    database: Database, clock: Clock, learner: Learner
) -> None:
    player = Player(database, clock, learner.actor)
    for actor in (learner.actor, on_another_device(database, learner.actor)):
        player.open(learner.items["B"], actor)
        for step in range(10):
            clock.seconds += 13 + step % 5
            player.play(13 * step, 13 * step + 13)
    assert look(database, day_of(clock)) == 0


def test_two_devices_that_keep_taking_over_are_kept(
    database: Database, clock: Clock, learner: Learner
) -> None:
    player = Player(database, clock, learner.actor)
    tablet = on_another_device(database, learner.actor)
    for place in range(8):
        player.open(learner.items["B"], tablet if place % 2 else learner.actor)
        clock.seconds += 20
        player.play(20 * place, 20 * place + 20)
    assert look(database, day_of(clock)) == 1
    assert kept(database)[0].evidence["handovers"] == 7


def long_video(database: Database, actor: Actor) -> int:
    """Return a video of half a day in another course the person takes."""
    with database.transaction() as session:
        length = 50_000_000
        asset = make_asset(session, duration_ms=length)
        made = make_course(
            session, lessons=[lesson("N", video(asset_id=asset.id, duration_ms=length))]
        )
        make_enrollment(session, course=made, person=session.get_one(Person, actor.person_id))
        return made.items["N/video"].id


def test_three_nights_running_are_kept_on_the_third_morning(
    database: Database, clock: Clock, learner: Learner
) -> None:
    item_id = long_video(database, learner.actor)
    player = Player(database, clock, learner.actor)
    evening = 15.5 * 3600  # 23:30 of the first day
    for night in range(3):
        clock.seconds = evening + night * DAY
        player.open(item_id)
        begin = night * 4 * 3600
        pauses = cycle((41, 58, 47, 52, 44))  # uneven, as a person's player makes them
        while clock.seconds < evening + night * DAY + 3.2 * 3600:
            pause = next(pauses)
            clock.seconds += pause
            player.play(begin, begin + pause)
            begin += pause
        morning = day_of(clock)
        assert look(database, morning) == (night == 2)
    [flag] = kept(database)
    assert flag.kind == FlagKind.LONG_NIGHTS
    assert [each[1] >= 3 * 3_600_000 for each in flag.evidence["nights"]] == [True] * 3


def study_in_one_browser(
    database: Database, clock: Clock, learner: Learner, people: int, *, replaced: bool
) -> None:
    """Let people sign in one after the other, each on top of the one before, and study a bit."""
    before: int | None = None
    for place in range(people):
        with database.transaction() as session:
            person = make_person(session, name=f"学员{place}")
            make_enrollment(session, person=person, course=learner.course)
            moment = at(clock)
            row = make_sign_in(session, person, created_at=moment, device_hash="one model")
            if before is not None and replaced:
                session.get_one(SignIn, before).revoked_at = moment
            before = row.id
            actor = Actor(person.id, person.name, (), row.id)
        player = Player(database, clock, actor)
        player.open(learner.items["B"])
        clock.seconds += 30
        player.play(0, 30)


def test_five_people_in_one_browser_are_each_asked(
    database: Database, clock: Clock, learner: Learner
) -> None:
    study_in_one_browser(database, clock, learner, 5, replaced=True)
    assert look(database, day_of(clock)) == 5
    assert {flag.kind for flag in kept(database)} == {FlagKind.SHARED_DEVICE}


@pytest.mark.parametrize(("people", "replaced"), [(4, True), (12, False)])
def test_a_family_and_a_village_with_one_phone_model_are_not(
    database: Database, clock: Clock, learner: Learner, people: int, *, replaced: bool
) -> None:
    study_in_one_browser(database, clock, learner, people, replaced=replaced)
    assert look(database, day_of(clock)) == 0


def test_who_explained_it_is_left_in_peace_for_a_while(
    database: Database, clock: Clock, learner: Learner, robot: Player
) -> None:
    day = day_of(clock)
    look(database, day)
    [flag] = kept(database)
    with database.transaction() as session:
        found = [(learner.actor.person_id, finding_of(flag))]
        waits = flags.keep(session, found, day + timedelta(days=1), now=now(session))
    assert waits == 0, "what waits is not asked twice"
    rule(database, make_administrator(database, "周敏"), flag.id)
    with database.transaction() as session:
        soon = flags.keep(session, found, day + timedelta(days=29), now=now(session))
        later = flags.keep(session, found, day + timedelta(days=40), now=now(session))
    assert (soon, later) == (0, 1)


def rule(database: Database, actor: Actor, flag_id: int) -> None:
    with database.transaction() as session:
        flags.rule(session, actor=actor, flag_id=flag_id, finding=FOUND, now=now(session))


def finding_of(flag: StudyFlag) -> Finding:
    return Finding(FlagKind(flag.kind), flag.evidence)


def test_the_learner_speaks_first_and_sees_what_was_found(
    database: Database, clock: Clock, learner: Learner, robot: Player
) -> None:
    look(database, day_of(clock))
    [flag] = kept(database)

    def say(actor: Actor) -> None:
        with database.transaction() as session:
            flags.say(session, actor=actor, flag_id=flag.id, words="网好", now=now(session))

    with pytest.raises(NotFound):
        say(learner.stranger)
    say(learner.actor)
    rule(database, make_administrator(database, "周敏"), flag.id)
    with pytest.raises(Conflict):
        say(learner.actor)
    with pytest.raises(Conflict):
        rule(database, make_administrator(database, "程晓红"), flag.id)
    with database.snapshot() as session:
        [own] = queries.flags_of(session, learner.actor.person_id)
        acts = session.scalars(select(AuditEntry.action)).all()
    assert (own.words, own.ruling, own.reason) == ("网好", *FOUND)
    assert acts == ["time.flag_explained"]


def test_nobody_rules_about_themselves_or_elsewhere(
    database: Database, clock: Clock, learner: Learner, robot: Player
) -> None:
    look(database, day_of(clock))
    [flag] = kept(database)
    administrator = make_administrator(database, "周敏")
    with pytest.raises(Forbidden):
        rule(database, replace(learner.actor, grants=administrator.grants), flag.id)
    with pytest.raises(NotFound):
        rule(database, make_administrator(database, "毛国平", "330881"), flag.id)
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(
            text(
                "UPDATE study_flag SET ruling = 'explained', reason = 'x', "
                "ruled_by_id = person_id, ruled_at = found_at"
            )
        )


def test_yesterday_is_looked_at_once_and_so_are_the_days_the_site_was_off(
    database: Database, settings: Settings, run_jobs: Jobs
) -> None:
    look_at_missed_days(database, settings)
    look_at_missed_days(database, settings)
    assert run_jobs() == 7
    with database.transaction() as session:
        session.execute(text("DELETE FROM job"))
        yesterday = local_day(now(session)) - timedelta(days=1)
    look_at_missed_days(database, settings)
    with database.snapshot() as session:
        days = session.scalars(select(Job.args)).all()
    assert max(each["day"] for each in days) == yesterday.isoformat()
    assert len(days) == 7


def test_a_look_asks_no_more_of_the_database_for_more_people(
    database: Database, clock: Clock, learner: Learner
) -> None:
    said = []
    for people in (3, 20):
        study_in_one_browser(database, clock, learner, people, replaced=False)
        with asked(database) as statements:
            assert look(database, day_of(clock)) == 0
        said.append(len(statements))
    assert said[0] == said[1]
