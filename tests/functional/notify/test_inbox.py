"""/me/inbox: what one was told, in one's language, for oneself alone."""

import re

import pytest
from flask import Flask

from lms.jobs.service import GAVE_UP
from lms.notify.domain.notices import NOTICES, address, kept
from tests.factories.accounts import make_person, sign_in
from tests.factories.notify import CLAIM, REASON, make_message, values_of
from tests.support.statements import assert_cheap

PAGE = "/me/inbox"


@pytest.fixture
def person(database):
    with database.transaction() as session:
        return make_person(session)


@pytest.fixture
def stranger(database):
    with database.transaction() as session:
        return make_person(session, name="王小二")


@pytest.fixture
def reader(client, person):
    sign_in(client, person)
    return client


def told(database, person, *templates, **values):
    with database.transaction() as session:
        return [make_message(session, person, each, **values).id for each in templates]


def titles(page):
    return re.findall(r"<h2 id=\"m-\d+\">([^<]+)</h2>", page)


def test_an_empty_inbox_says_what_will_stand_there(reader):
    page = reader.get(PAGE).text
    assert "还没有消息" in page
    assert "全部标为已读" not in page


def test_messages_stand_newest_first_in_the_readers_language(reader, database, person):
    told(database, person, "claim_public", "claim_returned")
    page = reader.get(PAGE).text
    assert titles(page) == ["要补材料", "正在公示"]
    assert f'申请 <span class="nb">{CLAIM}</span> 公示到 <span class="nb">7 月 17 日</span>' in page
    assert REASON in page
    english = reader.get(f"{PAGE}?lang=en").text
    assert titles(english) == ["Something is missing", "Your claim is on the public list"]
    assert f'Claim <span class="nb">{CLAIM}</span> stands there until' in english
    texts = [reader.get(f"/api/v1{PAGE}?lang={each}").json["items"][1] for each in ("zh", "en")]
    assert texts[0]["text"] == f"申请 {CLAIM} 公示到 7 月 17 日，没人反对就往下办拨款。"
    assert texts[1]["text"].startswith(f"Claim {CLAIM} stands there until 17 July.")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_can_be_read(reader, database, person, language):
    told(database, person, *NOTICES)
    seen = [
        title
        for after in ("", f"&after={min(told_ids(reader))}")
        for title in titles(reader.get(f"{PAGE}?lang={language}{after}").text)
    ]
    assert len(set(seen)) == len(NOTICES)
    assert all(title.isascii() == (language == "en") for title in seen)


def told_ids(reader):
    return [each["id"] for each in reader.get(f"/api/v1{PAGE}").json["items"]]


def test_a_reason_the_site_gives_is_said_in_the_readers_language(reader, database, person):
    told(database, person, "claim_reopened", reason=GAVE_UP)
    said = [reader.get(f"{PAGE}?lang={each}").text for each in ("en", "zh")]
    assert [GAVE_UP.text in each for each in said] == [True, False]
    assert "中途停了" in said[1]


def test_a_page_holds_twenty_and_leads_to_older_ones(reader, database, person):
    first = told(database, person, *["claim_looked_at"] * 21)
    page = reader.get(PAGE).text
    assert len(titles(page)) == 20
    older = re.search(r'rel="next" href="([^"]+)"', page)[1]
    assert f'id="m-{first[0]}"' in reader.get(older).text
    assert len(titles(reader.get(older).text)) == 1
    assert reader.get(f"{PAGE}?after=x").status_code == 422


def test_what_was_not_read_is_marked_and_counted_on_ones_own_page(reader, database, person):
    told(database, person, "claim_submitted", "claim_paid")
    assert "2 条未读" in reader.get("/me").text
    page = reader.get(PAGE).text
    assert page.count(">未读<") == 2
    newest = re.search(r'name="newest" value="(\d+)"', page)[1]
    # One that came meanwhile was not on the page.
    told(database, person, "claim_withdrawn")
    assert reader.post(f"{PAGE}/read", data={"newest": newest}).location == PAGE
    assert "1 条未读" in reader.get("/me").text
    assert reader.post(f"{PAGE}/read").status_code == 422


def test_opening_one_notes_that_and_leads_to_what_it_is_about(reader, database, person):
    account, claim = told(database, person, "claim_bank_returned", "claim_paid")
    assert reader.post(f"{PAGE}/{account}/open").location == "/me/bank"
    assert reader.post(f"{PAGE}/{account}/open").location == "/me/bank"
    below = {"SCRIPT_NAME": "/xiangbo"}
    answer = reader.post(f"{PAGE}/{claim}/open", environ_overrides=below)
    assert answer.location.startswith("/xiangbo/me/")
    assert "条未读" not in reader.get("/me").text


def test_a_stranger_sees_and_opens_nothing_of_it(client, database, person, stranger):
    (mine,) = told(database, person, "claim_paid")
    sign_in(client, stranger)
    assert "还没有消息" in client.get(PAGE).text
    assert client.get(f"/api/v1{PAGE}").json == {"items": [], "next": None, "unread": 0}
    assert client.post(f"{PAGE}/{mine}/open").status_code == 404
    client.post(f"{PAGE}/read", data={"newest": mine})
    sign_in(client, person)
    assert client.get(f"/api/v1{PAGE}").json["unread"] == 1


def test_every_message_leads_to_a_page_there_is(app: Flask):
    addresses = app.url_map.bind("localhost")
    for template in NOTICES:
        where = address(template, kept(template, values_of(template)))
        assert addresses.match(where, method="GET")


def test_the_page_is_cheap(reader, database, person):
    told(database, person, *NOTICES)
    assert_cheap(reader, database, PAGE)
    assert len(reader.get(PAGE).text.encode()) < 20_000
