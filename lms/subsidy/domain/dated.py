"""Facts as the site keeps them: one key, one value, since a day, and which of several counts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.policy import GROUPS, TIES
from lms.subsidy.domain.reading import MalformedError


class FactKey(StrEnum):
    """The closed set of what is kept of a person for subsidies."""

    REAL_NAME_VERIFIED = "real_name_verified"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    GROUPS = "groups"
    TIES = "ties"
    PUBLIC_STAFF = "public_staff"
    RECEIVING_PENSION = "receiving_pension"
    FULL_TIME_STUDENT = "full_time_student"
    CONSENT = "consent"
    PAYEE_NAME_MATCHES = "payee_name_matches"
    OTHER_PUBLIC_SOURCE = "other_public_source"
    PAST_SUBSIDIES = "past_subsidies"


class FactSource(StrEnum):
    """Where a fact comes from."""

    DECLARED = "declared"
    DOCUMENT = "document"
    STAFF = "staff"
    IMPORT = "import"
    REGISTRY = "registry"


# Who somebody is in law is judged as of the first day of training; the rest as of today.
OF_THE_FIRST_DAY = frozenset(
    {
        FactKey.GROUPS,
        FactKey.TIES,
        FactKey.PUBLIC_STAFF,
        FactKey.RECEIVING_PENSION,
        FactKey.FULL_TIME_STUDENT,
    }
)
# What somebody looked at before writing it down; the rest is what people say of themselves.
CHECKED = frozenset({FactSource.DOCUMENT, FactSource.STAFF, FactSource.IMPORT, FactSource.REGISTRY})
# What the site writes as it happens: what came last is so, whoever said the one before.
_AS_IT_HAPPENS = frozenset(
    {
        FactKey.REAL_NAME_VERIFIED,
        FactKey.SEX,
        FactKey.BIRTH_DATE,
        FactKey.CONSENT,
        FactKey.PAYEE_NAME_MATCHES,
    }
)
SUBSIDY_KINDS = frozenset({"training", "skill_upgrade", "living", "assessment"})
SUBSIDY_STATES = frozenset({"paid", "pending", "rejected", "revoked"})
PAYEES = frozenset({"person", "institution", "enterprise"})
_PLACES: Mapping[FactKey, tuple[str, str]] = {
    FactKey.PAYEE_NAME_MATCHES: ("payee", "name_matches"),
    FactKey.OTHER_PUBLIC_SOURCE: ("funding", "other_public_source"),
}


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A fact as recorded; ``number`` grows with each one written down.

    ``said_on`` is the day it was written down. What a complete list says by not naming somebody
    has number 0 and no such day.
    """

    number: int
    key: FactKey
    value: Any
    source: FactSource
    valid_from: date
    valid_to: date | None = None
    said_on: date | None = None

    @property
    def is_checked(self) -> bool:
        """Tell whether somebody looked at it."""
        return self.source in CHECKED

    def holds_on(self, day: date) -> bool:
        """Tell whether it speaks of the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def rank(fact: DatedFact) -> tuple[bool, date, int]:
    """Return what orders the facts of a key; the greatest counts.

    One that was checked goes before one that was only said, whenever that was; among equals the
    later day, then the later one written down.
    """
    is_first = fact.is_checked or fact.key in _AS_IT_HAPPENS
    return (is_first, fact.valid_from, fact.number)


def newest(
    facts: Iterable[DatedFact], *, first_day: date | None, today: date
) -> dict[FactKey, DatedFact]:
    """Return, of each key, the fact that counts on the day it is judged.

    A fact of the first day is not known while that day is not.
    """
    found: dict[FactKey, DatedFact] = {}
    for fact in sorted(facts, key=rank):
        judged = first_day if fact.key in OF_THE_FIRST_DAY else today
        if judged is not None and fact.holds_on(judged):
            found[fact.key] = fact
    return found


def differing(
    facts: Iterable[DatedFact],
    known: Mapping[FactKey, DatedFact],
    *,
    first_day: date | None,
    today: date,
) -> dict[FactKey, DatedFact]:
    """Return what the person said last where a checked fact counts that says otherwise."""
    said = newest((fact for fact in facts if not fact.is_checked), first_day=first_day, today=today)
    return {
        key: own
        for key, own in said.items()
        if key in known
        and known[key].is_checked
        and None not in (own.value, known[key].value)
        and not same_value(own.value, known[key].value)
    }


def same_value(one: object, other: object) -> bool:
    """Tell whether two values say the same; the order of a list says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(each in other for each in one)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def placed(facts: Mapping[FactKey, Any]) -> dict[str, Any]:
    """Return values by part and name, as ``read_facts`` takes them."""
    parts: dict[str, Any] = {}
    for key, value in facts.items():
        if key is FactKey.PAST_SUBSIDIES:
            parts["history"] = value
            continue
        part, name = _PLACES.get(key, ("learner", key.value))
        parts.setdefault(part, {})[name] = value
    return parts


def checked(key: FactKey, value: object) -> object:
    """Return the value as it is kept. Raises ``MalformedError`` for one the key cannot have."""
    read_facts(placed({key: value}), key.value)
    known = _KNOWN.get(key)
    if known and value is not None:
        known(value)
    return value


def _known_groups(value: Any) -> None:  # noqa: ANN401 (read already)
    for name in value:
        if name not in GROUPS:
            raise MalformedError("groups", f"{name!r} is no statutory group")


def _known_ties(value: Any) -> None:  # noqa: ANN401 (read already)
    for tie in value:
        if tie["kind"] not in TIES:
            raise MalformedError("ties", f"{tie['kind']!r} is no kind of tie")


def _known_subsidies(value: Any) -> None:  # noqa: ANN401 (read already)
    for past in value:
        for name, known in (
            ("kind", SUBSIDY_KINDS),
            ("status", SUBSIDY_STATES),
            ("paid_to", PAYEES),
        ):
            if past.get(name) is not None and past[name] not in known:
                raise MalformedError("past_subsidies", f"{past[name]!r} is no {name}")
        amount = past.get("amount_fen")
        if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int)):
            raise MalformedError("past_subsidies", "an amount is a whole number of fen")


_KNOWN: Mapping[FactKey, Callable[[Any], None]] = {
    FactKey.GROUPS: _known_groups,
    FactKey.TIES: _known_ties,
    FactKey.PAST_SUBSIDIES: _known_subsidies,
}
