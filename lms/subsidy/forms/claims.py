"""Reads what a learner sends about claims."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lms.accounts import forms as accounts
from lms.accounts.domain.bank import NewAccount
from lms.accounts.domain.texts import HANDOVER, SENSITIVE
from lms.core.errors import InvalidInput, Message

_LARGEST = 2**63 - 1
_NOT_TICKED = Message("handover_missing", "Without this no claim is possible. Please tick it.")


@dataclass(frozen=True, slots=True)
class SentAccount:
    """What the page about the account sent: a new one where one was typed, and what was ticked."""

    new: NewAccount | None
    ticked: tuple[str, ...]


def parse_account(
    form: Mapping[str, object], *, name: str, is_known: bool, agreed: Collection[str]
) -> SentAccount:
    """Return the account and what was agreed to, each fault beside its field.

    The money goes to the learner alone, so nobody else is read as the holder. Raises
    ``InvalidInput``.
    """
    faults: dict[str, Message] = {}
    new, ticked = None, []
    typed = {key: value for key, value in form.items() if key != "holder"}
    if not is_known or accounts.text(form, "number"):
        try:
            new = accounts.parse_account(typed, name=name)
        except InvalidInput as error:
            faults |= error.fields
    if SENSITIVE not in agreed and not is_known:
        try:
            accounts.require_ticked(form, SENSITIVE)
        except InvalidInput as error:
            faults |= error.fields
        ticked.append(SENSITIVE)
    if HANDOVER not in agreed:
        if not accounts.is_ticked(form, HANDOVER):
            faults[HANDOVER] = _NOT_TICKED
        ticked.append(HANDOVER)
    if faults:
        raise InvalidInput(faults)
    return SentAccount(new, tuple(ticked))


def require_promise(form: Mapping[str, object]) -> None:
    """Raise ``InvalidInput`` unless the promise is ticked."""
    if not accounts.is_ticked(form, "promise"):
        raise InvalidInput(
            {"promise": Message("promise_missing", "Please tick that you promise this.")}
        )


def parse_programme(form: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return the programme the learner claims for, and the decision the page held, if any."""
    return _number(form.get("programme")), _number(form.get("decision"))


def parse_since(query: Mapping[str, Any]) -> int | None:
    """Return the decision with which what is known now is compared."""
    return _number(query.get("since"))


def parse_decision(body: object) -> int:
    """Return the decision a program names. Raises ``InvalidInput``."""
    value = body.get("decision") if isinstance(body, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LARGEST:
        fault = Message("decision_missing", "The number of a decision is expected.")
        raise InvalidInput({"decision": fault})
    return value


def parse_version(form: Mapping[str, Any]) -> int:
    """Return which state of the claim the page showed; another one is none of any claim."""
    return _number(form.get("version"), least=0) or 0


def parse_amount(form: Mapping[str, Any]) -> int:
    """Return the sum in fen that the page showed; another one is none of any claim."""
    return _number(form.get("amount")) or 0


def _number(value: object, *, least: int = 1) -> int | None:
    text = str(value or "")
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(_LARGEST)):
        return None
    number = int(text)
    return number if least <= number <= _LARGEST else None
