"""/sign-in/agree: whoever others wrote down is asked to agree before anything else."""

import pytest
from sqlalchemy import select, update

from lms.accounts.domain.texts import TO_SIGN_UP
from lms.accounts.models import Consent, ConsentWay, Person, SignIn
from lms.accounts.service import consents
from lms.accounts.service.consents import Given
from lms.core.access import Role
from lms.core.clock import utc_now
from lms.db.session import now
from tests.factories.accounts import make_person, make_staff, sent_code, sign_in
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as

ASKED = "/sign-in/agree"


@pytest.fixture
def listed(database):
    """Somebody of a roster: others said that they agreed on paper."""
    with database.transaction() as session:
        clerk = make_staff(session, Role.ADMINISTRATOR, name="周敏")
        person = make_person(session, phone=PHONE)
        given = Given(ConsentWay.PAPER, clerk.id)
        consents.agree(
            session, person_id=person.id, subjects=TO_SIGN_UP, given=given, now=now(session)
        )
        return person


@pytest.fixture
def unasked(database):
    """Somebody whom an operator wrote down without a word of agreement."""
    with database.transaction() as session:
        return make_person(session, phone=PHONE)


def prove(client, database, **fields):
    client.post("/sign-in", data={"phone": PHONE, **fields})
    return client.post("/sign-in/code", data={"code": sent_code(database, PHONE)})


def own_words(database, person):
    with database.snapshot() as session:
        live = select(Consent).where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
        return {each.subject: each.way for each in session.scalars(live)}


@pytest.mark.parametrize("who", ["listed", "unasked"])
def test_nothing_opens_before_they_agree(client, database, request, who):
    person = request.getfixturevalue(who)
    assert prove(client, database).location == ASKED
    assert signed_in_as(client) is None
    assert client.get("/me").status_code == 302
    page = client.get(ASKED).text
    assert "请先阅读并同意" in page
    assert 'href="/terms"' in page
    assert 'href="/privacy"' in page
    assert person.name not in page
    refused = client.post(ASKED)
    assert (refused.status_code, "请先看用户约定和隐私说明" in refused.text) == (422, True)
    assert signed_in_as(client) is None
    assert client.post(ASKED, data={"agreed": "1"}).status_code == 303
    assert signed_in_as(client) == person.name
    assert own_words(database, person) == {"terms": "own", "privacy": "own"}


def test_who_ticked_it_with_the_number_is_in_at_once_and_asked_only_once(
    client, database, listed, app
):
    assert prove(client, database, agreed="1").location != ASKED
    assert signed_in_as(client) == listed.name
    other = app.test_client()
    with database.transaction() as session:
        session.execute(update(Consent).values(given_at=now(session)))
    client.post("/sign-out")
    assert own_words(database, listed) == {"terms": "own", "privacy": "own"}
    assert other.get(ASKED).location == "/sign-in"


def test_programs_are_told_and_the_code_stays_good(client, database, listed):
    client.post("/api/v1/session/code", json={"phone": PHONE})
    body = {"phone": PHONE, "code": sent_code(database, PHONE)}
    refused = client.post("/api/v1/session", json=body)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["agreed"])
    answer = client.post("/api/v1/session", json={**body, "agreed": True})
    assert answer.json["person"]["id"] == listed.id


def test_a_first_password_is_no_way_around_it(client, database, listed):
    client.post("/forgot-password", data={"phone": PHONE})
    sent = {"code": sent_code(database, PHONE), "password": PASSWORD}
    assert client.post("/forgot-password/code", data=sent).location == ASKED
    with database.snapshot() as session:
        assert session.get_one(Person, listed.id).password_hash is None
    assert "密码还没有设" in client.get(ASKED).text


def test_agreeing_is_no_way_around_the_question_whose_a_silent_number_is(client, database, listed):
    with database.transaction() as session:
        long_ago = now(session).replace(year=now(session).year - 1)
        session.get_one(Person, listed.id).created_at = long_ago
    assert prove(client, database).location == "/sign-in/owner"
    assert client.post(ASKED, data={"agreed": "1"}).status_code == 409
    assert signed_in_as(client) is None
    assert client.post("/sign-in/owner", data={"mine": "yes"}).location == ASKED
    client.post(ASKED, data={"agreed": "1"})
    assert signed_in_as(client) == listed.name


def test_who_closed_the_account_comes_back_at_the_office(client, database, learner, app):
    sign_in(client, learner, confirmed_at=utc_now())
    assert "请带身份证到培训单位" in client.post("/me/close", follow_redirects=True).text
    with database.transaction() as session:
        clerk = make_staff(session, Role.ADMINISTRATOR, name="周敏")
        # It was long ago, so the number alone would prove too little.
        long_ago = now(session).replace(year=now(session).year - 1)
        session.execute(update(SignIn).values(last_seen_at=long_ago, browser_hash=None))
    desk = app.test_client()
    sign_in(desk, clerk, confirmed_at=utc_now())
    sheet = f"/staff/people/{learner.id}"
    assert desk.post(f"{sheet}/phone", data={"phone": PHONE}).status_code == 409
    opened = desk.post(f"{sheet}/let-in", follow_redirects=True).text
    assert "账号已重新开通，学过的都在" in opened
    assert "换手机号" in opened
    desk.post(f"{sheet}/phone", data={"phone": PHONE})
    assert prove(client, database).location == ASKED
    assert "重新开通" in client.get(ASKED).text
    client.post(ASKED, data={"agreed": "1"})
    assert signed_in_as(client) == learner.name
    with database.snapshot() as session:
        person = session.get_one(Person, learner.id)
        assert (person.state, person.closed_at, person.held_at) == ("active", None, None)
    assert own_words(database, learner) == {"terms": "own", "privacy": "own"}
