"""A system of a county that calls with a token, and no cookie."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lms.db.session import Database
from tests.factories.exchange import make_access_token
from tests.factories.roster import Small
from tests.support.site import Client

API = "/api/v1/exchange"


class System:
    """What calls; ``token`` is what it was given."""

    def __init__(self, client: Client, token: str) -> None:
        self.client, self.token = client, token
        # Statements are counted over whatever can be asked.
        self.application = client.application

    def get(self, address: str, **query: Any) -> Any:
        """Return the answer."""
        sent = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(address, headers=sent, query_string=query or None)

    def all(self, kind: str, **query: Any) -> list[dict[str, Any]]:
        """Return the whole list, fetched part by part as the documentation says."""
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        for _ in range(100):
            said = self.get(f"{API}/{kind}", **query, **after).json
            found += said["items"]
            if said["next"] is None:
                return found
            after = {"after": said["next"]}
        raise AssertionError("the list has no end")


Call = Callable[..., System]


@pytest.fixture
def system(app: Flask, database: Database, small: Small) -> Call:
    """Call it for a system with a token of the small county's institution."""

    def opened(**overrides: Any) -> System:
        institution = overrides.pop("institution_id", small.course.course.institution_id)
        with database.transaction() as session:
            _, token = make_access_token(session, institution, **overrides)
        client: Client = app.test_client()
        return System(client, token)

    return opened
