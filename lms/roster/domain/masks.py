"""How much of identity and account numbers a list shows."""

from collections.abc import Sequence

from lms.accounts.domain.identity import DIGITS

_REGION, _SHOWN = 6, 4
SIX_AND_FOUR = "six_and_four"


def shown_numbers(
    masks: Sequence[str | None],
    whole: Sequence[str | None] | None,
    *,
    form: str,
    is_whole: bool,
) -> list[str]:
    """Return identity numbers as a list shows them: whole, last four, or six and four.

    ``masks`` are the stored ones, ``whole`` the numbers where they were opened. A number that was
    not opened is shown as its mask whatever is asked for.
    """
    if whole is None:
        return [mask or "" for mask in masks]
    if is_whole:
        return [number or mask or "" for mask, number in zip(masks, whole, strict=True)]
    if form != SIX_AND_FOUR:
        return [mask or "" for mask in masks]
    return [
        six_and_four(number) if number else mask or ""
        for mask, number in zip(masks, whole, strict=True)
    ]


def six_and_four(number: str) -> str:
    """Return a number with the eight digits of the birthday hidden."""
    hidden = "*" * (DIGITS - _REGION - _SHOWN)
    return f"{number[:_REGION]}{hidden}{number[-_SHOWN:]}"


def masked_accounts(
    masks: Sequence[str | None], whole: Sequence[str | None] | None, *, is_whole: bool
) -> list[str]:
    """Return account numbers: the last four digits, or whole where that was allowed."""
    if whole is None or not is_whole:
        return [mask or "" for mask in masks]
    return [number or mask or "" for mask, number in zip(masks, whole, strict=True)]
