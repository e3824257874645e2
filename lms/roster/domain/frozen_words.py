"""What a file of a frozen roster says of itself; frozen cells are Chinese, and so is the file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lms.core.clock import local_time

# Stands where the name stood of whoever was erased since.
ERASED = "（此人信息已删除）"


class Frozen(Protocol):
    """What is to be known of a whole batch."""

    number: int
    as_of: datetime | None
    sha256: str | None
    rows_total: int | None


def origin_of(batch: Frozen) -> str:
    """Return which batch it is and of when, with the hash of its manifest: on every page."""
    return f"{_which(batch)} · SHA-256 {batch.sha256}"


def notes_of(batch: Frozen, *, erased: int, left_masked: int) -> Sequence[str]:
    """Return what stands below the rows, a sentence each."""
    found = [f"{_which(batch)} · 共 {batch.rows_total} 行", f"清单校验值 SHA-256：{batch.sha256}"]
    if erased:
        found.append(
            f"定稿以后有 {erased} 人的信息已删除：各占原来的一行，行数和合计仍是定稿时的。"
        )
    if left_masked:
        found.append(
            f"有 {left_masked} 个号码仍按定稿时隐去：现在的号码已不是当时那个，或本人不再同意使用。"
        )
    return found


def _which(batch: Frozen) -> str:
    at = f"{local_time(batch.as_of):%Y-%m-%d %H:%M:%S}" if batch.as_of else ""
    return f"定稿第 {batch.number} 号 · 截至 {at}"
