"""Facts of money by day: what came in and what went back, none of which ever changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

# A year that has 29 February.
MOST_DAYS_SHOWN = 366
# What a file of a period may hold: a workbook of so many rows takes a quarter of a minute.
MOST_FACTS = 100_000


class FactKind(StrEnum):
    """What happened to money; a refund that did not arrive after all is here again."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    UNDONE = "undone"


class FileForm(StrEnum):
    """In which file accountants take it."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1


class Fact(NamedTuple):
    """Money that came in or went back, in fen, and what it was for.

    Money that is here again counts against what went out, so that what an earlier file said stays.
    """

    at: datetime
    kind: str
    in_fen: int
    out_fen: int
    ref: str | None
    provider: str
    method: str | None
    order_number: str
    receipt_number: str | None
    name: str
    course: dict[str, str] | None
    county_zh: str
    county_en: str
    list_fen: int
    coupon_fen: int
    voucher_fen: int
    subsidy_fen: int
    payer: str


class Sum(NamedTuple):
    """What came in and went back one way, in fen, and how many facts that are."""

    provider: str
    method: str | None
    in_fen: int
    out_fen: int
    facts: int

    @property
    def net_fen(self) -> int:
        """Return what stayed here."""
        return self.in_fen - self.out_fen


def total(sums: Sequence[Sum]) -> Sum:
    """Return all ways together."""
    return Sum(
        "",
        None,
        sum(each.in_fen for each in sums),
        sum(each.out_fen for each in sums),
        sum(each.facts for each in sums),
    )
