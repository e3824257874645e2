"""Whoever one is: every link of every page leads somewhere, every form has someone who takes it."""

from collections import deque
from datetime import date
from html.parser import HTMLParser
from urllib.parse import SplitResult, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import RoutingException

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.credentials.models import BadgeRequest
from lms.db.session import Database, now
from lms.settings import Settings
from lms.subsidy.models import SubsidyClaim
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.assessment import make_graded_attempt, make_quiz
from tests.factories.catalog import lesson, make_course, practice, quiz, reading, video
from tests.factories.credentials import make_badge
from tests.factories.enrollment import make_enrollment
from tests.factories.handed_claims import make_paid_claims
from tests.factories.media import make_asset, make_caption
from tests.factories.progress import Entry, make_day
from tests.support.site import Client

_MOST = 400
GRADUATE = "graduate"
DAY = date(2026, 5, 18)
FILE = "/supervision/learners/{learner}"
# A click there ends the visit; a download is fetched once.
_LEFT_OUT = ("/sign-out", "/media/", "/static/")
# Every page in larger type and in the other language: followed from the first pages alone.
_SAME_AGAIN = ("big=", "lang=")
# A page's own tests ask it on both engines; here all of them are gone through once in each.
IN_EACH_LANGUAGE = pytest.mark.parametrize(
    ("language", "engine"),
    [("zh", "sqlite"), pytest.param("en", "postgresql", marks=pytest.mark.postgres)],
)


class _Page(HTMLParser):
    """The addresses a page links to and posts to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, buttons with an address of their own, and forms."""
        named = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if tag == "form":
            method = named.get("method", "get").upper()
            self.forms.append(
                (method if method in ("GET", "POST") else "GET", named.get("action", ""))
            )


def crawl(client: Client, app: Flask, *starts: str) -> tuple[list[str], list[str]]:
    """Follow every link; return the pages seen and what led nowhere."""
    waiting, seen, faults = deque(starts), list(starts), []
    routes = app.url_map.bind("localhost")
    while waiting and len(seen) < _MOST:
        here = waiting.popleft()
        answer = client.get(here)
        if answer.status_code >= 400:
            faults.append(f"{answer.status_code} {here}")
        page = _Page(answer.text if answer.mimetype == "text/html" else "")
        if answer.location:
            page.links.append(answer.location)
        for method, action in page.forms:
            try:
                routes.match(urlsplit(urljoin(here, action)).path, method=method)
            except RoutingException as fault:
                faults.append(f"{here}: nobody takes {method} {action}: {fault}")
        for link in page.links:
            there = urlsplit(urljoin(f"http://localhost{here}", link))
            address = there.path + (f"?{there.query}" if there.query else "")
            if _leads_on(there, from_start=here in starts) and address not in seen:
                seen.append(address)
                waiting.append(address)
    return seen, faults


def _leads_on(there: SplitResult, *, from_start: bool) -> bool:
    again = any(each.startswith(_SAME_AGAIN) for each in there.query.split("&"))
    is_near = there.netloc == "localhost" and not there.path.startswith(_LEFT_OUT)
    return is_near and (from_start or not again)


@pytest.fixture
def town(database: Database, settings: Settings):
    """A person of each kind around one course, some of it done."""
    with database.transaction() as session:
        asset = make_asset(session)
        make_caption(session, asset)
        first, final = make_quiz(session), make_quiz(session)
        course = make_course(
            session,
            lessons=[
                lesson(
                    "A01",
                    video(asset_id=asset.id),
                    reading(),
                    practice(),
                    quiz(quiz_id=first.id),
                ),
                lesson("FINAL", quiz("final", quiz_id=final.id)),
            ],
        )
        people = {None: make_person(session)}
        enrollment = make_enrollment(
            session, person=people[None], course=course, done=["A01/video", "A01/quiz"]
        )
        make_graded_attempt(session, enrollment, course, "A01/quiz", percent=80, points=8)
        make_day(session, enrollment, course, "A01/video", DAY, [Entry(credited=15)] * 70)
        for role in (Role.INSTRUCTOR, Role.ADMINISTRATOR, Role.SUPERVISOR):
            people[role] = make_person(session)
            make_grant(session, people[role], role, Scope(ScopeKind.PLATFORM))
    people[GRADUATE] = _graduate(database, settings, people[Role.ADMINISTRATOR])
    return people


def _graduate(database: Database, settings: Settings, administrator: Person) -> Person:
    """Make somebody with a badge that an administrator wants to take back."""
    badge = make_badge(database, settings)
    with database.transaction() as session:
        session.add(
            BadgeRequest(
                credential_id=badge.id,
                aim="revoke",
                reason="issued_in_error",
                note="复查",
                asked_by_id=administrator.id,
                asked_at=now(session),
            )
        )
        return session.get_one(Person, badge.person_id)


@IN_EACH_LANGUAGE
@pytest.mark.parametrize(
    ("role", "must_see"),
    [
        (None, ["/me/record", "/me/time", "/learn/{slug}/A01.practice", f"/me/record/days/{DAY}"]),
        (GRADUATE, ["/me/badges", "/.well-known/did.json"]),
        (Role.INSTRUCTOR, ["/studio", "/studio/courses/{slug}/lessons/A01"]),
        (Role.SUPERVISOR, ["/supervision/sample", f"{FILE}/days/{DAY}", f"{FILE}/print"]),
        (
            Role.ADMINISTRATOR,
            [
                *("/staff/batches", "/staff/exports", "/staff/badges/requests"),
                *("/staff/time/outages", "/staff/flags?state=ruled"),
            ],
        ),
    ],
)
def test_every_link_of_a_signed_in_person_leads_somewhere(
    app: Flask, client: Client, town, role: Role | str | None, must_see: list[str], language: str
) -> None:
    sign_in(client, town[role], confirmed_at=utc_now(), second_factor_at=utc_now())
    client.get(f"/?lang={language}")
    seen, faults = crawl(client, app, "/")
    assert faults == []
    learner_id = town[None].id
    slug = next(each.split("/")[2] for each in seen if each.startswith("/courses/"))
    for address in must_see:
        assert address.format(slug=slug, learner=learner_id) in seen


@IN_EACH_LANGUAGE
def test_every_link_of_whoever_was_paid_leads_somewhere(
    app: Flask, client: Client, database: Database, settings: Settings, language: str
) -> None:
    with database.transaction() as session:
        [paid] = make_paid_claims(session, keys_of(settings))
        claim_id = session.scalar(
            select(SubsidyClaim.id).where(SubsidyClaim.person_id == paid.person.id)
        )
        person = session.get_one(Person, paid.person.id)
    sign_in(client, person, confirmed_at=utc_now(), second_factor_at=utc_now())
    client.get(f"/?lang={language}")
    seen, faults = crawl(client, app, "/")
    assert faults == []
    assert {"/me/subsidy", f"/me/subsidy/claims/{claim_id}", "/me/inbox"} <= set(seen)


def test_every_link_of_a_visitor_leads_somewhere(app: Flask, client: Client, town) -> None:
    seen, faults = crawl(client, app, "/")
    assert faults == []
    assert {"/sign-in", "/credentials/"} <= set(seen)
