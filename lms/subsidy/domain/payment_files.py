"""The file that goes to the bank, and the one that comes back: columns, cells, what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

from lms.core.errors import InvalidInput, Message
from lms.sheets.domain import FORMULA, NO_ROWS, Row, Rows, below_heading, is_formula
from lms.subsidy.domain.answers import LONGEST_REASON, Answer, Result
from lms.subsidy.domain.payments import read_number
from lms.subsidy.domain.rows import written_day

# Title, whether it is a text, and width: the order in which the file is handed over.
COLUMNS: tuple[tuple[str, bool, int], ...] = (
    ("序号", False, 7),
    ("流水号", True, 22),
    ("申请号", True, 16),
    ("收款人", True, 14),
    ("开户银行", True, 28),
    ("银行账号", True, 24),
    ("金额(元)", False, 12),
    ("用途", True, 24),
    ("备注", True, 30),
)
SIGNATURES = (
    "填报单位（盖章）：              经办人：              负责人：              填表日期："
)
TOTAL = "合计"
_CHANGED = "放行后账户变了，请勿付款"
_PURPOSE = "职业培训补贴"
_HUNDRED = 100

_NAMES: Mapping[str, tuple[str, ...]] = {
    "number": ("流水号", "业务流水号", "企业流水号", "number"),
    "result": ("结果", "处理结果", "付款结果", "交易状态", "result"),
    "day": ("日期", "付款日期", "交易日期", "退票日期", "date"),
    "reason": ("原因", "退票原因", "失败原因", "reason"),
    "amount": ("金额", "金额(元)", "交易金额", "amount"),
}
_NEEDED = (frozenset({"number", "result"}),)
_RESULTS: Mapping[str, Result] = {
    **dict.fromkeys(("成功", "交易成功", "付款成功", "已付", "paid", "success"), Result.PAID),
    **dict.fromkeys(
        ("失败", "交易失败", "付款失败", "退票", "退回", "returned", "failed"), Result.RETURNED
    ),
}
_NO_NUMBER = Message("answer_unknown", "This batch has no such payment.")
_NO_RESULT = Message("answer_result", "The result must be 成功 or 失败.")
_NO_DAY = Message("not_a_day", "Please write the day like 2026-05-31.")
_NO_SUM = Message("answer_amount", "This is not an amount of money.")
_NO_REASON = Message("answer_reason", "It does not say why the money came back.")


class FileForm(StrEnum):
    """In which file a batch is handed over."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class FileOrder:
    """In which form somebody wants the file, and what for."""

    form: FileForm
    purpose: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """A payment as the bank is told; ``account`` is empty where it changed after the release."""

    number: str
    claim: str
    payee: str
    bank: str
    account: str
    amount_fen: int
    work: str
    instalment: tuple[int, int]

    def cells(self, place: int) -> tuple[int | str | Decimal, ...]:
        """Return the cells in the order of ``COLUMNS``."""
        number, count = self.instalment
        notes = [f"第 {number} 期，共 {count} 期"] if count > 1 else []
        notes += [] if self.account else [_CHANGED]
        purpose = f"{_PURPOSE} {self.work}".strip()
        return (
            *(place, self.number, self.claim, self.payee, self.bank, self.account),
            *(yuan(self.amount_fen), purpose, "；".join(notes)),
        )


class Head(NamedTuple):
    """What stands around the rows: a heading, and the day that is kept as the file's."""

    heading: str
    day: date


@dataclass(slots=True)
class Read:
    """What a returned file says, row by row, and what is wrong with the others."""

    answers: list[Answer] = field(default_factory=list)
    faults: list[tuple[int, Message]] = field(default_factory=list)


def yuan(fen: int) -> Decimal:
    """Return an amount in yuan, with two decimals."""
    return Decimal(fen).scaleb(-2)


def read_fen(text: str) -> int | None:
    """Return an amount of yuan such as ``1,200.50`` in fen; ``None`` for what is none."""
    try:
        value = Decimal(text.strip().replace(",", "").replace("，", "").removesuffix("元"))
    except InvalidOperation:
        return None
    fen = value * _HUNDRED if value.is_finite() and abs(value) < 10**9 else Decimal("0.1")
    return int(fen) if fen == fen.to_integral_value() else None


def read_answers(rows: Rows, batch: str) -> Read:
    """Return what a file says of a batch's payments. Raises ``InvalidInput`` without a heading.

    A row without number and result stands for nothing: a sum, or a line to sign.
    """
    found = Read()
    for row in below_heading(rows, _NAMES, needed=_NEEDED):
        if not row.plain("number") and not row.plain("result"):
            continue
        said = _answer(row, batch)
        if isinstance(said, Message):
            found.faults.append((row.number, said))
        else:
            found.answers.append(said)
    if not found.answers and not found.faults:
        raise InvalidInput({"list": NO_ROWS})
    return found


def _answer(row: Row, batch: str) -> Answer | Message:
    if any(is_formula(row.cells[key]) for key in ("number", "result", "day") if key in row.cells):
        return FORMULA
    named = read_number(row.plain("number"))
    if named is None or named[0] != batch:
        return _NO_NUMBER
    result = _RESULTS.get(row.plain("result").replace(" ", "").lower())
    if result is None:
        return _NO_RESULT
    day, amount = _day(row), read_fen(row.plain("amount")) if row.plain("amount") else None
    reason = row.plain("reason")[:LONGEST_REASON]
    fault = _fault(row, day, amount, reason if result is Result.RETURNED else "-")
    if fault or day is None:
        return fault or _NO_DAY
    told = reason if result is Result.RETURNED else ""
    return Answer(named[1], result, day, told, amount, row.number)


def _fault(row: Row, day: date | None, amount: int | None, reason: str) -> Message | None:
    if day is None:
        return _NO_DAY
    if row.plain("amount") and amount is None:
        return _NO_SUM
    return None if reason else _NO_REASON


def _day(row: Row) -> date | None:
    cell = row.cells.get("day")
    if cell is None:
        return None
    text = row.plain("day").split(" ")[0]
    packed = re.fullmatch(r"(20[0-9]{2})([0-9]{2})([0-9]{2})", text)
    text = "-".join(packed.groups()) if packed else written_day(text, cell.kind)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
