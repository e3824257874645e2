"""Who may call what: every address, every method, every role, against the table beside this file.

The table says who passes the door. Behind it a stranger still gets 404 for what is not theirs,
which the tests of each view look at.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms.core.access import Role
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.catalog import make_institution
from tests.factories.exchange import EVERYTHING, make_access_token

TABLE = Path(__file__).with_name("who_may.txt")
VISITOR, LEARNER = "visitor", "learner"
LETTERS = {
    VISITOR: "v",
    LEARNER: "l",
    Role.INSTRUCTOR: "i",
    Role.MENTOR: "m",
    Role.ADMINISTRATOR: "a",
    Role.SUPERVISOR: "s",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# An id no row has: who passes the door then hears that there is no such thing.
NOBODY = str(2**20 - 1)
NO_BADGE = "00000000-0000-4000-8000-000000000000"
# Nobody comes back from there, so these are left to the tests of leaving.
LEAVING = {"/sign-out", "/me/devices/sign-out", "/me/close", "/api/v1/session"}
_ARGUMENT = re.compile(r"<(?:(?P<kind>[^:<>]+):)?(?P<name>[^<>]+)>")


def address(rule: Rule) -> str:
    """Return an address of the rule that names nothing there is."""

    def put(found: re.Match[str]) -> str:
        kind = found["kind"] or ""
        if kind.startswith("any"):
            # Of a choice of words the first one.
            return kind[len("any(") :].split(",")[0]
        return {"int": NOBODY, "uuid": NO_BADGE}.get(kind.split("(")[0], "nothing")

    return _ARGUMENT.sub(put, rule.rule)


def shown(rule: Rule) -> str:
    """Return the rule as the table writes it: arguments by name alone."""
    return _ARGUMENT.sub(lambda found: f"<{found['name']}>", rule.rule)


def doors(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Yield each address with each method it takes; HEAD goes with GET, OPTIONS tells nothing."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint != "static":
                yield method, shown(rule), rule


def read_table() -> dict[tuple[str, str], str]:
    """Return the letters of who passes, by method and rule."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {(method, rule): letters for method, rule, letters in rows}


@pytest.fixture
def browser(request, app, client, database):
    """Return a browser of the role that is asked for."""
    role = request.param
    if role != VISITOR:
        with database.transaction() as session:
            person = make_person(session)
            if role != LEARNER:
                make_grant(session, person, role)
        sign_in(client, person)
    return client, LETTERS[role]


def passes(client, method: str, path: str, sent: dict[str, str] | None = None) -> bool:
    """Tell whether the door opened; whatever came behind it, the server did not break."""
    headers = {"Accept": "application/json", **(sent or {})}
    answer = client.open(path, method=method, headers=headers)
    assert answer.status_code < 500 or answer.status_code == 501, f"{method} {path}"
    code = (answer.get_json(silent=True) or {}).get("code")
    return code not in ("not_signed_in", "not_allowed", "access_undeclared", "token_missing")


def test_the_table_names_every_address_once(app):
    assert [f"{method} {rule}" for method, rule, _ in doors(app)] == [
        f"{method} {rule}" for method, rule in read_table()
    ]


@pytest.mark.parametrize("browser", list(LETTERS), indirect=True)
def test_each_role_passes_the_doors_the_table_says_and_no_other(app, browser):
    client, letter = browser
    table, wrong = read_table(), []
    for method, name, rule in doors(app):
        if name in LEAVING and method in ("POST", "DELETE"):
            continue
        is_open = passes(client, method, address(rule))
        if is_open != (letter in table.get((method, name), "")):
            wrong.append(f"{method} {name}: {'passes' if is_open else 'is stopped'}")
    assert wrong == []


def test_a_token_opens_the_doors_marked_for_it_and_those_of_visitors_alone(app, database):
    with database.transaction() as session:
        school = make_institution(session).id
        _, token = make_access_token(session, school, scopes=EVERYTHING)
    sent, table, wrong = {"Authorization": f"Bearer {token}"}, read_table(), []
    for method, name, rule in doors(app):
        if "v" in table[method, name]:
            continue
        is_open = passes(app.test_client(), method, address(rule), sent)
        if is_open != (table[method, name] == "-"):
            wrong.append(f"{method} {name}: {'passes' if is_open else 'is stopped'}")
    assert wrong == []


@pytest.mark.parametrize("browser", [VISITOR, Role.ADMINISTRATOR], indirect=True)
def test_methods_an_address_does_not_take_are_refused(app, browser):
    client, _ = browser
    routes = app.url_map.bind("localhost")
    for path in {address(rule) for rule in app.url_map.iter_rules()}:
        for method in set(METHODS) - set(routes.allowed_methods(path)):
            answer = client.open(path, method=method)
            assert answer.status_code in (400, 404, 405), f"{method} {path}"
