"""Looking at cards at the desk: what is kept, what is opened for whom, what is refused."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts.domain.bank import NewAccount
from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.accounts.service import banks
from lms.audit.models import AuditEntry
from lms.core.access import Role
from lms.db.session import now
from tests.factories.accounts import make_person
from tests.factories.identity import agree, make_identity, make_number

ACCOUNT = "6222021202001234562"


@pytest.fixture
def keys(settings):
    return keys_of(settings)


@pytest.fixture
def villager(database, small):
    with database.transaction() as session:
        return make_person(session, name="欧阳兰")


def state(database, person):
    with database.snapshot() as session:
        row = queries.identity_of(session, person.id)
        return row.state if row else None


def post(desk, person, action, **sent):
    return desk.post(f"/staff/people/{person.id}/{action}", data=sent)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MENTOR])
def test_office_and_village_helper_look_at_a_card(open_desk, database, villager, role):
    number = make_number()
    desk = open_desk(role)
    typed = f"{number[:6]} {number[6:]}"
    done = post(desk, villager, "identity", result="verified", number=typed, sensitive="1")
    assert done.status_code == 303
    assert state(database, villager) == "verified"
    sheet = desk.get(done.location).text
    assert number not in sheet
    assert "*" * 14 + number[-4:] in sheet
    assert "已核验" in sheet
    assert "书面" in sheet


def test_without_the_persons_consent_no_number_is_taken(open_desk, database, villager):
    answer = post(open_desk(), villager, "identity", result="verified", number=make_number())
    assert answer.status_code == 409
    assert "先得到本人同意" in answer.text
    assert state(database, villager) is None


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSTRUCTOR])
def test_other_roles_look_at_no_card(open_desk, database, villager, role):
    answer = post(open_desk(role), villager, "identity", result="verified", number=make_number())
    assert answer.status_code == 403
    assert state(database, villager) is None


def test_a_card_that_does_not_fit_needs_a_word_why(open_desk, database, villager, keys):
    with database.transaction() as session:
        make_identity(session, villager, keys)
    desk = open_desk()
    assert post(desk, villager, "identity", result="refused").status_code == 422
    assert state(database, villager) == "declared"
    post(desk, villager, "identity", result="refused", reason="照片不是本人")
    assert state(database, villager) == "refused"


def test_a_number_that_is_somebody_elses_is_refused_without_naming_them(
    open_desk, database, villager, keys
):
    with database.transaction() as session:
        other = make_person(session, name="程建军")
        clerk = make_person(session)
        number = make_identity(session, other, keys, checked_by=clerk)
    answer = post(
        open_desk(), villager, "identity", result="verified", number=number, sensitive="1"
    )
    assert answer.status_code == 409
    assert "程建军" not in answer.text
    assert state(database, villager) is None


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491231002", "<script>", "X" * 18]
)
def test_a_number_that_is_none_is_refused(open_desk, database, villager, number):
    answer = post(
        open_desk(), villager, "identity", result="verified", number=number, sensitive="1"
    )
    assert answer.status_code == 422
    assert state(database, villager) is None


def test_under_eighteen_the_guardian_comes_along(open_desk, database, villager):
    desk, number = open_desk(), make_number(date(2009, 6, 1))
    sent = {"result": "verified", "number": number, "sensitive": "1"}
    refused = post(desk, villager, "identity", **sent)
    assert refused.status_code == 409
    assert "监护人" in refused.text
    assert state(database, villager) is None
    guardian = {
        "guardian_name": "林母",
        "guardian_relation": "母亲",
        "guardian_phone": "13900000008",
    }
    assert post(desk, villager, "guardian", **guardian).status_code == 303
    assert post(desk, villager, "identity", **sent).status_code == 303
    assert state(database, villager) == "verified"


def test_a_whole_number_is_shown_once_to_who_says_what_for(open_desk, database, villager, keys):
    with database.transaction() as session:
        number = make_identity(session, villager, keys)
    desk = open_desk()
    assert post(desk, villager, "reveal").status_code == 422
    answer = post(desk, villager, "reveal", purpose="核对补贴名册")
    assert number in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    with database.snapshot() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "identity.read")
        ).one()
        assert entry.details == {"purpose": "核对补贴名册"}
        assert number not in str(entry.details)


def test_opening_a_number_asks_for_a_fresh_proof(open_desk, database, villager, keys):
    with database.transaction() as session:
        number = make_identity(session, villager, keys)
    desk = open_desk(confirmed=timedelta(minutes=11))
    answer = post(desk, villager, "reveal", purpose="核对补贴名册")
    assert answer.location.startswith("/confirm")
    assert number not in answer.text


@pytest.mark.parametrize("role", [Role.MENTOR, Role.SUPERVISOR])
def test_who_only_looks_at_cards_opens_no_number(open_desk, database, villager, keys, role):
    with database.transaction() as session:
        make_identity(session, villager, keys)
    assert post(open_desk(role), villager, "reveal", purpose="核对名册").status_code == 403


def test_an_account_is_looked_at_and_opened_on_the_record(open_desk, database, villager, keys):
    with database.transaction() as session:
        agree(session, villager, "sensitive")
        banks.declare(
            session,
            person_id=villager.id,
            new=NewAccount(ACCOUNT, "常山农商行", "欧阳兰"),
            by_id=villager.id,
            keys=keys,
            now=now(session),
        )
    desk = open_desk()
    post(desk, villager, "account", own="yes")
    sheet = desk.get(f"/staff/people/{villager.id}").text
    assert ACCOUNT not in sheet
    assert "本人账户" in sheet
    opened = post(desk, villager, "reveal", what="account", purpose="银行退票")
    assert ACCOUNT in opened.text
    with database.snapshot() as session:
        kept = queries.bank_of(session, villager.id)
        assert (kept.state, ACCOUNT in kept.number) == ("confirmed", False)


def test_what_waits_for_a_second_proof_is_unlocked_in_person(open_desk, database, villager):
    with database.transaction() as session:
        session.get_one(Person, villager.id).held_at = now(session)
    desk = open_desk(Role.MENTOR)
    assert "待确认本人" in desk.get(f"/staff/people/{villager.id}").text
    post(desk, villager, "unlock")
    with database.snapshot() as session:
        assert session.get_one(Person, villager.id).held_at is None
