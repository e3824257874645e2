"""The desk of payments: a batch from the list of claims to the bank's file, and who is kept out."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.subsidy.domain.answers import Result
from lms.subsidy.models import SubsidyClaim
from tests.factories.accounts import COUNTY, make_county, make_grant, make_person, sign_in
from tests.factories.claims import claim_now, make_approved, make_claimant, make_reviewer
from tests.factories.payments import answer, batch_now, make_batch, make_sent, paid, payments_of
from tests.factories.sheets import text, workbook
from tests.support.site import Client
from tests.support.statements import assert_cheap

SCOPE = Scope(ScopeKind.COUNTY, COUNTY)
HEADING = ["流水号", "结果", "日期", "原因", "金额(元)"]


@pytest.fixture
def two(database: Database) -> tuple[Actor, Actor]:
    with database.transaction() as session:
        return make_reviewer(session, name="周敏"), make_reviewer(session, name="鲁晓东")


@pytest.fixture
def claims(database: Database, settings, two) -> list[int]:
    keys = keys_of(settings)
    with database.transaction() as session:
        return [make_approved(session, make_claimant(session, keys), *two).id for _ in range(3)]


@pytest.fixture
def open_as(app, database):
    """Call it for a browser of somebody: an actor, or a new person with a role in a county."""

    def opened(
        who: Actor | None = None,
        role: Role = Role.ADMINISTRATOR,
        *,
        county: str = COUNTY,
        proved: timedelta = timedelta(0),
    ) -> Client:
        with database.transaction() as session:
            if who is None:
                person = make_person(session, name="徐敏")
                make_grant(session, person, role, Scope(ScopeKind.COUNTY, county))
            else:
                person = session.get_one(Person, who.person_id)
        client: Client = app.test_client()
        sign_in(client, person, confirmed_at=utc_now() - proved)
        return client

    return opened


def sent_file(batch, payments, *rows) -> io.BytesIO:
    day = local_day(utc_now()).isoformat()
    lines = [
        [f"{batch.number}-{payment.id:06}", result, day, reason, f"{payment.amount_fen / 100:.2f}"]
        for payment, result, reason in payments
    ]
    return io.BytesIO(text([*lines, *rows], heading=HEADING).encode())


def prepare(client: Client, claims: list[int]) -> str:
    """Tick the claims, go on, and press; return the address of the batch."""
    ticked = "&".join(f"claim={each}" for each in claims)
    shown = client.get(f"/staff/payments/prepare/confirm?county={COUNTY}&{ticked}").text
    assert f"把这 {len(claims)} 笔编成一批" in shown
    form = {
        "county": COUNTY,
        "claims": ",".join(map(str, claims)),
        "total": str(60_000 * len(claims)),
    }
    return client.post("/staff/payments/prepare", data=form).location


def test_one_puts_a_batch_together_and_another_lets_it_go(open_as, two, claims):
    first, second = open_as(two[0]), open_as(two[1])
    shown = first.get("/staff/payments/prepare").text
    assert "全部 3 笔" in shown
    assert "1800 元" in shown
    address = prepare(first, claims)
    assert "要由另一个人放行" in first.get(address).text
    assert "要由另一个人放行" in first.post(f"{address}/release", follow_redirects=True).text
    assert "放行 3 笔，共 1800 元" in second.get(address).text
    assert second.post(f"{address}/release").location == address
    assert "已放行，在银行" in second.get(address).text
    assert "已经放行" in first.post(f"{address}/release", follow_redirects=True).text


def test_the_banks_file_is_looked_at_then_taken_down(open_as, database, two, claims):
    with database.transaction() as session:
        batch = make_sent(session, two, claims)
    first, address = open_as(two[0]), f"/staff/payments/{batch.id}"
    rows = [payments_of(database, each)[0] for each in claims]
    file = sent_file(
        batch,
        [(rows[0], "成功", ""), (rows[1], "失败", "账号不存在"), (rows[1], "成功", "")],
        ["BF-20-01-01-000009", "成功", "2026-11-01", "", ""],
        ["合计", "", "", "", "1800.00"],
    )
    preview = first.post(f"{address}/answers", data={"list": (file, "a.csv")}).location
    shown = first.get(preview).text
    assert "记下 2 笔" in shown
    assert "第 3 行对同一笔说的不一样" in shown
    assert "这一批里没有这笔付款" in shown
    assert claim_now(database, claims[0]).state == "approved", "a look writes nothing"
    assert open_as(two[1]).get(preview).status_code == 404, "another looks at it anew"
    first.post(preview)
    assert first.post(preview).status_code == 404
    assert [claim_now(database, each).state for each in claims] == [
        *("paid", "bank_returned", "approved")
    ]


def test_all_that_is_open_is_noted_as_paid_and_the_board_sums_it_up(open_as, database, two, claims):
    with database.transaction() as session:
        batch = make_sent(session, two, claims)
        back = paid(session, batch.id, Result.RETURNED)[0]
        answer(session, two[0], batch.id, back)
    client, address = open_as(two[0]), f"/staff/payments/{batch.id}"
    day = local_day(utc_now()).isoformat()
    assert "记 2 笔为已付" in client.get(f"{address}/paid?day={day}").text
    late = client.post(f"{address}/paid", data={"day": "2026-01-01"}, follow_redirects=True)
    assert "日期要在" in late.text
    client.post(f"{address}/paid", data={"day": day})
    assert batch_now(database, batch.id).state == "settled"
    board = client.get("/staff/payments").text
    assert "结果收齐" in board
    assert "1200 元" in board
    assert "还没有人再核对账户" in client.get("/staff/payments/returned").text


def test_the_file_holds_whole_numbers_the_log_none_and_twice_it_is_the_same(
    open_as, database, settings, two, claims
):
    with database.transaction() as session:
        batch = make_sent(session, two, claims)
    client, address = open_as(two[1]), f"/staff/payments/{batch.id}"
    form = {"purpose": "送农商银行", "format": "csv"}
    made = client.post(f"{address}/file", data=form)
    lines = made.data.decode("utf-8-sig").splitlines()
    assert made.data.startswith(b"\xef\xbb\xbf")
    assert lines[0] == "序号,流水号,申请号,收款人,开户银行,银行账号,金额(元),用途,备注"
    assert [line.split(",")[5][:13] for line in lines[1:4]] == ["6228480402564"] * 3
    assert lines[4].split(",")[6] == "1800.00"
    assert made.headers["Cache-Control"] == "no-store"
    book = client.post(f"{address}/file", data={**form, "format": "xlsx"}).data
    assert client.post(f"{address}/file", data={**form, "format": "xlsx"}).data == book
    assert book.startswith(b"PK")
    with database.snapshot() as session:
        acts = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "payment_batch.taken")
        ).all()
    assert len(acts) == 3
    assert (acts[0].details["rows"], acts[0].details["total_fen"]) == (3, 180_000)
    assert acts[0].details["purpose"] == "送农商银行"
    assert "6228480402564" not in str([each.details for each in acts])
    assert client.post(f"{address}/file", data={"format": "csv"}).location == address
    late = open_as(two[1], proved=timedelta(hours=1))
    assert "/confirm" in late.post(f"{address}/file", data=form).location
    assert "/confirm" in late.post(f"{address}/release").location


def test_what_was_paid_comes_back_is_paid_again_or_clawed_back(open_as, database, two, claims):
    with database.transaction() as session:
        batch = make_sent(session, two, claims)
        answer(session, two[0], batch.id, *paid(session, batch.id))
    client = open_as(two[0])
    payment = payments_of(database, claims[0])[0]
    row = f"/staff/payments/{batch.id}/rows/{payment.id}"
    assert "后来又退回来了吗" in client.get(row).text
    today = local_day(utc_now()).isoformat()
    assert client.post(row, data={"result": "returned", "day": today}).location == row
    client.post(row, data={"result": "returned", "day": today, "reason": "户名不符"})
    assert claim_now(database, claims[0]).state == "bank_returned"
    page = f"/staff/payments/claims/{claims[0]}"
    assert "户名不符" in client.get(page).text
    version = claim_now(database, claims[0]).version
    client.post(f"{page}/again", data={"version": version})
    assert "还没有人再核对账户" in client.get(page).text
    page = f"/staff/payments/claims/{claims[1]}"
    version = claim_now(database, claims[1]).version
    client.post(f"{page}/claw-back", data={"version": version, "reason": "证书撤销"})
    assert "还没追回：600 元" in client.get(page).text
    client.post(f"{page}/recover", data={"version": version + 1, "amount": "700"})
    assert "不能多过还没追回的" in client.get(page).text
    client.post(f"{page}/recover", data={"version": version + 1, "amount": "200.50"})
    assert "还没追回：399.50 元" in client.get(page).text


def test_who_may_only_read_reads_and_strangers_find_nothing(open_as, database, two, claims):
    with database.transaction() as session:
        make_county(session, "330881")
        batch = make_batch(session, two[0], claims).batch
    address, page = f"/staff/payments/{batch.id}", f"/staff/payments/claims/{claims[0]}"
    supervisor = open_as(role=Role.SUPERVISOR)
    for each in ("/staff/payments", "/staff/payments/returned", address, page):
        shown = supervisor.get(each)
        assert shown.status_code == 200
        assert 'method="post" action="/staff' not in shown.text
    assert supervisor.post(f"{address}/release").status_code == 403
    stranger = open_as(county="330881")
    assert batch.number not in stranger.get("/staff/payments").text
    for each in (address, page, f"{address}/paid?day=2026-11-01"):
        assert stranger.get(each).status_code == 404
    today = {"day": local_day(utc_now()).isoformat()}
    for each in (f"{address}/release", f"{address}/paid", f"{page}/claw-back"):
        assert stranger.post(each, data={"version": 1, "reason": "x", **today}).status_code == 404
    form = {"county": COUNTY, "claims": str(claims[0]), "total": "60000"}
    assert stranger.post("/staff/payments/prepare", data=form).status_code == 404


def test_nobody_puts_their_own_claim_into_a_batch_nor_notes_it_paid(open_as, database, two, claims):
    own = claim_now(database, claims[0]).person_id
    with database.transaction() as session:
        person = session.get_one(Person, own)
        make_grant(session, person, Role.ADMINISTRATOR, SCOPE)
    actor = Actor(own, "", (Grant(Role.ADMINISTRATOR, SCOPE),), 0)
    client = open_as(actor)
    shown = client.get(f"/staff/payments/prepare/confirm?county={COUNTY}&all=1").text
    assert "把这 2 笔编成一批" in shown
    with database.transaction() as session:
        batch = make_sent(session, two, claims)
    today = local_day(utc_now()).isoformat()
    client.post(f"/staff/payments/{batch.id}/paid", data={"day": today})
    assert [claim_now(database, each).state for each in claims] == ["approved", "paid", "paid"]
    assert batch_now(database, batch.id).state == "released"


def test_the_pages_ask_little(open_as, database, two, claims):
    with database.transaction() as session:
        batch = make_sent(session, two, claims[:2])
        answer(session, two[0], batch.id, *paid(session, batch.id, Result.RETURNED)[:1])
    client = open_as(two[0])
    payment = payments_of(database, claims[1])[0]
    for address in (
        "",
        "/prepare",
        f"/prepare/confirm?county={COUNTY}&all=1",
        "/returned",
        f"/{batch.id}",
        f"/{batch.id}/paid?day={local_day(utc_now())}",
        f"/{batch.id}/rows/{payment.id}",
        f"/claims/{claims[0]}",
    ):
        assert_cheap(client, database, f"/staff/payments{address}")


def test_the_command_names_the_first_sum_that_differs(app, database, two, claims):
    with database.transaction() as session:
        batch = make_sent(session, two, claims[:2])
        answer(session, two[0], batch.id, *paid(session, batch.id))
    run = app.test_cli_runner()
    assert run.invoke(args=["subsidy", "payments", "check"]).output == (
        "payments, claims and batches agree\n"
    )
    with database.transaction() as session:
        session.get_one(SubsidyClaim, claims[2]).paid_fen = 1
    found = run.invoke(args=["subsidy", "payments", "check"])
    said = f"claim:{claims[2]} paid_fen: payments say 0, written is 1"
    assert (found.exit_code, said in found.output) == (1, True)


def test_a_workbook_of_the_bank_is_read_too(open_as, database, two, claims):
    with database.transaction() as session:
        batch = make_sent(session, two, claims[:1])
    payment = payments_of(database, claims[0])[0]
    day = local_day(utc_now()).strftime("%Y/%m/%d")
    rows = [[f"{batch.number}-{payment.id:06}", "付款成功", day, "", 600]]
    book = io.BytesIO(workbook(rows, heading=HEADING))
    client, address = open_as(two[0]), f"/staff/payments/{batch.id}"
    preview = client.post(f"{address}/answers", data={"list": (book, "a.xlsx")}).location
    assert "记下 1 笔" in client.get(preview).text
