"""/me/identity, /me/bank, /me/consents and /me/guardian, and the question whose a number is."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from lms.accounts import queries
from lms.accounts.domain import texts
from lms.accounts.domain.proofs import SILENT_FOR
from lms.accounts.models import Consent, OneTimeCode, Person
from lms.audit.models import AuditEntry
from lms.db.session import now
from tests.factories.accounts import make_person, sent_code, sign_in
from tests.factories.identity import agree, make_identity, make_number
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as

OWN = ["/me/identity", "/me/bank", "/me/consents", "/me/guardian"]
ACCOUNT = "4539578763621486"


@pytest.fixture
def browser(client, learner):
    sign_in(client, learner)
    return client


def row(database, learner):
    with database.snapshot() as session:
        return queries.identity_of(session, learner.id)


def account(database, learner):
    with database.snapshot() as session:
        return queries.bank_of(session, learner.id)


def live(database, learner):
    with database.snapshot() as session:
        return {each.subject for each in queries.live_consents(session, learner.id)}


@pytest.mark.parametrize("path", OWN)
def test_a_visitor_signs_in_first(client, path):
    assert client.get(path).location == f"/sign-in?next={path}"
    assert client.post(path).status_code in (302, 405)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", OWN)
def test_each_page_is_there_in_both_languages_with_empty_boxes(browser, path, language):
    answer = browser.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert " checked" not in answer.text


def test_a_number_is_kept_with_its_consent_and_shown_by_its_end(browser, database, learner):
    number = make_number()
    typed = f"{number[:6]} {number[6:14]} {number[14:].lower()}"
    answer = browser.post("/me/identity", data={"number": typed, "sensitive": "1"})
    assert answer.status_code == 303
    page = browser.get("/me/identity").text
    assert number not in page
    assert number[-4:] in page
    assert "还没核验" in page
    with database.snapshot() as session:
        given = session.scalars(select(Consent).where(Consent.subject == "sensitive")).one()
        assert (given.way, given.version, given.network) == ("own", "1", "127.0.0.0/24")


def test_without_the_tick_nothing_is_kept(browser, database, learner):
    answer = browser.post("/me/identity", data={"number": make_number()})
    assert answer.status_code == 422
    assert "打勾" in answer.text
    assert row(database, learner) is None
    assert live(database, learner) == set()


@pytest.mark.parametrize("number", ["", "1101054912310021", "110105194912310021", "<script>"])
def test_a_number_that_is_none_is_told_in_a_sentence(browser, database, learner, number):
    answer = browser.post("/me/identity", data={"number": number, "sensitive": "1"})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert row(database, learner) is None


def test_somebody_elses_number_is_refused_and_nothing_is_told(
    browser, database, learner, settings, keys
):
    with database.transaction() as session:
        other = make_person(session, name="程建军")
        number = make_identity(session, other, keys)
    answer = browser.post("/me/identity", data={"number": number, "sensitive": "1"})
    assert answer.status_code == 422
    assert "程建军" not in answer.text
    assert "12333" in answer.text
    assert row(database, learner) is None


def test_trying_numbers_out_is_limited(browser, database):
    codes = [
        browser.post("/me/identity", data={"number": make_number(), "sensitive": "1"}).status_code
        for _ in range(11)
    ]
    assert codes == [303] * 10 + [429]


def test_an_account_is_kept_sealed(browser, database, learner):
    sent = {"number": "4539 5787 6362 1486", "bank": "常山农商行", "sensitive": "1"}
    assert browser.post("/me/bank", data=sent).status_code == 303
    kept = account(database, learner)
    assert (kept.mask, kept.holder, kept.state) == ("*" * 12 + "1486", learner.name, "declared")
    assert ACCOUNT not in kept.number
    assert ACCOUNT not in browser.get("/me/identity").text


def test_a_doubtful_account_is_asked_about_and_then_taken(browser, database, learner):
    sent = {"number": ACCOUNT[:-1] + "7", "bank": "常山农商行", "sensitive": "1"}
    answer = browser.post("/me/bank", data=sent)
    assert answer.status_code == 422
    assert 'name="sure"' in answer.text
    assert account(database, learner) is None
    assert browser.post("/me/bank", data={**sent, "sure": "1"}).status_code == 303
    assert account(database, learner) is not None


@pytest.mark.parametrize(
    "sent", [{"number": "12"}, {"number": ACCOUNT, "bank": ""}, {"number": "abc", "bank": "x"}]
)
def test_an_account_that_is_none_is_refused(browser, database, learner, sent):
    answer = browser.post("/me/bank", data={"bank": "农商行", "sensitive": "1", **sent})
    assert answer.status_code == 422
    assert account(database, learner) is None


def test_an_account_of_somebody_else_is_refused(browser, database, learner, app, keys):
    with database.transaction() as session:
        other = make_person(session)
    stranger = app.test_client()
    sign_in(stranger, other)
    sent = {"number": ACCOUNT, "bank": "农商行", "sensitive": "1"}
    assert stranger.post("/me/bank", data=sent).status_code == 303
    assert browser.post("/me/bank", data=sent).status_code == 422
    assert account(database, learner) is None


def test_consent_is_given_and_taken_back_each_by_itself(browser, database, learner):
    assert browser.post("/me/consents/handover", data={}).status_code == 422
    browser.post("/me/consents/handover", data={"agreed": "1"})
    assert live(database, learner) == {"handover"}
    browser.post("/me/consents/sensitive", data={"agreed": "1"})
    browser.post("/me/consents/handover/take-back")
    assert live(database, learner) == {"sensitive"}
    with database.snapshot() as session:
        acts = session.scalars(select(AuditEntry.action)).all()
    assert acts == ["consent.taken_back"]
    assert "撤回" in browser.get("/me/consents").text


def test_taking_consent_to_numbers_back_deletes_the_account_and_lets_the_number_rest(
    browser, database, learner, keys
):
    with database.transaction() as session:
        make_identity(session, learner, keys)
    browser.post("/me/bank", data={"number": ACCOUNT, "bank": "农商行"})
    browser.post("/me/consents/sensitive/take-back")
    assert account(database, learner) is None
    assert row(database, learner) is not None
    assert "已停用" in browser.get("/me/identity").text


@pytest.mark.parametrize("subject", ["terms", "privacy", "guardian", "nothing"])
def test_what_being_here_rests_on_is_not_taken_back_alone(browser, subject):
    assert browser.post(f"/me/consents/{subject}/take-back").status_code == 404
    assert browser.post(f"/me/consents/{subject}", data={"agreed": "1"}).status_code == 404


def test_a_guardian_agrees_by_a_code_to_their_own_phone(browser, database, learner, keys):
    with database.transaction() as session:
        make_identity(session, learner, keys, number=make_number(date(2009, 6, 1)))
    assert "监护人也要同意" in browser.get("/me/identity").text
    mother = {"name": "林母", "relation": "母亲", "phone": "13900000008"}
    own = browser.post("/me/guardian", data={**mother, "phone": PHONE})
    assert own.status_code == 422
    browser.post("/me/guardian", data=mother)
    assert browser.post("/me/guardian/code", data={"code": "000000"}).status_code == 422
    code = sent_code(database, mother["phone"])
    assert browser.post("/me/guardian/code", data={"code": code}).status_code == 303
    with database.snapshot() as session:
        kept = queries.guardian_of(session, learner.id)
        assert (kept.name, kept.proof, kept.recorded_by_id) == ("林母", "code", None)


@pytest.fixture
def silent(database, learner):
    """The learner was last here so long ago that the number may be somebody else's."""
    with database.transaction() as session:
        session.execute(update(Person).values(created_at=now(session) - SILENT_FOR))
    return learner


def come(client, database):
    client.post("/sign-in", data={"phone": PHONE, "agreed": "1"})
    return client.post("/sign-in/code", data={"code": sent_code(database, PHONE)})


def test_nothing_of_a_silent_account_is_shown_before_its_owner_says_so(client, database, silent):
    assert come(client, database).location == "/sign-in/owner"
    page = client.get("/sign-in/owner").text
    assert silent.name not in page
    assert signed_in_as(client) is None
    assert client.post("/sign-in/owner", data={"mine": "maybe"}).status_code == 422


def test_the_owner_comes_in_and_unlocks_with_the_password(client, database, silent):
    come(client, database)
    assert client.post("/sign-in/owner", data={"mine": "yes"}).status_code == 303
    assert signed_in_as(client) == silent.name
    sent = {"number": make_number(), "sensitive": "1"}
    assert "先锁定" in client.get("/me/identity").text
    assert client.post("/me/identity", data=sent).status_code == 409
    assert client.post("/me/identity/unlock", data={"password": "guess"}).status_code == 422
    assert client.post("/me/identity/unlock", data={"password": PASSWORD}).status_code == 303
    assert client.post("/me/identity", data=sent).status_code == 303


def test_the_new_owner_of_a_number_begins_anew(client, database, silent):
    come(client, database)
    assert client.post("/sign-in/owner", data={"mine": "no"}).location == "/sign-in/name"
    page = client.get("/sign-in/name").text
    assert silent.name not in page
    client.post("/sign-in/name", data={"name": "周敏"})
    assert signed_in_as(client) == "周敏"
    with database.snapshot() as session:
        old = session.get_one(Person, silent.id)
        assert (old.phone, old.former_phone) == (None, PHONE)


@pytest.mark.parametrize(("mine", "name"), [(True, "林秀芳"), (False, "周敏")])
def test_programs_are_asked_whose_it_is_too(client, database, silent, mine, name):
    client.post("/api/v1/session/code", json={"phone": PHONE})
    sent = {"phone": PHONE, "code": sent_code(database, PHONE), "name": "周敏", "agreed": True}
    refused = client.post("/api/v1/session", json=sent)
    assert refused.status_code == 422
    assert refused.json["fields"]["mine"]["code"] == "whose_account"
    answer = client.post("/api/v1/session", json={**sent, "mine": mine})
    assert answer.status_code == 200
    assert answer.json["person"]["name"] == name


def test_nobody_waits_at_the_door_without_a_proof(client):
    assert client.get("/sign-in/owner").location == "/sign-in"
    assert client.post("/sign-in/owner", data={"mine": "yes"}).status_code == 409


def test_the_question_is_over_after_a_quarter_of_an_hour(client, database, silent):
    come(client, database)
    with database.transaction() as session:
        session.execute(update(OneTimeCode).values(proved_at=now(session) - timedelta(minutes=16)))
    assert client.post("/sign-in/owner", data={"mine": "no"}).status_code == 409
    with database.snapshot() as session:
        assert session.get_one(Person, silent.id).phone == PHONE


def test_an_old_agreement_makes_room_for_the_newer_text(database, learner, monkeypatch):
    with database.transaction() as session:
        agree(session, learner, "handover")
    monkeypatch.setattr(texts, "version_of", lambda _subject: "2")
    with database.transaction() as session:
        agree(session, learner, "handover")
        agree(session, learner, "handover")
    with database.snapshot() as session:
        rows = queries.consents_of(session, learner.id)
    assert [(each.version, each.withdrawn_at is None) for each in rows] == [
        ("2", True),
        ("1", False),
    ]
