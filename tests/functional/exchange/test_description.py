"""The description holds: its addresses are there, and answers are what it says."""

import re
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator

from lms.db.session import Database
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.credentials import issue_all, make_graduate, make_pending
from tests.factories.enrollment import make_class
from tests.factories.exchange import EVERYTHING
from tests.factories.identity import agree
from tests.factories.progress import Entry, make_day
from tests.factories.roster import Small
from tests.functional.conftest import OpenDesk
from tests.functional.exchange.conftest import API, Call
from tests.functional.exchange.test_fetching import FIRST
from tests.support.site import Client

JSON, PROBLEM = "application/json", "application/problem+json"


@pytest.fixture
def described(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.content_type == JSON
    return answer.json


def check(described: dict[str, Any], path: str, method: str, answer: Any) -> None:
    """Hold an answer against what the description says of it."""
    said = described["paths"][path][method]["responses"][str(answer.status_code)]["content"]
    schema = said[answer.content_type]["schema"] | {"components": described["components"]}
    Draft202012Validator(schema, validate_formats=True).validate(answer.json)


def test_every_address_and_method_of_it_is_there(app: Flask, described: dict[str, Any]) -> None:
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    named = {(path, method) for path, each in described["paths"].items() for method in each}
    assert named - there == set()
    # All that systems may call is described.
    assert {each for each in there if each[0].startswith(API) and each[1] == "get"} <= named


@pytest.mark.parametrize("scopes", [EVERYTHING, None])
def test_what_is_fetched_is_what_it_says(
    system: Call,
    small: Small,
    database: Database,
    settings: Settings,
    described: dict[str, Any],
    scopes: Any,
) -> None:
    with database.transaction() as session:
        person = make_person(session)
        agree(session, person, "handover")
        made = make_graduate(session, person=person)
        make_pending(session, made)
        make_class(session, made.course)
        make_day(session, made.enrollment, made.course, "A01/text", FIRST, [Entry(7)])
    issue_all(database, settings)
    for school in (made.course.course.institution_id, small.course.course.institution_id):
        caller = system(institution_id=school, **({"scopes": scopes} if scopes else {}))
        for kind in ("classes", "enrollments", "hours"):
            answer = caller.get(f"{API}/{kind}", limit=2)
            assert answer.json["items"] or school != made.course.course.institution_id
            check(described, f"{API}/{kind}", "get", answer)


def test_refusals_are_what_it_says(system: Call, client: Client, described: dict[str, Any]) -> None:
    path = f"{API}/enrollments"
    caller, weak = system(), system(scopes=frozenset({"classes.read"}))
    answers = [
        caller.get(path, token="x"),
        client.get(path),
        weak.get(path),
        caller.get(path, limit="many"),
    ]
    assert [each.status_code for each in answers] == [400, 401, 403, 422]
    for answer in answers:
        check(described, path, "get", answer)


def test_ordering_a_list_is_what_it_says(open_desk: OpenDesk, described: dict[str, Any]) -> None:
    browser, path = open_desk(), "/api/v1/exports"
    order = {"kind": "completions", "format": "csv", "purpose": "抽查"}
    schema = described["components"]["schemas"]["ExportOrder"]
    Draft202012Validator(schema).validate(order)
    ordered = browser.post(path, json=order)
    check(described, path, "post", ordered)
    check(described, path, "post", browser.post(path, json={}))
    one = f"{path}/{{export_id}}"
    check(described, one, "get", browser.get(f"{path}/{ordered.json['id']}"))
    check(described, one, "get", browser.get(f"{path}/nothing"))
