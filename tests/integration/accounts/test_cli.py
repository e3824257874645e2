"""People added by the operator."""

import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts.models import Person
from lms.core.access import Grant, Role, Scope, ScopeKind
from tests.factories.accounts import make_county


@pytest.fixture
def county(database):
    with database.transaction() as session:
        return make_county(session)


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def names(database):
    with database.snapshot() as session:
        return sorted(session.scalars(select(Person.name)))


def grants(database, phone):
    with database.snapshot() as session:
        return queries.grants_of(session, queries.person_of_phone(session, phone).id)


def listed(tmp_path, content, encoding="utf-8"):
    file = tmp_path / "people.csv"
    file.write_bytes(content.encode(encoding))
    return str(file)


CREATE = ["users", "create", "--phone", "138 5700 5678", "--name", "周敏", "--role"]


@pytest.mark.usefixtures("county")
def test_an_administrator_looks_after_the_county_and_signs_in_by_code(run, database):
    result = run(args=[*CREATE, "administrator"])
    assert result.exit_code == 0, result.output
    assert "/sign-in" in result.output
    here = Scope(ScopeKind.COUNTY, "330822")
    assert grants(database, "13857005678") == (Grant(Role.ADMINISTRATOR, here),)


@pytest.mark.usefixtures("county")
def test_a_scope_can_be_named(run, database):
    run(args=[*CREATE, "mentor", "--scope", "class:7"])
    where = Scope(ScopeKind.CLASS, "7")
    assert grants(database, "13857005678") == (Grant(Role.MENTOR, where),)


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(
    "args",
    [
        ["users", "create", "--phone", "123", "--name", "周敏", "--role", "mentor"],
        ["users", "create", "--phone", "13857005678", "--name", " ", "--role", "mentor"],
        [*CREATE, "mentor", "--county", "999999"],
        [*CREATE, "mentor", "--scope", "moon:1"],
        [*CREATE, "king"],
    ],
)
def test_what_makes_no_sense_is_said_and_nobody_added(run, database, args):
    result = run(args=args)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert names(database) == []


@pytest.mark.usefixtures("county")
def test_a_number_in_use_is_refused(run, database):
    run(args=[*CREATE, "mentor"])
    result = run(args=[*CREATE, "administrator"])
    assert result.exit_code == 1
    assert names(database) == ["周敏"]


GOOD = "phone,name,role,county\n13857005678,周敏,instructor,330822\n138 5700 5679,林秀芳,,\n"


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_taken_in_whatever_way_the_office_saved_it(run, database, tmp_path, encoding):
    result = run(args=["users", "import", listed(tmp_path, GOOD, encoding)])
    assert result.exit_code == 0, result.output
    assert names(database) == ["周敏", "林秀芳"]


@pytest.mark.usefixtures("county")
def test_a_dry_run_writes_nobody(run, database, tmp_path):
    result = run(args=["users", "import", listed(tmp_path, GOOD), "--dry-run"])
    assert result.exit_code == 0
    assert "2 people would be added" in result.output
    assert names(database) == []


@pytest.mark.usefixtures("county")
def test_one_bad_row_keeps_all_out_and_is_named_by_its_row(run, database, tmp_path):
    content = GOOD + "13857005678,王小二,,\n12,,king,\n"
    result = run(args=["users", "import", listed(tmp_path, content)])
    assert result.exit_code == 1
    assert "row 4: phone" in result.output
    assert "row 5: phone" in result.output
    assert "13857005678" not in result.output
    assert names(database) == []


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(
    "content", ["", "name\n周敏\n", "phone,name,shoe\n1,2,3\n", 'phone,name\n13857005678,"周敏\n']
)
def test_a_file_that_is_no_such_list_is_refused(run, database, tmp_path, content):
    result = run(args=["users", "import", listed(tmp_path, content)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert names(database) == []


@pytest.mark.usefixtures("county")
def test_formulas_and_scripts_are_only_names(run, database, tmp_path):
    content = (
        "phone,name\n13857005678,\"=cmd|' /C calc'!A0\"\n13857005679,<script>alert(1)</script>\n"
    )
    assert run(args=["users", "import", listed(tmp_path, content)]).exit_code == 0
    assert names(database) == ["<script>alert(1)</script>", "=cmd|' /C calc'!A0"]
