"""Codes and sign-ins go when they are long over; what evidence names and what holds stays."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import tasks
from lms.accounts.domain.proofs import PROOFS_KEPT_FOR, PROVEN_FOR, SIGN_INS_KEPT_FOR
from lms.accounts.models import HalfSignIn, OneTimeCode, SignIn
from lms.audit.models import AuditEntry
from lms.audit.service import record
from lms.core.ids import digest, new_token
from lms.db.session import now
from lms.progress.models import PlaybackLease
from lms.web.models import RateCounter
from lms.wiring import CHORES
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_enrollment

HOUR = timedelta(hours=1)


def make_code(session, *, over_for, **values):
    at = now(session) - over_for
    row = OneTimeCode(
        phone=values.pop("phone", "13857005678"),
        purpose="sign_in",
        code_hash=digest(new_token()),
        created_at=at - timedelta(minutes=5),
        expires_at=at,
        closed_at=at,
        **values,
    )
    session.add(row)
    session.flush()
    return row.id


def make_half(session, person, *, over_for):
    row = HalfSignIn(
        token_hash=digest(new_token()), person_id=person.id, expires_at=now(session) - over_for
    )
    session.add(row)
    session.flush()
    return row.id


def make_lease(session, sign_in):
    """Make a finished lease, as studying leaves it."""
    course = make_course(session)
    person_id = sign_in.person_id
    enrollment = make_enrollment(session, course=course)
    item = next(item for item in course.items.values() if item.material_id is not None)
    session.add(
        PlaybackLease(
            id=new_token()[:40],
            person_id=person_id,
            sign_in_id=sign_in.id,
            enrollment_id=enrollment.id,
            item_id=item.id,
            material_id=item.material_id,
            started_at_ms=1,
            ended_at_ms=2,
            ended_by="lease_ended",
        )
    )
    session.flush()


def make_ended(session, *, over_for, person=None, revoked=True):
    """Make a sign-in that ended so long ago, by signing out or by itself."""
    at = now(session)
    ended = at - over_for
    return make_sign_in(
        session,
        person,
        created_at=ended - 10 * HOUR,
        expires_at=ended + timedelta(days=29) if revoked else ended,
        revoked_at=ended if revoked else None,
    )


def ids(database, model):
    with database.snapshot() as session:
        return sorted(session.scalars(select(model.id)))


def test_codes_and_half_sign_ins_go_a_day_after_they_were_over(database, settings):
    with database.transaction() as session:
        person = make_person(session)
        for over_for in (PROOFS_KEPT_FOR + HOUR, 400 * PROOFS_KEPT_FOR):
            make_code(session, over_for=over_for)
            make_half(session, person, over_for=over_for)
        kept = [
            make_code(session, over_for=PROOFS_KEPT_FOR - HOUR),
            make_code(session, over_for=PROVEN_FOR, proved_at=now(session) - PROVEN_FOR),
            make_code(session, over_for=-HOUR),
        ]
        halves = [make_half(session, person, over_for=over) for over in (HOUR, -HOUR)]
    tasks.forget_proofs(database, settings)
    assert ids(database, OneTimeCode) == kept
    assert ids(database, HalfSignIn) == halves


def test_a_round_forgets_a_batch_of_codes_the_oldest_first(database, settings, monkeypatch):
    monkeypatch.setattr(tasks, "_BATCH", 2)
    with database.transaction() as session:
        by_days = {days: make_code(session, over_for=timedelta(days=days)) for days in (3, 5, 4)}
        newest = make_code(session, over_for=HOUR)
    tasks.forget_proofs(database, settings)
    assert ids(database, OneTimeCode) == [by_days[3], newest]
    tasks.forget_proofs(database, settings)
    assert ids(database, OneTimeCode) == [newest]


@pytest.mark.parametrize("revoked", [True, False])
def test_sign_ins_go_six_months_after_they_ended(database, settings, revoked):
    with database.transaction() as session:
        make_ended(session, over_for=SIGN_INS_KEPT_FOR + HOUR, revoked=revoked)
        recent = make_ended(session, over_for=SIGN_INS_KEPT_FOR - HOUR, revoked=revoked)
        live = make_sign_in(session, created_at=now(session) - 2 * SIGN_INS_KEPT_FOR)
    tasks.ForgetSignIns()(database, settings)
    assert ids(database, SignIn) == [recent.id, live.id]


def test_a_sign_in_that_studied_time_was_earned_in_stays(database, settings):
    with database.transaction() as session:
        person = make_person(session)
        earned = make_ended(session, person=person, over_for=5 * SIGN_INS_KEPT_FOR)
        make_ended(session, person=person, over_for=5 * SIGN_INS_KEPT_FOR)
        make_lease(session, earned)
        live = make_sign_in(session, person)
    tasks.ForgetSignIns()(database, settings)
    assert ids(database, SignIn) == [earned.id, live.id]


def test_what_stays_forgets_its_browser_six_months_after_it_ended(database, settings):
    with database.transaction() as session:
        long_ago, lately = (
            make_ended(session, over_for=SIGN_INS_KEPT_FOR + by) for by in (HOUR, -HOUR)
        )
        live = make_sign_in(session, created_at=now(session) - 2 * SIGN_INS_KEPT_FOR)
        for row in (long_ago, lately, live):
            make_lease(session, row)
            row.browser_hash = digest(f"browser {row.id}")
        kept = [(long_ago.id, None), (lately.id, lately.browser_hash), (live.id, live.browser_hash)]
    tasks.ForgetSignIns()(database, settings)
    with database.snapshot() as session:
        rows = session.execute(select(SignIn.id, SignIn.browser_hash).order_by(SignIn.id)).all()
    assert rows == kept


def test_the_walk_over_the_sign_ins_goes_on_where_it_was_and_begins_anew(
    database, settings, monkeypatch
):
    monkeypatch.setattr(tasks, "_BATCH", 3)
    with database.transaction() as session:
        named = [make_ended(session, over_for=2 * SIGN_INS_KEPT_FOR) for _ in range(3)]
        for sign_in in named:
            make_lease(session, sign_in)
        kept = [sign_in.id for sign_in in named]
        make_ended(session, over_for=2 * SIGN_INS_KEPT_FOR)
        live = make_sign_in(session).id
    walk = tasks.ForgetSignIns()
    for _ in range(2):
        walk(database, settings)
    assert ids(database, SignIn) == [*kept, live]
    with database.transaction() as session:
        session.get_one(SignIn, live).revoked_at = now(session) - 2 * SIGN_INS_KEPT_FOR
        newest = make_sign_in(session).id
    for _ in range(2):
        walk(database, settings)
    assert ids(database, SignIn) == [*kept, newest]


def test_no_id_is_given_twice(database, settings):
    """Whoever kept the id of a forgotten proof or sign-in never holds somebody else's."""
    made = []
    for _ in range(2):
        with database.transaction() as session:
            person = make_person(session)
            made.append(
                (
                    make_code(session, over_for=timedelta(days=30)),
                    make_half(session, person, over_for=timedelta(days=30)),
                    make_ended(session, person=person, over_for=2 * SIGN_INS_KEPT_FOR).id,
                )
            )
        tasks.forget_proofs(database, settings)
        tasks.ForgetSignIns()(database, settings)
    assert all(later > earlier for earlier, later in zip(*made, strict=True))


def test_the_worker_forgets_by_itself_and_keeps_every_act_that_was_written_down(database, settings):
    with database.transaction() as session:
        person = make_person(session)
        for _ in range(2):
            make_code(session, over_for=timedelta(days=30))
            make_ended(session, person=person, over_for=2 * SIGN_INS_KEPT_FOR)
        long_ago = now(session) - timedelta(days=3_000)
        session.add(RateCounter(bucket="old", window_start=int(long_ago.timestamp()), count=1))
        record(session, actor_id=person.id, action="a.b", subject="c", details={}, at=long_ago)
    for chore in CHORES:
        chore(database, settings)
    with database.snapshot() as session:
        left = [
            session.scalar(select(func.count()).select_from(kind))
            for kind in (OneTimeCode, SignIn, RateCounter, AuditEntry)
        ]
    assert left == [1, 1, 0, 1]
