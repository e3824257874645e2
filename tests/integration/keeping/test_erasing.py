"""Who closed the account so long ago is erased, whole or not at all, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import Person, SignIn
from lms.audit.models import AuditEntry
from lms.db.base import Base
from lms.db.session import now
from lms.keeping import service
from lms.keeping.domain import GONE, NO_NAME
from lms.progress.models import StudyFlag, TimeRequest
from tests.factories.keeping import WORDS, china, close, rows_left

CLOSED = china(2021, 3, 5, 23, 59)
DUE = china(2026, 3, 6)
YEARS = 5
# They refuse by themselves; the other tables never did.
APPEND_ONLY = sorted(
    GONE
    - {"identity", "bank_account", "guardian", "consent", "totp_secret"}
    - {"eligibility_due", "class_wait", "particulars", "saved_filter", "list_columns"}
)


def erase(database, known, *, at=DUE):
    with database.transaction() as session:
        return service.erase(session, known.person_id, years=YEARS, now=at)


def closed(database, known, at=CLOSED):
    with database.transaction() as session:
        close(session, known.own.person, at)


def everything(database, person_id):
    with database.snapshot() as session:
        return rows_left(session, person_id)


def test_what_says_who_they_are_and_what_they_said_goes(database, two):
    first, other = two
    closed(database, first)
    before, of_other = everything(database, first.person_id), everything(database, other.person_id)
    assert set(before) >= GONE
    done = erase(database, first)
    after = everything(database, first.person_id)
    assert not set(after) & GONE
    assert {name: after[name] for name in ("enrollment", "watch_slice", "study_flag")} == {
        "enrollment": 1,
        "watch_slice": 1,
        "study_flag": 1,
    }
    assert everything(database, other.person_id) == of_other
    assert {name: done.rows[name] for name in GONE} == {name: before[name] for name in GONE}
    assert list(done.files) == [first.paper]
    with database.snapshot() as session:
        row = session.get_one(Person, first.person_id)
        assert (row.name, row.state, row.erased_at) == (NO_NAME, "closed", DUE)
        assert row.closed_at == CLOSED
        empty = (row.phone, row.former_phone, row.town, row.locale, row.password_hash)
        assert empty == (None,) * 5
        assert session.get_one(Person, other.person_id).name == "林秀芳"


def test_words_go_from_rows_that_stay_and_only_from_theirs(database, two):
    first, other = two
    closed(database, first)
    erase(database, first)
    with database.snapshot() as session:
        for model, nothing in ((TimeRequest, ""), (StudyFlag, None)):
            said = dict(session.execute(select(model.person_id, model.words)).all())
            assert said == {first.person_id: nothing, other.person_id: WORDS}


def test_a_sign_in_that_studying_names_stays_without_its_browser(database, two):
    first, _ = two
    closed(database, first)
    with database.snapshot() as session:
        before = session.scalar(select(func.count()).where(SignIn.person_id == first.person_id))
    done = erase(database, first)
    with database.snapshot() as session:
        rows = session.scalars(select(SignIn).where(SignIn.person_id == first.person_id)).all()
    assert (before, done.rows["sign_in"], len(rows)) == (2, 1, 1)
    assert {(row.browser_hash, row.device) for row in rows} == {(None, "")}


def test_it_is_written_down_once_with_counts_and_no_name(database, two):
    first, _ = two
    closed(database, first)
    done = erase(database, first)
    assert erase(database, first, at=DUE + timedelta(days=1)) is None
    with database.snapshot() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.erased"))
    assert (entry.subject, entry.actor_id) == (f"person:{first.person_id}", None)
    assert entry.details == {
        "closed_at": "2021-03-05T15:59:00Z",
        "rows": done.rows,
        "files": 1,
    }


@pytest.mark.parametrize(
    ("closed_at", "early", "due"),
    [
        (china(2021, 3, 5), china(2026, 3, 5, 23, 59), china(2026, 3, 6)),
        # In London it is the day before still.
        (china(2021, 3, 6, 7, 59), china(2026, 3, 6, 23, 59), china(2026, 3, 7)),
        (china(2024, 2, 29, 12), china(2029, 2, 28, 23, 59), china(2029, 3, 1)),
        (china(2023, 2, 28, 23, 59), china(2028, 2, 28, 23, 59), china(2028, 2, 29)),
    ],
)
def test_nothing_goes_a_minute_early(database, two, closed_at, early, due):
    first, _ = two
    closed(database, first, closed_at)
    before = everything(database, first.person_id)
    assert erase(database, first, at=early) is None
    assert everything(database, first.person_id) == before
    assert erase(database, first, at=due) is not None


def test_whoever_is_not_closed_stays_however_long_ago_they_came(database, two):
    first, other = two
    assert erase(database, first) is None
    with database.transaction() as session:
        close(session, other.own.person, CLOSED)
        session.get_one(Person, other.person_id).state = "active"
    assert erase(database, other) is None


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_lets_rows_go_of_the_erased_alone(database, two, table):
    first, _ = two
    closed(database, first)
    with pytest.raises(IntegrityError, match="never change"), database.transaction() as session:
        session.execute(delete(Base.metadata.tables[table]))


@pytest.mark.parametrize("model", [TimeRequest, StudyFlag])
def test_what_was_ruled_on_does_not_change_for_anybody_else(database, two, model):
    with pytest.raises(IntegrityError, match="never change"), database.transaction() as session:
        session.execute(update(model).values(words="别的"))


def test_an_erased_person_never_changes_and_an_open_account_is_never_marked(database, two):
    first, other = two
    closed(database, first)
    erase(database, first)
    for known, change in (
        (first, {"name": "林秀芳"}),
        (first, {"erased_at": None}),
        (other, {"erased_at": DUE}),
    ):
        own = update(Person).where(Person.id == known.person_id)
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(own.values(**change))


def test_a_halt_between_two_steps_leaves_everything(database, two, monkeypatch):
    first, _ = two
    closed(database, first)
    before = everything(database, first.person_id)
    steps = []

    def halting(place):
        real = service.delete_rows

        def step(*args):
            steps.append(place)
            if len(steps) > place:
                raise KeyboardInterrupt
            return real(*args)

        return step

    for place in range(len(GONE)):
        steps.clear()
        with monkeypatch.context() as halted:
            halted.setattr(service, "delete_rows", halting(place))
            with pytest.raises(KeyboardInterrupt):
                erase(database, first)
        assert everything(database, first.person_id) == before
        with database.snapshot() as session:
            row = session.get_one(Person, first.person_id)
            assert (row.name, row.erased_at) == ("林秀芳", None)
            said = select(func.count()).where(AuditEntry.action == "person.erased")
            assert session.scalar(said) == 0


def test_the_clock_of_the_database_decides(database, two):
    first, _ = two
    with database.transaction() as session:
        at = now(session)
    closed(database, first, at - timedelta(days=365 * YEARS - 1))
    assert erase(database, first, at=at) is None
