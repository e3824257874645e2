"""The cells of a learner's claims in the roster of a package."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.domain.payments import PaymentState

Row = Mapping[str, Any]

_NOTHING = "–"
_WORDS: Mapping[str, str] = {
    ClaimState.DRAFT: "没有提交",
    ClaimState.SUBMITTED: "等初审",
    ClaimState.IN_REVIEW: "等复核",
    ClaimState.RETURNED: "退回补材料",
    ClaimState.PUBLICISED: "正在公示",
    ClaimState.OBJECTED: "有异议，正在核实",
    ClaimState.APPROVED: "审定通过，等拨款",
    ClaimState.PAID: "已发放",
    ClaimState.BANK_RETURNED: "银行退回",
    ClaimState.REJECTED: "没有通过",
    ClaimState.WITHDRAWN: "本人撤回",
    ClaimState.CLAWED_BACK: "要追回",
}
_WAITS_FOR_LIST = "审核通过，等公示"


def claim_cells(claims: Sequence[Row]) -> dict[str, list[str]]:
    """Return by column what a row of the roster says of each claim, in the order of the claims."""
    return {
        "claim": [each["number"] for each in claims],
        "claim_state": [_state(each) for each in claims],
        "claim_sum": [_yuan(each["amount_fen"]) for each in claims],
        "claim_paid": [_yuan(each["paid_fen"]) for each in claims],
        "bank_days": [_days(each["payments"]) for each in claims],
        "notice": [_listed(row["number"] for row in each["notices"]) for each in claims],
    }


def _state(claim: Row) -> str:
    if claim["state"] == ClaimState.IN_REVIEW and claim["second_by"] is not None:
        return _WAITS_FOR_LIST
    return _WORDS[claim["state"]]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _days(payments: Sequence[Row]) -> str:
    """Return the days the bank named: when it paid, and when it sent something back."""
    found: list[tuple[date, str]] = []
    for each in payments:
        if each["state"] == PaymentState.RETURNED:
            found.append((each["returned_on"], f"{each['returned_on']} 退回"))
        elif each["paid_on"] is not None:
            found.append((each["paid_on"], f"{each['paid_on']}"))
    return _listed(words for _, words in sorted(found))


def _listed(words: Iterable[str]) -> str:
    return "、".join(words) or _NOTHING
