"""What monitors ask."""

from lms.app import create_app
from lms.db.session import Database
from lms.settings import Settings
from tests.support.site import Client, WaitingQueue

_NOBODY_LISTENS = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


def test_a_live_site_says_ok(client: Client) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200


def test_without_its_database_the_site_lives_but_is_not_ready(settings: Settings) -> None:
    app = create_app(settings, database=Database(_NOBODY_LISTENS), queue=WaitingQueue())
    lonely = app.test_client()
    assert lonely.get("/healthz").status_code == 200
    assert lonely.get("/readyz").status_code == 503
