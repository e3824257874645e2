"""What people and players are told while the database cannot be asked, and after."""

import pytest

from lms.app import create_app
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.accounts import make_person, sign_in
from tests.support.databases import hang_up
from tests.support.site import Client, WaitingQueue

_NOBODY_LISTENS = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def lonely(settings: Settings) -> Client:
    """A browser with a cookie, on a site whose database is gone."""
    app = create_app(settings, database=Database(_NOBODY_LISTENS), queue=WaitingQueue())
    app.test_client_class = Client
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "a token"
    return browser


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_page_says_that_it_will_work_again(lonely: Client) -> None:
    answer = lonely.get("/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "网站暂时没有回应" in answer.text


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_player_is_told_to_send_its_report_again(lonely: Client) -> None:
    answer = lonely.post("/api/v1/leases/some/beats", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["code"] == "unavailable"


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_after_a_restart_of_the_database_the_site_goes_on_by_itself(
    client: Client, database: Database
) -> None:
    with database.transaction() as session:
        person = make_person(session)
    sign_in(client, person)
    assert client.get("/me").status_code == 200
    hang_up(database)
    assert client.get("/courses").status_code in {200, 503}
    assert client.get("/me").status_code == 200
    assert client.post("/api/v1/leases/none/beats", json={}).status_code == 422
