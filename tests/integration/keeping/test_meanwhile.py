"""Nothing is written about somebody who was erased, not even where both happen at once."""

from contextlib import ExitStack

import pytest
from sqlalchemy import insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import Person, RoleGrant
from lms.core.access import Role
from lms.core.ids import new_uuid
from lms.db.base import Base
from lms.db.ddl import ERASED
from lms.db.owned import owned_tables
from lms.db.schema import load_metadata
from lms.db.session import now
from lms.keeping import service
from lms.keeping.domain import GOES_ON, GONE, LEFT, LEFT_OUT, WORDLESS
from tests.factories.keeping import WORDS, china, close, rows_left
from tests.support.waits import waiting

CLOSED, DUE, YEARS = china(2021, 3, 5), china(2026, 3, 6), 5
OWNED = owned_tables(load_metadata())
REFUSING = sorted(set(OWNED) - {"person"} - GOES_ON - LEFT_OUT)
BELOW_GONE = {"certificate_entry"}


@pytest.fixture
def first(database, two):
    """Somebody who is due to be erased."""
    with database.transaction() as session:
        close(session, two[0].own.person, CLOSED)
    return two[0]


def erase(session, known):
    return service.erase(session, known.person_id, years=YEARS, now=DUE)


def left(database, known):
    with database.snapshot() as session:
        return rows_left(session, known.person_id)


def another(session, name, known, other):
    """Return the values of one more row of the table about somebody, as one about the other is."""
    table, owned = Base.metadata.tables[name], OWNED[name]
    found = session.execute(select(table).where(owned.of(other.person_id))).mappings().first()
    values = dict(found or {})
    if owned.through is None:
        values["person_id"] = known.person_id
    else:
        mine = select(owned.through.table).where(owned.through.of(known.person_id))
        values[owned.column.name] = session.execute(mine).mappings().first()["id"]
    if "id" in values:
        values["id"] = new_uuid() if isinstance(values["id"], str) else 1_000_000
    return values


def write(database, name, values):
    """Write a row; of tables with none yet only whose it would be, which is looked at first."""
    with database.transaction() as session:
        table = Base.metadata.tables[name]
        columns = [table.c[each] for each in values]
        session.execute(
            insert(table).from_select(
                columns, select(*map(literal, values.values(), [each.type for each in columns]))
            )
        )


def test_every_table_of_a_person_is_kept_or_named(database):
    assert set(OWNED) - {"person"} == GONE | LEFT | set(WORDLESS)
    assert GOES_ON <= LEFT
    assert not (GOES_ON & LEFT_OUT)


@pytest.mark.parametrize("name", REFUSING)
def test_after_it_the_database_refuses(database, two, first, name):
    with database.snapshot() as session:
        values = another(session, name, first, two[1])
    with database.transaction() as session:
        erase(session, first)
    before = left(database, first)
    # Of what went the key to it refuses.
    with pytest.raises(IntegrityError, match="(?i)foreign" if name in BELOW_GONE else ERASED):
        write(database, name, values)
    assert left(database, first) == before


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_what_is_found_of_many_leaves_out_the_erased_alone(database, two, first, name):
    table = Base.metadata.tables[name]
    with database.transaction() as session:
        mine = another(session, name, first, two[1])
        erase(session, first)
        if name == "eligibility_due":
            session.execute(table.delete())
    before = left(database, first)
    changed = {each: 800_000 for each in ("number", "day") if each in table.c}
    mine.pop("id", None)
    theirs = {**mine, "person_id": two[1].person_id}
    if "key" in mine:
        mine["key"], theirs["key"] = "first", "second"
    of_other = left(database, two[1]).get(name, 0)
    with database.transaction() as session:
        session.execute(insert(table), [{**mine, **changed}, {**theirs, **changed}])
    assert left(database, first) == before
    assert left(database, two[1])[name] == of_other + 1


@pytest.mark.parametrize("name", sorted(WORDLESS))
def test_no_words_come_back_into_rows_that_stay(database, two, first, name):
    table = Base.metadata.tables[name]
    with database.transaction() as session:
        erase(session, first)
    again = update(table).where(table.c.person_id == first.person_id).values(words=WORDS)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(again)


class TestAtOnce:
    """Only PostgreSQL lets two write at the same time."""

    @pytest.fixture
    def engine(self):
        return "postgresql"

    @pytest.fixture(autouse=True)
    def marked(self, request):
        request.node.add_marker(pytest.mark.postgres)

    # All at once would want more connections than a process has.
    @pytest.mark.parametrize("half", [0, 1])
    def test_who_writes_while_somebody_is_erased_waits_and_is_refused(
        self, database, two, first, half
    ):
        names = REFUSING[half::2]
        with database.snapshot() as session:
            rows = {name: another(session, name, first, two[1]) for name in names}
        said: dict[str, str] = {}

        def work(name):
            try:
                write(database, name, rows[name])
            except IntegrityError as error:
                said[name] = str(error.orig)
            else:
                said[name] = "written"

        works = [lambda name=name: work(name) for name in names]
        with ExitStack() as erasing, ExitStack() as writing:
            erase(erasing.enter_context(database.transaction()), first)
            writing.enter_context(waiting(database, works))
            erasing.close()
        assert {name: ERASED in words for name, words in said.items()} == dict.fromkeys(names, True)
        assert not set(left(database, first)) & GONE

    def test_whom_somebody_writes_about_is_erased_once_that_is_over(self, database, two, first):
        with database.snapshot() as session:
            facts = another(session, "learner_fact", first, two[1])
        with database.transaction() as session:
            session.execute(insert(Base.metadata.tables["learner_fact"]).values(facts))
            with database.transaction() as other:
                assert erase(other, first) is None
        known = left(database, first)["learner_fact"]
        with database.transaction() as session:
            assert erase(session, first).rows["learner_fact"] == known
        assert not set(left(database, first)) & GONE


def test_a_role_given_to_somebody_erased_is_refused_and_the_others_stand(
    database, two, first, clerk
):
    with database.transaction() as session:
        erase(session, first)
    for known in (two[1], first):
        role = RoleGrant(
            person_id=known.person_id,
            role=Role.INSTRUCTOR,
            scope_kind="platform",
            granted_by_id=clerk.id,
            granted_at=DUE,
        )
        if known is first:
            with pytest.raises(IntegrityError, match=ERASED), database.transaction() as session:
                session.add(role)
        else:
            with database.transaction() as session:
                session.add(role)
    with database.snapshot() as session:
        roles = session.scalars(select(RoleGrant.person_id)).all()
        assert two[1].person_id in roles
        assert first.person_id not in roles
        assert session.get_one(Person, first.person_id).erased_at == DUE
        assert now(session) > DUE
