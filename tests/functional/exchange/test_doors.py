"""Who gets in where a token is asked for, and where it is not; each refusal has its code."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from lms.app import create_app
from lms.audit.models import AuditEntry
from lms.core.access import Role, TokenScope
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.exchange import login
from lms.exchange.models import AccessToken, ExchangePull
from lms.settings import Settings
from lms.web.limits import Limit
from tests.factories.accounts import make_person
from tests.factories.roster import Small
from tests.functional.conftest import OpenDesk
from tests.functional.exchange.conftest import API, Call, System
from tests.support.clock import move_days
from tests.support.site import Client

ENROLLMENTS = f"{API}/enrollments"
KINDS = ("classes", "enrollments", "hours")


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_and_whoever_is_signed_in_are_stopped(
    open_desk: OpenDesk, client: Client, kind: str
) -> None:
    for browser in (client, open_desk(), open_desk(Role.SUPERVISOR)):
        answer = browser.get(f"{API}/{kind}")
        assert refusal(answer) == (401, "token_missing")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    sent = {"Authorization": "Bearer " + "x" * 32}
    assert refusal(client.get(f"{API}/{kind}", headers=sent)) == (401, "token_unknown")
    basic = {"Authorization": "Basic eDp5"}
    assert refusal(client.get(f"{API}/{kind}", headers=basic)) == (401, "token_missing")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"is_approved": False}, "token_unapproved"),
        ({"days_old": 181}, "token_expired"),
        ({"days": 1, "days_old": 1}, "token_expired"),
        ({"is_approved": False, "days_old": 181}, "token_expired"),
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(
    system: Call, how: dict[str, Any], code: str
) -> None:
    caller = system(**how)
    for kind in KINDS:
        assert refusal(caller.get(f"{API}/{kind}")) == (401, code)


def test_a_revoked_token_ends_at_once(system: Call, database: Database) -> None:
    caller = system()
    assert caller.get(ENROLLMENTS).status_code == 200
    with database.transaction() as session:
        ended = {"revoked_at": utc_now(), "revoked_by_id": make_person(session).id}
        session.execute(update(AccessToken).values(**ended))
    assert refusal(caller.get(ENROLLMENTS)) == (401, "token_revoked")


@pytest.mark.parametrize(
    ("scope", "open_kind"),
    [
        (TokenScope.CLASSES_READ, "classes"),
        (TokenScope.COMPLETIONS_READ, "enrollments"),
        (TokenScope.HOURS_READ, "hours"),
    ],
)
def test_each_scope_opens_its_own_list(system: Call, scope: TokenScope, open_kind: str) -> None:
    caller = system(scopes=frozenset({scope}))
    for kind in KINDS:
        answer = caller.get(f"{API}/{kind}")
        if kind == open_kind:
            assert answer.status_code == 200
        else:
            assert refusal(answer) == (403, "scope_missing")


def test_a_token_opens_nothing_that_people_open(system: Call, small: Small) -> None:
    caller = system()
    for address in ("/api/v1/me/record", "/api/v1/exports/x", "/api/v1/courses/x"):
        assert caller.get(address).json["code"] in ("not_signed_in", "not_found")
    assert caller.get("/staff/exchange").location.startswith("/sign-in")
    assert caller.get("/api/v1/session").json["signed_in"] is False


@pytest.mark.parametrize("name", ["token", "access_token"])
def test_a_token_in_the_address_is_refused(system: Call, client: Client, name: str) -> None:
    caller = system()
    address = f"{ENROLLMENTS}?{name}={caller.token}"
    assert refusal(client.get(address)) == (400, "token_in_address")
    assert refusal(caller.get(address)) == (400, "token_in_address")


def test_one_request_over_the_limit_waits(
    system: Call, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a day, so that no window ends meanwhile (but at midnight UTC).
    monkeypatch.setattr(login, "PER_TOKEN", Limit("exchange.token", 2, 86_400))
    monkeypatch.setattr(login, "PER_NETWORK", Limit("exchange.refused", 1, 86_400))
    caller, other = system(), system()
    codes = [caller.get(ENROLLMENTS).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(caller.get(ENROLLMENTS).headers["Retry-After"]) > 0
    assert other.get(ENROLLMENTS).status_code == 200
    guesses = [System(client, f"guess-{n}").get(ENROLLMENTS) for n in range(2)]
    assert [refusal(each)[0] for each in guesses] == [401, 429]
    # Who guesses in the same network stops nobody who has a token.
    assert other.get(ENROLLMENTS).status_code == 200


def test_over_plain_http_a_site_of_production_hands_nothing_out(
    system: Call, settings: Settings, database: Database
) -> None:
    token = system().token
    safe = create_app(replace(settings, base_url="https://learn.example"), database=database)
    sent = {"Authorization": f"Bearer {token}"}
    answers = [
        safe.test_client().get(ENROLLMENTS, headers=sent, base_url=f"{scheme}://learn.example")
        for scheme in ("http", "https")
    ]
    assert refusal(answers[0]) == (403, "https_required")
    assert answers[1].status_code == 200


def test_who_fetched_how_many_rows_is_written_down(
    system: Call, database: Database, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = system()
    for query in ({}, {"limit": "2"}, {"limit": "201"}):
        caller.get(ENROLLMENTS, **query)
    caller.get(f"{API}/hours")
    with database.snapshot() as session:
        row = session.scalars(select(AccessToken)).one()
        pulls = session.scalars(select(ExchangePull).order_by(ExchangePull.kind)).all()
        acts = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "exchange.pulled")
        ).all()
    assert [(p.kind, p.requests, p.rows_given) for p in pulls] == [
        ("enrollments", 2, 5),
        ("hours", 1, 0),
    ]
    # One act a kind and day, named by the token and with who made it.
    assert [(act.subject, act.details["kind"], act.details["rows"]) for act in acts] == [
        (f"access_token:{row.id}", "enrollments", 3),
        (f"access_token:{row.id}", "hours", 0),
    ]
    assert {act.actor_id for act in acts} == {row.created_by_id}
    assert caller.token not in str([act.details for act in acts])
    used = row.last_used_at
    assert used is not None
    assert utc_now() - used < timedelta(minutes=1)
    caller.get(ENROLLMENTS)
    move_days(monkeypatch, 1)
    with database.snapshot() as session:
        assert session.scalars(select(AccessToken.last_used_at)).one() == used
    caller.get(ENROLLMENTS)
    with database.snapshot() as session:
        assert session.scalars(select(AccessToken.last_used_at)).one() > used
        assert len(session.scalars(select(ExchangePull)).all()) == 3
