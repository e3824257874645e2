"""The accountants' page: its sums, and the file of the same money, read back as they would."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.payments.models import OrderPayment, Receipt
from tests.factories.accounts import make_county, make_grant, make_person, sign_in
from tests.factories.shop import Shop
from tests.functional.conftest import OpenDesk
from tests.functional.payments.test_desk import give_back
from tests.support.site import Client
from tests.support.statements import assert_cheap

PAGE = "/staff/orders/finance"
# By its name the package has the blueprint.
VIEW = import_module("lms.payments.views.finance")
FILES = import_module("lms.payments.views.files")
# Where things stand in a row.
KIND, ORDER, RECEIPT, NAME, THROUGH, HOW, PRICE, IN, OUT, REF, PAYER = (
    *(1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 16),
)


@pytest.fixture
def desk(open_desk: OpenDesk) -> Client:
    """An administrator of the shop's county."""
    return open_desk()


@pytest.fixture
def moved(shop: Shop, desk: Client) -> Shop:
    """A shop whose learner paid 29 yuan and got 9.50 back."""
    shop.order_it()
    shop.pay()
    give_back(desk, f"/staff/orders/{shop.order().number}", "9.5")
    shop.site.run_jobs()
    shop.told()
    return shop


def take(client: Client, form: str = "csv", **days: str) -> Any:
    return client.post(PAGE, data={"format": form, **days}, buffered=True)


def rows_of(client: Client, **days: str) -> list[list[str]]:
    answer = take(client, **days)
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))


def plain(page: str) -> str:
    return page.replace('<span class="n nb">', "").replace("</span>", "")


def test_the_page_adds_up_what_came_in_and_went_back(moved: Shop, desk: Client) -> None:
    assert f'href="{PAGE}"' in desk.get("/staff/orders").text
    assert_cheap(desk, moved.database, PAGE)
    page = plain(desk.get(PAGE).text)
    for said in ("<b>29 元</b>", "<b>9.50 元</b>", "<b>19.50 元</b>", "Stripe · 网上付"):
        assert said in page
    assert f'value="{local_day(utc_now()).replace(day=1)}"' in page


def test_the_file_says_each_movement_and_the_same_sums(moved: Shop, desk: Client) -> None:
    head, paid, back, total = rows_of(desk)
    assert len(head) == len(paid) == len(back) == len(total) == 17
    with moved.database.snapshot() as session:
        receipt = session.scalars(select(Receipt.number)).one()
        ref = session.scalars(select(OrderPayment.ref)).one()
    number, name = moved.order().number, moved.person.name
    assert paid[0].startswith(str(local_day(utc_now())))
    assert [paid[each] for each in (KIND, ORDER, RECEIPT, NAME)] == ["收款", number, receipt, name]
    assert [paid[each] for each in (THROUGH, PRICE, IN, OUT)] == ["Stripe", "29.00", "29.00", ""]
    assert [paid[REF], paid[PAYER]] == [ref, "学员"]
    assert [back[each] for each in (KIND, ORDER, RECEIPT)] == ["退款", number, receipt]
    assert [back[PRICE], back[IN], back[OUT]] == ["", "", "9.50"]
    assert [total[0], total[IN], total[OUT]] == ["合计", "29.00", "9.50"]


def test_the_workbook_holds_numbers_and_texts(moved: Shop, desk: Client) -> None:
    answer = take(desk, "xlsx")
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    page = load_workbook(BytesIO(answer.data)).active
    assert page is not None
    _, paid, back, total = page.iter_rows()
    assert (paid[IN].value, paid[IN].number_format, paid[IN].data_type) == (29, "0.00", "n")
    assert (back[OUT].value, total[IN].value, total[OUT].value) == (9.5, 29, 9.5)
    assert (paid[REF].data_type, paid[ORDER].data_type) == ("s", "s")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_name_that_would_calculate_stays_a_name(moved: Shop, desk: Client, form: str) -> None:
    with moved.database.transaction() as session:
        session.merge(moved.person).name = "=HYPERLINK(1)"
    data = take(desk, form).data
    if form == "csv":
        assert b",'=HYPERLINK(1)," in data
    else:
        page = load_workbook(BytesIO(data)).active
        assert page is not None
        assert (page.cell(2, NAME + 1).value, page.cell(2, NAME + 1).data_type) == (
            "=HYPERLINK(1)",
            "s",
        )


def test_who_took_what_is_written_down_with_what_it_hashes_to(moved: Shop, desk: Client) -> None:
    today = str(local_day(utc_now()))
    answer = take(desk, **{"from": today, "to": today})
    with moved.database.snapshot() as session:
        act = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "order.finance_exported")
        ).one()
    assert act.subject == f"finance:{today}/{today}"
    assert act.details == {
        "format": "csv",
        "rows": 2,
        "in_fen": 2_900,
        "out_fen": 950,
        "sha256": sha256(answer.data).hexdigest(),
    }
    assert "收支明细" in desk.get("/supervision/audit").text


def test_another_county_sees_none_of_it_and_a_supervisor_all(
    moved: Shop, app: Flask, open_desk: OpenDesk
) -> None:
    with moved.database.transaction() as session:
        make_county(session, code="330881")
        neighbour = make_person(session, county_code="330881")
        make_grant(session, neighbour, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330881"))
    client: Client = app.test_client()
    sign_in(client, neighbour)
    assert "没有收支" in client.get(PAGE).text
    assert rows_of(client)[1:] == [["合计", *[""] * 12, "0.00", "0.00", "", ""]]
    assert len(rows_of(open_desk(Role.SUPERVISOR))) == 4


def test_days_without_money_say_so(moved: Shop, desk: Client) -> None:
    before = local_day(utc_now()) - timedelta(days=1)
    page = desk.get(f"{PAGE}?from={before}&to={before}").text
    assert "没有收支" in page
    assert "29" not in rows_of(desk, **{"from": str(before), "to": str(before)})[-1]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"from": "2026-05-02", "to": "2026-05-01"}, "最后一天早于第一天"),
        ({"from": "2025-01-01", "to": "2026-05-01"}, "最多选 366 天"),
        ({"from": "yesterday"}, "日期"),
    ],
)
def test_days_that_are_none_are_named(desk: Client, days: dict[str, str], said: str) -> None:
    asked = desk.get(PAGE, query_string=days)
    assert asked.status_code == 422
    assert said in asked.text
    sent = take(desk, **days)
    assert sent.status_code == 422
    assert said in sent.text


def test_a_file_of_no_form_and_one_too_long_are_refused(
    moved: Shop, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert take(desk, "pdf").status_code == 422
    monkeypatch.setattr(VIEW, "MOST_FACTS", 1)
    answer = take(desk)
    assert answer.status_code == 422
    assert "10 万行" in answer.text
    with moved.database.snapshot() as session:
        acts: Sequence[str] = session.scalars(select(AuditEntry.action)).all()
    assert "order.finance_exported" not in acts


def test_a_disk_that_is_full_leaves_no_file_and_no_act(
    moved: Shop, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FILES, "_WRITERS", {"csv": full})
    assert take(desk).status_code == 502
    with moved.database.snapshot() as session:
        acts = session.scalars(select(AuditEntry.action)).all()
    assert "order.finance_exported" not in acts
