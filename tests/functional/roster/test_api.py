"""The export calls programs use, and the link that works once."""

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from lms.core.access import Role, Scope, ScopeKind
from lms.settings import Settings
from tests.factories.roster import NEIGHBOUR
from tests.support.site import Client, Jobs

ORDER = {"kind": "completions", "format": "xlsx", "filters": {}, "purpose": "5 月补贴申报"}


def place(browser: Client, **changes: object):
    return browser.post("/api/v1/exports", json={**ORDER, **changes})


def test_an_order_is_taken_made_and_downloaded_once(
    open_desk, run_jobs: Jobs, tmp_path: Path, settings: Settings
) -> None:
    browser = open_desk()
    answer = place(browser, filters={"status": "all"})
    assert answer.status_code == 202
    address = f"/api/v1/exports/{answer.json['id']}"
    waiting = browser.get(address).json
    assert (waiting["state"], waiting["download"], waiting["sha256"]) == ("queued", None, None)
    run_jobs()
    made = browser.get(address).json
    assert (made["state"], made["rows_done"], made["rows_total"]) == ("done", 3, 3)
    assert made["filters"] == {"status": "all"}
    assert made["expires_at"].endswith("Z")
    assert browser.head(made["download"]).status_code == 200  # looking does not use it
    file = browser.get(made["download"], buffered=True)
    assert int(file.headers["Content-Length"]) == made["byte_size"] == len(file.data)
    (tmp_path / "got.xlsx").write_bytes(file.data)
    assert openpyxl.load_workbook(tmp_path / "got.xlsx").worksheets[0].max_row == 6
    again = browser.get(made["download"], headers={"Accept": "application/json"})
    assert (again.status_code, again.json["code"]) == (403, "export_link_used")
    assert browser.get(address).json["download"] is None
    assert list(settings.export_dir.iterdir()) == []


def test_an_old_proof_is_answered_with_a_code(open_desk) -> None:
    answer = place(open_desk(confirmed=timedelta(minutes=11)))
    assert (answer.status_code, answer.json["code"]) == (403, "confirmation_required")


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEARNER, Role.INSTRUCTOR, Role.MENTOR])
def test_roles_without_the_right_are_refused(open_desk, role: Role) -> None:
    assert place(open_desk(role)).status_code == 403


def test_a_visitor_has_to_sign_in(client: Client) -> None:
    assert place(client).status_code == 401
    assert client.get("/api/v1/exports/x").status_code == 401


def test_a_shared_link_opens_for_nobody_else(open_desk, run_jobs: Jobs) -> None:
    browser = open_desk()
    export_id = place(browser).json["id"]
    run_jobs()
    for other in (open_desk(), open_desk(county_code=NEIGHBOUR)):
        assert other.get(f"/exports/{export_id}").status_code == 404
        assert other.head(f"/exports/{export_id}").status_code == 404
        assert other.get(f"/api/v1/exports/{export_id}").status_code == 404
    assert open_desk(Role.SUPERVISOR).get(f"/exports/{export_id}").status_code == 403
    assert browser.get(f"/exports/{export_id}", buffered=True).status_code == 200


def test_a_file_gone_from_the_disk_is_said_in_words_and_the_link_stays_unused(
    open_desk, run_jobs: Jobs, settings: Settings
) -> None:
    browser = open_desk()
    export_id = place(browser).json["id"]
    run_jobs()
    path = settings.export_dir / f"{export_id}.xlsx"
    kept = path.read_bytes()
    path.unlink()
    gone = browser.get(f"/exports/{export_id}", headers={"Accept": "application/json"})
    assert (gone.status_code, gone.json["code"]) == (404, "export_file_gone")
    path.write_bytes(kept)
    assert browser.get(f"/exports/{export_id}", buffered=True).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"format": "docx"}, "format"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": 5}, "purpose"),
        ({"filters": {"from": "x"}}, "from"),
        ({"filters": {"q": ["a"]}}, "q"),
        ({"filters": []}, None),
        ({"filters": "x"}, "body"),
    ],
)
def test_orders_that_do_not_fit_are_refused_by_field(
    open_desk, changes: dict[str, object], field: str | None
) -> None:
    answer = place(open_desk(), **changes)
    if field is None:
        assert answer.status_code == 202  # an empty list narrows nothing
    else:
        assert answer.status_code == 422
        assert field in answer.json["fields"]
        assert answer.json["fields"][field]["message"]


def test_a_file_of_a_frozen_list_is_ordered_by_the_list_alone(open_desk, run_jobs: Jobs) -> None:
    browser = open_desk()
    frozen = browser.post("/staff/batches?status=all", data={"purpose": "5 月申报"}).location
    run_jobs()
    order = {"batch": int(frozen.rpartition("/")[2]), "format": "csv", "purpose": "报送"}
    answer = browser.post("/api/v1/exports", json=order)
    assert answer.status_code == 202
    run_jobs()
    made = browser.get(f"/api/v1/exports/{answer.json['id']}").json
    assert (made["batch"], made["rows_total"], made["left_masked"]) == (order["batch"], 3, 0)
    for wrong, status in ((order["batch"] + 1, 404), ("x", 422), (-1, 422)):
        assert browser.post("/api/v1/exports", json={**order, "batch": wrong}).status_code == status
    stranger = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR))
    assert stranger.post("/api/v1/exports", json=order).status_code == 404


@pytest.mark.parametrize("body", ["", "[1]", "{", "null", '"x"'])
def test_what_is_no_object_is_refused(open_desk, body: str) -> None:
    answer = open_desk().post("/api/v1/exports", data=body, content_type="application/json")
    assert answer.status_code == 422


def test_a_county_out_of_reach_is_not_found(open_desk) -> None:
    assert place(open_desk(), filters={"county": NEIGHBOUR}).status_code == 404
