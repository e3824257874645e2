"""What people are told on the site, step by step: one table of templates and what each may hold.

A message is kept as its template and a few values, and becomes words where somebody reads it. Words
that a person wrote (a reason) stand beside the sentence, never inside of it, and go into no text
message.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.errors import Message
from lms.notify.domain.deliveries import DELIVERIES
from lms.notify.domain.kinds import CLAIM, Kind, Notice, Value
from lms.notify.domain.orders import ORDERS

_LONGEST_REASON = 500
_NUMBER = re.compile(r"[0-9A-Z]{1,12}(-[0-9A-Z]{1,12}){0,4}")
# A claim's number has parts; eleven or more digits in a row are a phone, a card or an account.
_TOO_MANY_DIGITS = re.compile(r"\d{11}")
_ENDING = re.compile(r"\d{4}")

_ACCOUNT_PAGE = "/me/bank"
_REASON = {**CLAIM, "reason": Kind.REASON}
_PAID = {**CLAIM, "amount": Kind.FEN, "ending": Kind.ENDING}

NOTICES: Mapping[str, Notice] = {
    "claim_submitted": Notice(
        Message("title", "Your claim is in"),
        Message(
            "text",
            "Claim %(claim)s: the county office looks at it. You are told at each step.",
        ),
    ),
    "claim_looked_at": Notice(
        Message("title", "The first look is passed"),
        Message("text", "A second person of the county bureau looks at claim %(claim)s next."),
    ),
    "claim_passed": Notice(
        Message("title", "The review is passed"),
        Message("text", "Claim %(claim)s waits for the next public list."),
    ),
    "claim_returned": Notice(
        Message("title", "Something is missing"),
        Message(
            "text",
            "Claim %(claim)s came back to you. All you filled in is kept: add what is missing and "
            "hand it in again.",
        ),
        _REASON,
    ),
    "claim_public": Notice(
        Message("title", "Your claim is on the public list"),
        Message(
            "text",
            "Claim %(claim)s stands there until %(until)s. If nobody objects, it goes on to be "
            "paid.",
        ),
        {**CLAIM, "until": Kind.DAY},
    ),
    "claim_objected": Notice(
        Message("title", "Somebody objected; it is being looked into"),
        Message(
            "text",
            "Claim %(claim)s is off the public list meanwhile. You need not do anything; if "
            "something is unclear, the office calls you.",
        ),
    ),
    "claim_objection_settled": Notice(
        Message("title", "The objection is settled"),
        Message("text", "Claim %(claim)s goes on where it was."),
    ),
    "claim_approved": Notice(
        Message("title", "Your claim is approved"),
        Message(
            "text",
            "Claim %(claim)s, %(amount)s: the money usually takes about 10 working days.",
        ),
        {**CLAIM, "amount": Kind.FEN},
    ),
    "claim_paid": Notice(
        Message("title", "The subsidy was paid"),
        Message(
            "text",
            "%(amount)s for claim %(claim)s went to your account ending in %(ending)s. Not there? "
            "Call and name the claim.",
        ),
        _PAID,
    ),
    "claim_instalment_paid": Notice(
        Message("title", "A part of the subsidy was paid"),
        Message(
            "text",
            "Part %(part)s of %(parts)s for claim %(claim)s: %(amount)s went to your account "
            "ending in %(ending)s.",
        ),
        {**_PAID, "part": Kind.COUNT, "parts": Kind.COUNT},
    ),
    "claim_bank_returned": Notice(
        Message("title", "The bank sent the money back"),
        Message(
            "text",
            "The money for claim %(claim)s is not lost. Look whether your account is right; once "
            "it is, you are paid again.",
        ),
        _REASON,
        _ACCOUNT_PAGE,
    ),
    "claim_paying_again": Notice(
        Message("title", "You are being paid again"),
        Message("text", "The money for claim %(claim)s goes to your account ending in %(ending)s."),
        {**CLAIM, "ending": Kind.ENDING},
    ),
    "claim_rejected": Notice(
        Message("title", "Your claim was not approved"),
        Message("text", "This is about claim %(claim)s. If you disagree, call the helpline."),
        _REASON,
    ),
    "claim_withdrawn": Notice(
        Message("title", "The claim was withdrawn"),
        Message(
            "text",
            "Claim %(claim)s is over. As long as you meet the conditions you can claim again.",
        ),
    ),
    "claim_reopened": Notice(
        Message("title", "Your claim is checked again"),
        Message(
            "text",
            "Something that claim %(claim)s rests on has changed. The office looks again and tells "
            "you.",
        ),
        _REASON,
    ),
    "claim_doubted": Notice(
        Message("title", "A subsidy you got is being checked"),
        Message(
            "text",
            "Something about claim %(claim)s has to be checked. That does not say you did "
            "anything wrong, and you need not pay anything back now.",
        ),
    ),
    "claim_doubt_settled": Notice(
        Message("title", "The check is over"),
        Message("text", "Nothing changes for claim %(claim)s: what you got stays yours."),
    ),
    "claim_clawed_back": Notice(
        Message("title", "A subsidy is to be paid back"),
        Message(
            "text",
            "%(amount)s of claim %(claim)s is to be paid back. Pay only into the account the "
            "office names in writing, never to somebody who calls.",
        ),
        {**_REASON, "amount": Kind.FEN},
    ),
    **DELIVERIES,
    **ORDERS,
}


def kept(template: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the values as they are kept: days and messages written out.

    Raises ``ValueError`` for a value the template does not take, one that is missing, and one that
    is not what it must be, so that nothing else of a person gets in by mistake.
    """
    takes = NOTICES[template].takes
    if set(values) != set(takes):
        raise ValueError(f"{template} takes {sorted(takes)}")
    for name, kind in takes.items():
        if not _fits(kind, values[name]):
            raise ValueError(f"{name} of {template} is no {kind}")
    return {name: _written(value) for name, value in values.items()}


def texted(template: str, params: Mapping[str, Any]) -> dict[str, str | int]:
    """Return what a text message may hold of values that are kept: never a reason."""
    said: dict[str, str | int] = {}
    for name, kind in NOTICES[template].takes.items():
        value = params[name]
        if kind is Kind.DAY:
            day = date.fromisoformat(value)
            said |= {name: value, f"{name}_month": day.month, f"{name}_day": day.day}
        elif kind is Kind.FEN:
            said[name] = yuan(value)
        elif kind not in (Kind.REASON, Kind.ROW):
            said[name] = value
    return said


def yuan(fen: int) -> str:
    """Return an amount in yuan, with the fen only where there are any."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def address(template: str, params: Mapping[str, Any]) -> str:
    """Return where the message leads to, inside the site."""
    return NOTICES[template].leads_to.format(**params)


def message_of(written: Mapping[str, Any]) -> Message:
    """Return the message that was kept."""
    params = {
        name: message_of(value) if isinstance(value, Mapping) else value
        for name, value in written["params"].items()
    }
    return Message(written["code"], written["text"], params)


def _fits(kind: Kind, value: Value) -> bool:
    match kind:
        case Kind.DAY:
            return type(value) is date
        case Kind.FEN | Kind.COUNT | Kind.ROW:
            return type(value) is int and value > 0
        case Kind.REASON:
            return isinstance(value, Message) or _is_reason(value)
        case Kind.ENDING:
            return isinstance(value, str) and _ENDING.fullmatch(value) is not None
        case Kind.NUMBER:
            return isinstance(value, str) and _is_number(value)


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None and _TOO_MANY_DIGITS.search(value) is None


def _is_reason(value: Value) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= _LONGEST_REASON


def _written(value: Value) -> Any:  # noqa: ANN401 (what JSON takes)
    if isinstance(value, Message):
        params = {name: _written_param(each) for name, each in value.params.items()}
        return {"code": value.code, "text": value.text, "params": params}
    return value.isoformat() if isinstance(value, date) else value


def _written_param(value: Any) -> Any:  # noqa: ANN401 (what a message takes)
    return _written(value) if isinstance(value, Message) else value
