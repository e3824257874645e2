"""Policies at the desk: propose, try out, accept by another person, and everything refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.subsidy import queries
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.gateway import shelf
from lms.subsidy.models import EligibilityDue, PolicyProposal
from tests.factories.accounts import make_county, make_grant, make_person, sign_in
from tests.factories.policies import Desk, policy_text
from tests.factories.subsidy import Subsidised, make_fact
from tests.support.site import Client, Jobs


def accept(desk: Desk, client: Client, page: str) -> tuple[int, str]:
    answer = client.post(f"{page}/accept", data={"sha256": desk.row().sha256})
    return answer.status_code, answer.text


def outcome(database: Database, own: Subsidised) -> tuple[str | None, str]:
    with database.snapshot() as session:
        found = queries.meters(session, own.person.id, shelf=shelf(), today=utc_now().date())
    meter = next(each for each in found if each.programme.slug == "anchor-l5")
    return meter.policy and meter.policy.version, meter.decision.outcome.value


def test_a_version_is_proposed_tried_out_accepted_and_then_decides(
    desk: Desk, decided: Subsidised, database: Database, run_jobs: Jobs
) -> None:
    page = desk.proposed()
    other = desk.client()
    shown = other.get(page).text
    assert "与 qz-demo 2.0 相比" in shown
    assert "通过后，前一版本适用到 2026-04-01 的前一天" in shown
    assert "<del>600</del>" in shown
    assert "<ins>800</ins>" in shown
    assert other.post(f"{page}/dry-run").status_code == 302
    assert "正在试算" in other.get(page).text
    run_jobs()
    shown = other.get(page).text
    assert "将改变 1 项判定（适用的共 1 项）" in shown
    assert "不符合 → 符合条件" in shown
    assert "+800.00 元" in shown
    assert f"/staff/learners/{decided.person.id}" in shown
    assert "林*芳" in shown
    assert outcome(database, decided) == ("2.0", "not_eligible")
    assert accept(desk, other, page)[0] == 302
    assert outcome(database, decided) == ("3.0", "eligible")
    run_jobs()
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(EligibilityDue)) > 0
    board = other.get("/staff/policies").text
    assert "2026-03-31" in board
    assert "2026-04-01 –" in board


def test_what_was_done_is_written_down(desk: Desk, database: Database, run_jobs: Jobs) -> None:
    page = desk.proposed()
    other = desk.client()
    other.post(f"{page}/dry-run")
    run_jobs()
    accept(desk, other, page)
    rejected = desk.proposed(policy_text(start="2027-01-01").replace("3.0", "4.0"))
    other.post(f"{rejected}/refuse", data={"reason": "数字不对"})
    with database.snapshot() as session:
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    named = [act for act in acts if act.startswith("policy.")]
    assert named == ["policy.proposed", "policy.accepted", "policy.proposed", "policy.rejected"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "请选择文件"),
        ("- id: [", "文件，第 1 行：没写完就结束了"),
        ("- id: a\n  id: b\n", "文件，第 1 行：“id”写了两次"),
        ("a: &a [1]\nb: *a\n", "不能用“*”引用"),
        ("x" * 100_001, "10 万字符"),
        (policy_text().replace("AGE", "LUCK"), "第 1 版，第 2 条：没有 &#39;LUCK&#39; 这种条件"),
        (policy_text(start="2026-01-01"), "两个都包括 2026-01-01"),
        (policy_text(start="2025-06-01"), "qz-demo 3.0 和 qz-demo 1.0 的日期重了"),
        (policy_text().replace('"3.0"', '"2.0"'), "qz-demo 2.0 已经有了"),
        (policy_text().replace("qz-demo", "other"), "已归 qz-demo 管"),
    ],
)
def test_a_text_at_fault_is_refused_with_place_and_reason(
    desk: Desk, content: str, said: str
) -> None:
    answer = desk.client().post("/staff/policies", data={"text": content})
    assert answer.status_code == 422
    assert said in answer.text.replace("&#34;", '"')
    with desk.database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(PolicyProposal)) == 0


def test_nobody_accepts_their_own_proposal(desk: Desk, run_jobs: Jobs) -> None:
    client = desk.client()
    page = client.post("/staff/policies", data={"text": policy_text()}).location
    client.post(f"{page}/dry-run")
    run_jobs()
    assert "须由另一位管理员决定" in client.get(page).text
    status, said = accept(desk, client, page)
    assert (status, "请由另一位管理员通过" in said) == (403, True)
    client.post(f"{page}/refuse", data={"reason": "写错了"})
    assert desk.row().state == "withdrawn"


def test_without_a_dry_run_of_this_content_nothing_is_accepted(desk: Desk) -> None:
    status, said = accept(desk, other := desk.client(), page := desk.proposed())
    assert (status, "请先对全体人员试算" in said) == (409, True)
    answer = other.post(f"{page}/accept", data={"sha256": "0" * 64})
    assert "内容与页面所示不同" in answer.text


def test_a_dry_run_is_stale_once_facts_or_policies_changed(
    desk: Desk, decided: Subsidised, database: Database, run_jobs: Jobs
) -> None:
    page, later = (
        desk.proposed(),
        desk.proposed(policy_text(start="2026-09-01").replace("3.0", "4.0")),
    )
    other = desk.client()
    for each in (page, later):
        other.post(f"{each}/dry-run")
    run_jobs()
    with database.transaction() as session:
        make_fact(session, decided.person, FactKey.CONSENT, value=True)
    assert "数字可能略有出入" in other.get(page).text
    accept(desk, other, later)
    assert other.get(later).text.count("已生效")
    assert "须重新试算" in other.get(page).text
    with database.snapshot() as session:
        sha256 = session.scalars(select(PolicyProposal.sha256).order_by(PolicyProposal.id)).first()
    answer = other.post(f"{page}/accept", data={"sha256": sha256})
    assert (answer.status_code, "请重新试算" in answer.text) == (409, True)


def test_a_dry_run_that_was_stopped_goes_on_where_it_was(desk: Desk, run_jobs: Jobs) -> None:
    page, other = desk.proposed(), desk.client()
    other.post(f"{page}/dry-run")
    assert other.post(f"{page}/dry-run").status_code == 409
    other.post(f"{page}/dry-run/stop")
    run_jobs()
    assert "可以接着算" in other.get(page).text
    other.post(f"{page}/dry-run")
    run_jobs()
    assert "将改变 0 项判定" in other.get(page).text


def test_what_was_decided_is_not_decided_again(desk: Desk) -> None:
    page, other = desk.proposed(), desk.client()
    other.post(f"{page}/refuse", data={"reason": "不用了"})
    status, said = accept(desk, desk.client(), page)
    assert (status, "已有人作出决定" in said) == (409, True)
    assert other.post(f"{page}/dry-run").status_code == 409
    assert other.post(f"{page}/refuse", data={"reason": ""}).status_code == 422


def test_accepting_asks_for_a_fresh_proof(desk: Desk) -> None:
    page = desk.proposed()
    client = desk.client()
    with desk.database.transaction() as session:
        person = make_person(session, name="徐敏")
        make_grant(session, person, Role.ADMINISTRATOR)
    sign_in(client, person, confirmed_at=utc_now() - timedelta(hours=1))
    assert "请先确认是您本人" in client.get(page).text
    answer = client.post(f"{page}/accept", data={"sha256": "x"})
    assert answer.status_code == 302
    assert "/confirm" in answer.location


def test_strangers_see_nothing(desk: Desk, client: Client, database: Database) -> None:
    page = desk.proposed()
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    supervisor = desk.client(Role.SUPERVISOR)
    for who in (client, supervisor):
        assert who.get("/staff/policies").status_code in (403, 404)
        assert who.get(page).status_code in (403, 404)
        assert who.post(f"{page}/accept").status_code in (403, 404)
    assert desk.client().get("/staff/policies/proposals/999").status_code == 404


def test_a_county_administrator_decides_only_where_there_is_one_county(
    desk: Desk, database: Database
) -> None:
    county = Scope(ScopeKind.COUNTY, "330822")
    own = desk.client(scope=county)
    assert own.get("/staff/policies").status_code == 200
    with database.transaction() as session:
        make_county(session, "330881")
    shown = own.get("/staff/policies").text
    assert "平台管理员载入" in shown
    assert "<textarea" not in shown
    assert own.post("/staff/policies", data={"text": policy_text()}).status_code == 404
