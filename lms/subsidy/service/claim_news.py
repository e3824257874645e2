"""What the learner is told about a step of a claim: which message, and what stands in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.core.errors import Message
from lms.notify.domain.kinds import Value
from lms.notify.service import Told, tell
from lms.subsidy.domain.claim_states import Cause, ClaimAct, ClaimState

_DIGITS = 4
_CAUSES: Mapping[Cause, Message] = {
    Cause.DECIDED_ANEW: Message(
        "cause_decided", "What is known of you or of your studying has changed."
    ),
    Cause.BADGE_REVOKED: Message("cause_badge", "The badge of the course was taken back."),
    Cause.REFUNDED: Message("cause_refund", "Money you paid for the course went back to you."),
}


@dataclass(frozen=True, slots=True)
class News:
    """A step that was taken, as its message needs it: the claim's columns behind it."""

    claim_id: int
    person_id: int
    act: ClaimAct
    now: ClaimState
    reason: str | None
    fen: int
    about: Mapping[str, Any]
    values: Mapping[str, Any]


def tell_all(session: Session, news: Sequence[News], *, now: datetime) -> None:
    """Tell each learner once what became of the claim; a draft that was dropped is no news."""
    messages = [told for each in news if (told := _told(each)) is not None]
    if messages:
        tell(session, messages=messages, now=now)


def cause_words(causes: Sequence[str]) -> Message:
    """Return what happened, in words; of several the gravest, which stands last."""
    return _CAUSES[max((Cause(each) for each in causes), key=list(Cause).index)]


def _told(news: News) -> Told | None:
    found = _SAID.get(news.act)
    if found is None or not news.values["number"]:
        return None
    template, values = found(news)
    own: dict[str, Value] = {"claim": news.values["number"], "id": news.claim_id}
    key = f"claim:{news.claim_id}:{news.values['version']}"
    return Told(news.person_id, template, {**own, **values}, key)


Said = tuple[str, Mapping[str, Value]]


def _plain(template: str) -> Callable[[News], Said]:
    return lambda _news: (template, {})


def _reasoned(template: str) -> Callable[[News], Said]:
    return lambda news: (template, {"reason": news.reason or ""})


def _public(news: News) -> Said:
    return "claim_public", {"until": date.fromisoformat(news.about["until"])}


def _approved(news: News) -> Said:
    return "claim_approved", {"amount": news.values["amount_fen"]}


def _paid(news: News) -> Said:
    paid: dict[str, Value] = {"amount": news.fen, "ending": _ending(news)}
    if news.values["instalments"] == 1:
        return "claim_paid", paid
    parts = {"part": news.about["instalment"], "parts": news.values["instalments"]}
    return "claim_instalment_paid", {**paid, **parts}


def _again(news: News) -> Said:
    return "claim_paying_again", {"ending": _ending(news)}


def _reopened(news: News) -> Said:
    return "claim_reopened", {"reason": cause_words(news.about["causes"])}


def _clawed_back(news: News) -> Said:
    return "claim_clawed_back", {"amount": news.values["paid_fen"], "reason": news.reason or ""}


def _ending(news: News) -> str:
    return str(news.values["account_mask"])[-_DIGITS:]


_SAID: Mapping[ClaimAct, Callable[[News], Said]] = {
    ClaimAct.SUBMIT: _plain("claim_submitted"),
    ClaimAct.WITHDRAW: _plain("claim_withdrawn"),
    ClaimAct.FIRST_LOOK: _plain("claim_looked_at"),
    ClaimAct.SECOND_LOOK: _plain("claim_passed"),
    ClaimAct.RETURN: _reasoned("claim_returned"),
    ClaimAct.REJECT: _reasoned("claim_rejected"),
    ClaimAct.PUBLICISE: _public,
    ClaimAct.TAKE_DOWN: _plain("claim_passed"),
    ClaimAct.OBJECT: _plain("claim_objected"),
    ClaimAct.DISMISS: _plain("claim_objection_settled"),
    ClaimAct.APPROVE: _approved,
    ClaimAct.PAY: _paid,
    ClaimAct.BOUNCE: _reasoned("claim_bank_returned"),
    ClaimAct.PAY_AGAIN: _again,
    ClaimAct.REOPEN: _reopened,
    ClaimAct.DOUBT: _plain("claim_doubted"),
    ClaimAct.CLEAR: _plain("claim_doubt_settled"),
    ClaimAct.CLAW_BACK: _clawed_back,
}
