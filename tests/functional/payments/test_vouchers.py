"""The desk of vouchers and coupons, and what a learner with a code sees."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.payments.domain.vouchers import spelled
from lms.payments.models import CountyShare, Redemption, Voucher, VoucherBatch
from tests.factories.accounts import make_county, make_grant, make_person, sign_in
from tests.factories.shop import Shop
from tests.factories.vouchers import Batch, make_batch, make_share
from tests.functional.conftest import OpenDesk
from tests.support.site import Client
from tests.support.statements import assert_cheap, assert_few_statements

BOARD = "/staff/orders/vouchers"


@pytest.fixture
def desk(open_desk: OpenDesk) -> Client:
    """An administrator of the shop's county who proved anew who they are."""
    return open_desk()


def issue(desk: Client, shop: Shop, **changes: str):
    """Issue a batch; three training vouchers of 10 yuan for every course unless it says else."""
    today = local_day(utc_now())
    form = {
        "key": str(uuid4()),
        "kind": "voucher",
        "title": "2026 年秋季培训券",
        "county": shop.person.county_code,
        "good_for": "",
        "worth": "10",
        "count": "3",
        "per_person": "1",
        "first_day": str(today),
        "last_day": str(today + timedelta(days=30)),
        **changes,
    }
    return desk.post(f"{BOARD}/new", data=form)


def batch(shop: Shop, **terms: object) -> Batch:
    with shop.database.transaction() as session:
        return make_batch(session, make_person(session), **terms)


def codes_of(shop: Shop) -> list[str]:
    with shop.database.snapshot() as session:
        return list(session.scalars(select(Voucher.code).order_by(Voucher.id)))


def taken(desk: Client, where: str, form: str) -> bytes:
    """Take a file home, as browsers do."""
    with desk.post(where, data={"format": form}) as answer:
        return answer.data


def uses(shop: Shop) -> list[tuple[int, bool]]:
    """Return what each code that was put in took off, and whether it is used up."""
    with shop.database.snapshot() as session:
        rows = session.scalars(select(Redemption).order_by(Redemption.id))
        return [(row.amount_fen, row.used_at is not None) for row in rows]


def test_a_batch_is_issued_printed_and_taken_home(desk: Client, shop: Shop) -> None:
    assert_cheap(desk, shop.database, BOARD)
    assert_few_statements(desk, shop.database, f"{BOARD}/new")
    where = issue(desk, shop).location
    codes = codes_of(shop)
    assert len(set(codes)) == 3
    page = desk.get(where).text
    assert "2026 年秋季培训券" in page
    assert "10 元" in page
    assert codes[0] not in page
    cards = desk.get(f"{where}/cards").text
    assert all(spelled(code) in cards for code in codes)
    assert cards.count("<svg") >= 3
    file = taken(desk, f"{where}/codes", "csv")
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [spelled(code) for code in codes]
    assert [row[2] for row in rows[1:]] == ["10.00"] * 3
    assert rows[1][4].endswith(f"/vouchers/{spelled(codes[0])}")
    with shop.database.snapshot() as session:
        acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acts[-3:] == ["vouchers.issued", "vouchers.taken", "vouchers.taken"]


def test_a_batch_that_is_sent_twice_is_issued_once(desk: Client, shop: Shop) -> None:
    key = str(uuid4())
    assert issue(desk, shop, key=key).location == issue(desk, shop, key=key).location
    assert len(codes_of(shop)) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "请填写"),
        ({"worth": "0"}, "金额"),
        ({"worth": "10000.01"}, "每张券面值最多 10000 元"),
        ({"count": "5001"}, "1 到 5000"),
        ({"per_person": "0"}, "1 到 9"),
        ({"last_day": "2026-01-01"}, "早于"),
        ({"first_day": ""}, "请填写"),
        ({"kind": "gift"}, "请选一个"),
        ({"county": "999999"}, "请选一个"),
        ({"good_for": "course-999"}, "请选一个"),
        ({"good_for": "1 OR 1=1"}, "请选一个"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_issued(
    desk: Client, shop: Shop, change: dict[str, str], said: str
) -> None:
    answer = issue(desk, shop, **change)
    assert answer.status_code == 422
    assert said in answer.text
    assert codes_of(shop) == []


def test_codes_of_other_counties_are_not_there(app: Flask, shop: Shop) -> None:
    made = batch(shop)
    with shop.database.transaction() as session:
        make_county(session, code="330782")
        neighbour = make_person(session, county_code="330782")
        make_grant(session, neighbour, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330782"))
    client: Client = app.test_client()
    sign_in(client, neighbour, confirmed_at=utc_now())
    where = f"{BOARD}/{made.id}"
    assert "培训券</a>" not in client.get(BOARD).text
    assert client.get(where).status_code == 404
    assert client.get(f"{where}/cards").status_code == 404
    for act in ("codes", "redemptions", "stop"):
        assert client.post(f"{where}/{act}").status_code == 404
    assert issue(client, shop).status_code == 422
    assert len(codes_of(shop)) == 1


def test_codes_are_issued_only_by_who_proved_who_they_are(open_desk: OpenDesk, shop: Shop) -> None:
    answer = issue(open_desk(confirmed=timedelta(hours=1)), shop)
    assert "/confirm" in answer.location
    assert codes_of(shop) == []


def test_who_used_them_is_listed_for_the_bureau_to_the_fen(desk: Client, shop: Shop) -> None:
    made = batch(shop, codes=2, title="=1+1")
    shop.order_it(code=made.codes[0])
    shop.pay()
    where = f"{BOARD}/{made.id}"
    assert_few_statements(desk, shop.database, where)
    page = desk.get(where).text
    assert shop.order().number in page
    assert spelled(made.codes[1]) not in page
    sheet = load_workbook(io.BytesIO(taken(desk, f"{where}/redemptions", "xlsx"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][1:3] == [spelled(made.codes[0]), shop.person.name]
    assert rows[1][5:8] == [shop.order().number, 10, "已使用"]
    assert rows[-1][6] == 10
    text = taken(desk, f"{where}/redemptions", "csv").decode("utf-8-sig")
    assert text.splitlines()[-1].split(",")[6] == "10.00"


def test_what_is_not_used_is_withdrawn(desk: Client, shop: Shop) -> None:
    made = batch(shop, codes=2)
    shop.order_it(code=made.codes[0])
    assert desk.post(f"{BOARD}/{made.id}/stop").location == f"{BOARD}/{made.id}"
    assert "已作废" in shop.client.get(f"{shop.checkout}?code={made.codes[1]}").text
    shop.pay()
    assert (shop.order().state, uses(shop)) == ("paid", [(1_000, True)])


def test_an_order_without_money_is_undone_with_a_reason(desk: Client, shop: Shop) -> None:
    shop.order_it(code=batch(shop, worth_fen=5_000).codes[0])
    where = f"/staff/orders/{shop.order().number}"
    assert "撤销订单" in desk.get(where).text
    assert desk.post(f"{where}/undo", data={"reason": " "}).status_code == 422
    assert desk.post(f"{where}/undo", data={"reason": "报错了班"}).location == where
    assert (shop.order().state, shop.seats()) == ("refunded", ["cancelled"])
    assert "报错了班" in shop.client.get(f"/me/orders/{shop.order().number}").text
    assert "订单被撤销" in shop.client.get("/me/inbox").text
    assert desk.post(f"{where}/undo", data={"reason": "报错了班"}).status_code == 409
    with shop.database.snapshot() as session:
        assert session.scalars(select(Redemption)).one().given_back_at is not None


def test_an_order_with_money_is_not_undone(desk: Client, shop: Shop) -> None:
    shop.order_it()
    shop.pay()
    where = f"/staff/orders/{shop.order().number}"
    assert "撤销订单" not in desk.get(where).text
    assert desk.post(f"{where}/undo", data={"reason": "报错了班"}).status_code == 409
    assert shop.seats() == ["active"]


def test_the_county_pays_its_part_of_a_course(desk: Client, shop: Shop) -> None:
    today = local_day(utc_now())
    form = {
        "county": shop.person.county_code,
        "good_for": f"course-{shop.course.course.id}",
        "worth": "20",
        "basis": "衢人社〔2026〕5 号",
        "first_day": str(today),
        "last_day": str(today),
    }
    assert desk.post(f"{BOARD}/shares/new", data={**form, "basis": ""}).status_code == 422
    assert desk.post(f"{BOARD}/shares/new", data=form).location == BOARD
    assert desk.post(f"{BOARD}/shares/new", data=form).status_code == 409
    assert "衢人社〔2026〕5 号" in desk.get(BOARD).text
    page = shop.client.get(f"/courses/{shop.course.course.slug}").text
    assert "价格 29 元，县里替您付 20 元" in re.sub("<[^>]*>", "", page)
    assert "报名 9 元" in re.sub("<[^>]*>", "", page)
    assert "9 元" in shop.client.get(shop.checkout).text
    shop.order_it(way="office")
    assert (shop.order().subsidy_fen, shop.order().due_fen) == (2_000, 900)
    with shop.database.snapshot() as session:
        share_id = session.scalar(select(func.max(CountyShare.id)))
    desk.post(f"{BOARD}/shares/{share_id}/end")
    assert "衢人社〔2026〕5 号" not in desk.get(BOARD).text


def test_a_share_of_another_county_is_not_ended(app: Flask, shop: Shop, database: Database) -> None:
    with database.transaction() as session:
        share = make_share(session, make_person(session), shop.course, 100)
        make_county(session, code="330782")
        neighbour = make_person(session, county_code="330782")
        make_grant(session, neighbour, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330782"))
    client: Client = app.test_client()
    sign_in(client, neighbour, confirmed_at=utc_now())
    assert client.post(f"{BOARD}/shares/{share.id}/end").status_code == 404
    with database.snapshot() as session:
        assert session.get_one(CountyShare, share.id).ended_at is None


def test_batches_are_listed_page_by_page(desk: Client, shop: Shop) -> None:
    for _ in range(51):
        batch(shop)
    page = desk.get(BOARD).text
    assert page.count("<tr>") == 51
    later = re.search(r'href="([^"]*after=[0-9]+)"', page)[1].replace("&amp;", "&")
    assert desk.get(later).text.count("<tr>") == 2
    with shop.database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(VoucherBatch)) == 51
