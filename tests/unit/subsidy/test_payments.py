"""Instalments month by month, the numbers of payments, and what the bank's file says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.errors import InvalidInput, Message
from lms.sheets.gateway import read_cells
from lms.subsidy.domain.answers import Answer, Result, Sent, sorted_answers
from lms.subsidy.domain.payment_files import FileForm, Head, Transfer, read_answers, read_fen
from lms.subsidy.domain.payments import (
    Payee,
    PaymentState,
    account_fault,
    month_after,
    next_instalment,
    payment_number,
    read_number,
)
from lms.subsidy.domain.sentences import read_sentence, written_sentence
from lms.subsidy.gateway.payment_files import write_transfers
from tests.factories.sheets import text

BATCH = "BF-26-07-01"
HEADING = ["流水号", "处理结果", "交易日期", "退票原因", "金额（元）"]
TODAY = date(2026, 7, 20)


def read(*rows, heading=HEADING):
    return read_answers(read_cells(text(rows, heading=heading).encode()), BATCH)


@given(st.integers(100, 10**7), st.integers(1, 24), st.data())
def test_instalments_come_to_the_amount_and_none_comes_twice(amount, count, data):
    paid: dict[int, date] = {}
    total, day = 0, date(2026, 1, 31)
    while own := next_instalment(amount, count, paid):
        assert own.number not in paid
        assert own.from_day is None or own.from_day > max(paid.values())
        day = max(day, own.from_day or day)
        paid[own.number], total = day, total + own.amount_fen
        if len(paid) > 1 and data.draw(st.integers(0, 9)) == 0:
            break
    else:
        assert (total, len(paid)) == (amount, count)


def test_the_next_instalment_waits_for_its_month_and_one_that_came_back_comes_first():
    own = next_instalment(100_00, 3, {1: date(2026, 7, 31)})
    assert own is not None
    assert (own.number, own.amount_fen, own.from_day) == (2, 33_33, date(2026, 8, 1))
    back = next_instalment(100_00, 3, {2: date(2026, 12, 1)})
    assert back is not None
    assert (back.number, back.amount_fen, back.from_day) == (1, 33_34, date(2027, 1, 1))
    assert month_after(date(2026, 1, 1)) == date(2026, 2, 1)


def test_money_goes_to_the_account_that_was_looked_at_or_nowhere():
    same = Payee("x", "*1", "b", is_confirmed=True)
    assert account_fault("x", same) is None
    for reviewed, payee in (("y", same), ("x", None)):
        fault = account_fault(reviewed, payee)
        assert fault is not None
        assert fault.code == "payee_changed"


def test_a_number_is_read_back_whatever_its_case_and_nothing_else_is_one():
    assert read_number(f" {payment_number(BATCH, 7).lower()} ") == (BATCH, 7)
    for odd in ("", BATCH, f"{BATCH}-7", f"{BATCH}-００００07", "1e5"):
        assert read_number(odd) is None


@pytest.mark.parametrize(
    ("written", "fen"),
    [("600", 600_00), ("1,200.5元", 1200_50), ("0.01", 1), ("0.001", None), ("", None),
     ("NaN", None), ("-5", -5_00), ("1e99", None)],
)  # fmt: skip
def test_amounts_are_read_exactly_or_not_at_all(written, fen):
    assert read_fen(written) == fen


def test_a_returned_file_is_read_with_every_fault_by_its_row():
    number = payment_number(BATCH, 1)
    found = read(
        [number, "付款成功", "2026/7/3", "", "600"],
        [payment_number(BATCH, 2), "退票", "20260704", "户名不符", "600.00"],
        [number, "处理中", "2026-07-03", "", ""],
        [number, "成功", "七月三日", "", ""],
        [payment_number(BATCH, 3), "失败", "2026-07-03", "", ""],
        ["BF-26-07-02-000001", "成功", "2026-07-03", "", ""],
        [number, "成功", "2026-07-03", "", "六百"],
        ["=1+1", "成功", "2026-07-03", "", ""],
        ["", "", "", "", "1200.00"],
    )
    assert found.answers == [
        Answer(1, Result.PAID, date(2026, 7, 3), "", 600_00, 2),
        Answer(2, Result.RETURNED, date(2026, 7, 4), "户名不符", 600_00, 3),
    ]
    assert [(row, why.code) for row, why in found.faults] == [
        *((4, "answer_result"), (5, "not_a_day"), (6, "answer_reason"), (7, "answer_unknown")),
        *((8, "answer_amount"), (9, "cell_formula")),
    ]
    with pytest.raises(InvalidInput):
        read([number, "成功"], heading=["编号", "结果"])


def test_answers_are_new_known_or_at_fault():
    states = {1: "sent", 2: "paid", 3: "returned", 4: "sent", 5: "cancelled", 6: "sent"}
    payments = {
        key: Sent(key, key, key, PaymentState(state), 600_00, date(2026, 7, 2))
        for key, state in states.items()
    }
    day = date(2026, 7, 3)
    answers = [
        Answer(1, Result.PAID, day),
        Answer(1, Result.PAID, day),
        Answer(1, Result.RETURNED, day, "x"),
        Answer(2, Result.RETURNED, day, "x"),
        Answer(3, Result.PAID, day),
        Answer(4, Result.PAID, day, amount_fen=500_00),
        Answer(5, Result.PAID, day),
        Answer(6, Result.PAID, date(2026, 8, 1)),
        Answer(99, Result.PAID, day),
    ]
    found = sorted_answers(answers, payments, released=date(2026, 7, 1), today=TODAY)
    assert [each.payment_id for each in found.new] == [1, 2]
    assert [each.payment_id for each in found.known] == [1]
    assert [(answer.payment_id, why.code) for answer, why in found.faults] == [
        *((1, "answer_twice"), (3, "answer_contradicts"), (4, "answer_sum")),
        *((5, "answer_unknown"), (6, "answer_day"), (99, "answer_unknown")),
    ]


def test_the_file_for_the_bank_calculates_nothing_and_can_be_sent_back_with_answers():
    odd = Transfer(
        *(payment_number(BATCH, 1), "BT-26-07-0001", "=cmd", "农商银行", "", 600_05),
        *("直播销售员", (2, 3)),
    )
    data = write_transfers(FileForm.CSV, Head("x", TODAY), [odd])
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[1] == (
        "1,BF-26-07-01-000001,BT-26-07-0001,'=cmd,农商银行,,600.05,职业培训补贴 直播销售员,"
        "第 2 期，共 3 期；放行后账户变了，请勿付款"
    )
    assert lines[2].startswith("合计,")
    book = write_transfers(FileForm.XLSX, Head("拨付表", TODAY), [odd])
    cells = list(read_cells(book))
    assert [cell.text for cell in cells[2]][:3] == ["序号", "流水号", "申请号"]
    assert cells[3][3] == ("=cmd", "text")
    assert cells[4][6].text == "600.05"


def test_a_sentence_that_was_kept_is_read_back():
    inner = Message("a", "A %(n)s", {"n": 1})
    said = Message("b", "B %(what)s", {"what": inner})
    assert str(read_sentence(written_sentence(said))) == "B A 1"
