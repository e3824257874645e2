"""While the database is away people are told to come again, at once and in the site's own words."""

import json
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.faults.ground import open_ground, open_scene
from tests.support.production import HOST, Served, serving


def ask(served: Served, path: str, headers: dict[str, str]) -> tuple[int, str | None, str]:
    """Return the status, after how many seconds to come again, and the body."""
    wire = HTTPConnection(HOST, served.port, timeout=30)
    wire.request("GET", path, headers={**headers, "Accept-Encoding": "identity"})
    response = wire.getresponse()
    body = response.read().decode()
    wire.close()
    return response.status, response.getheader("Retry-After"), body


@pytest.mark.postgres
def test_people_are_told_to_come_again_and_the_site_goes_on_by_itself(tmp_path: Path) -> None:
    with (
        open_ground("postgresql") as ground,
        open_scene(ground, tmp_path, learners=1) as scene,
        serving("wsgi:app", scene.variables) as served,
    ):
        headers, path = scene.learners[0].headers, f"/api/v1/items/{scene.items[0]}/progress"
        assert ask(served, path, headers)[0] == 200
        ground.server.crash()
        status, again, body = ask(served, path, headers)
        ground.server.start()
        assert ask(served, path, headers)[0] == 200
        assert status == 503
        assert again is not None
        assert json.loads(body)["status"] == 503
