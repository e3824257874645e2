"""The page of lists that wait for approval, the call for it, and what everybody sees of it."""

from datetime import timedelta

from lms.core.access import Role
from lms.settings import Settings
from tests.factories.accounts import COUNTY
from tests.factories.roster import NEIGHBOUR
from tests.functional.conftest import OpenDesk
from tests.support.site import Client, Jobs
from tests.support.statements import assert_few_statements

PAGE = "/staff/exports/approvals"
ORDER = {"kind": "completions", "format": "csv", "filters": {"status": "all"}, "unmasked": True}


def ask(browser: Client, **filters: str) -> str:
    sent = {**ORDER, "filters": {"status": "all", **filters}, "purpose": "5 月补贴申报"}
    answer = browser.post("/api/v1/exports", json=sent)
    assert answer.status_code == 202
    return str(answer.json["id"])


def state(browser: Client, export_id: str) -> str:
    return str(browser.get(f"/api/v1/exports/{export_id}").json["state"])


def test_another_reads_who_asks_for_what_and_approves(
    open_desk: OpenDesk, run_jobs: Jobs, settings: Settings
) -> None:
    asker, other = open_desk(), open_desk(name="吴建国")
    export_id = ask(asker, county=COUNTY, town="何家乡")
    assert state(asker, export_id) == "awaiting_approval"
    assert "等人批准" in asker.get("/staff/exports").text
    assert "5 月补贴申报" not in asker.get(PAGE).text
    page = other.get(PAGE).text
    for words in ("周敏", "5 月补贴申报", "常山", "何家乡", "全部", "约 "):
        assert words in page
    answer = other.post(f"/staff/exports/{export_id}/approve", follow_redirects=True)
    assert "已批准" in answer.text
    run_jobs()
    assert other.get(f"/exports/{export_id}").status_code == 404
    file = asker.get(f"/exports/{export_id}", buffered=True)
    assert file.data.startswith(b"\xef\xbb\xbf")
    assert int(file.headers["Content-Length"]) == len(file.data)
    assert list(settings.export_dir.iterdir()) == []
    assert asker.get(f"/exports/{export_id}").status_code == 403


def test_it_is_refused_with_a_reason_the_asker_reads(open_desk: OpenDesk) -> None:
    asker, other = open_desk(), open_desk()
    export_id = ask(asker)
    assert other.post(f"/staff/exports/{export_id}/refuse", data={"reason": " "}).status_code == 422
    other.post(f"/staff/exports/{export_id}/refuse", data={"reason": "用途不清"})
    assert state(asker, export_id) == "refused"
    assert "用途不清" in asker.get("/staff/exports").text
    assert "用途不清" in asker.get("/me/inbox").text


def test_programs_approve_and_refuse_too(open_desk: OpenDesk) -> None:
    asker, other = open_desk(), open_desk()
    first, second = ask(asker), ask(asker)
    approved = other.post(f"/api/v1/exports/{first}/approval")
    assert (approved.status_code, approved.json["state"]) == (200, "queued")
    reason = {"decision": "refuse", "reason": "用途不清"}
    refused = other.post(f"/api/v1/exports/{second}/approval", json=reason)
    assert (refused.status_code, refused.json["state"]) == (200, "refused")
    wrong = other.post(f"/api/v1/exports/{second}/approval", json={"decision": "perhaps"})
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["decision"])


def test_nobody_else_approves(open_desk: OpenDesk) -> None:
    asker, _ = open_desk(), open_desk()
    address = f"/api/v1/exports/{ask(asker)}/approval"
    own = asker.post(address)
    assert (own.status_code, own.json["code"]) == (403, "approval_by_another")
    assert open_desk(county_code=NEIGHBOUR).post(address).status_code == 404
    tired = open_desk(confirmed=timedelta(hours=1))
    assert tired.post(address).json["code"] == "confirmation_required"
    assert "/confirm?next=" in tired.get(PAGE).text
    assert "/approve" not in tired.get(PAGE).text
    assert open_desk(Role.SUPERVISOR).post(address).status_code == 403


def test_the_page_asks_the_database_little(open_desk: OpenDesk, database) -> None:
    asker, other = open_desk(), open_desk()
    for _ in range(3):
        ask(asker)
    assert_few_statements(other, database, PAGE)
    assert_few_statements(asker, database, "/staff/exports")
