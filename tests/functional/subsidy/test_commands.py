"""The commands as the shell sees them."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from lms.subsidy import crowd
from lms.subsidy.gateway import shelf
from tests.factories.subsidy import make_known, make_subsidised
from tests.support.databases import drop_trigger

CASES = Path(__file__).parents[2] / "unit" / "subsidy" / "cases.yaml"


@pytest.fixture
def cases(tmp_path):
    """A copy of the worked cases to be changed at will."""
    return Path(shutil.copy(CASES, tmp_path / "cases.yaml"))


def check(app: Flask, file: Path):
    return app.test_cli_runner().invoke(args=["subsidy", "check", str(file)])


def evaluate(app: Flask, *options: str):
    return app.test_cli_runner().invoke(args=["subsidy", "evaluate", *options])


def test_evaluate_decides_what_is_due_and_tells_the_rate(app, database):
    with database.transaction() as session:
        make_known(session, make_subsidised(session).person)
    first = evaluate(app)
    assert first.exit_code == 0
    assert first.stdout.startswith("2 judged, 2 new decisions, ")
    assert first.stdout.endswith(" a second\n")
    assert evaluate(app).stdout.startswith("0 judged, 0 new decisions, ")


def test_evaluate_all_goes_through_everybody(app, database):
    with database.transaction() as session:
        for _ in range(3):
            make_subsidised(session)
    assert evaluate(app, "--all").stdout.startswith("6 judged, 6 new decisions, ")
    assert evaluate(app, "--all").stdout.startswith("6 judged, 0 new decisions, ")


def test_evaluate_refuses_a_version_that_says_something_new(app, database, monkeypatch):
    with database.transaction() as session:
        make_subsidised(session)
    evaluate(app, "--all")
    changed = [replace(each, content=each.content + " ") for each in shelf().policies]
    other = replace(shelf(), policies=tuple(changed))
    monkeypatch.setattr(crowd, "shelf", lambda: other)
    result = evaluate(app, "--all")
    assert result.exit_code == 1
    assert "Policy qz-demo 2.0 was used before with other content." in result.stderr


def test_check_prints_one_json_line_a_case(app, cases):
    result = check(app, cases)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [line["id"] for line in lines] == [f"own-{n}" for n in range(1, 11)]
    assert lines[9] == {
        "id": "own-10",
        "policy": "1.0",
        "outcome": "not_eligible",
        "failed": ["QUIZ"],
        "unknown": [],
    }


def test_check_names_what_differs_and_fails(app, cases):
    text = cases.read_text(encoding="utf-8")
    cases.write_text(text.replace("failed: [CATALOGUE]", "failed: [HOURS]"), encoding="utf-8")
    result = check(app, cases)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 10
    assert "case own-7: failed is ['CATALOGUE'], expected ['HOURS']" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{id: PAYEE}", "{id: PAY}", "policy 1, clause 18: there is no clause 'PAY'"),
        ("min_score: 60", "min_score: sixty", "clause 12 (QUIZ), “min_score”: a number"),
        ("from: 2026-01-01", "from: 2025-12-31", "own 2.0 shares days with own 1.0"),
        ("from: 2026-01-01", "from: 2026-02-30", "there is no such day in the calendar"),
        ("schema: 1", "schema: [", "line"),
        ("schema: 1", "schema: 1\nschema: 1", "“schema” twice"),
        ("learner: null", "learner: {sex: [M]}", "case own-2, learner, “sex”: ['M'] is not"),
        ("cases:\n", "cases: &c\n  - {id: x, facts: {learner: *c}}\n", "cases.yaml"),
    ],
)
def test_check_tells_what_is_wrong_with_a_file_and_where(app, cases, old, new, sentence):
    text = cases.read_text(encoding="utf-8")
    assert old in text
    cases.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = check(app, cases)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"[]", b"a: *nobody"])
def test_check_refuses_what_is_no_case_file(app, cases, content):
    cases.write_bytes(content)
    result = check(app, cases)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_evaluate_all_by_several_processes_decides_the_same(app, database):
    with database.transaction() as session:
        for _ in range(3):
            make_known(session, make_subsidised(session).person)
    result = evaluate(app, "--all", "--workers", "2")
    assert result.stdout.startswith("6 judged, 6 new decisions, ")
    assert evaluate(app, "--all").stdout.startswith("6 judged, 0 new decisions, ")


def test_every_stored_decision_is_found_again_by_its_own_facts(app, database):
    with database.transaction() as session:
        make_known(session, make_subsidised(session).person)
    evaluate(app)
    again = app.test_cli_runner().invoke(args=["subsidy", "recheck"])
    assert again.stdout == "2 decisions, each found again\n"


def test_a_stored_decision_that_was_tampered_with_is_named(app, database):
    with database.transaction() as session:
        make_known(session, make_subsidised(session).person)
    evaluate(app)
    drop_trigger(database, "eligibility_decision_no_update", "eligibility_decision")
    with database.transaction() as session:
        number = session.scalar(
            text("SELECT id FROM eligibility_decision WHERE outcome = 'not_eligible'")
        )
        session.execute(
            text("UPDATE eligibility_decision SET outcome = 'eligible' WHERE id = :id"),
            {"id": number},
        )
    again = app.test_cli_runner().invoke(args=["subsidy", "recheck"])
    assert again.exit_code == 1
    assert f"decision {number}: it comes to not_eligible" in again.stderr


def test_explain_says_what_was_known_by_a_day(app, database):
    with database.transaction() as session:
        own = make_subsidised(session)
        make_known(session, own.person)
    args = ["subsidy", "explain", "--person", str(own.person.id)]
    now = app.test_cli_runner().invoke(args=args).stdout
    assert "anchor-l5 qz-demo 2.0" in now
    assert "  REALNAME pass verified {}" in now
    # The facts were written down today: nobody knew them in May.
    then = app.test_cli_runner().invoke(args=[*args, "--on", "2026-05-02"]).stdout
    assert then.startswith("2026-05-02 anchor-l5 qz-demo 2.0")
    assert "  REALNAME unknown missing {}" in then
    assert app.test_cli_runner().invoke(args=[*args, "--on", "2026-04-01"]).stdout == ""
    nobody = app.test_cli_runner().invoke(args=["subsidy", "explain", "--person", "9999"])
    assert nobody.exit_code == 1
