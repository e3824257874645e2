"""Facts as the site keeps them: one key, one value, since a day; the newest counts."""

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
_PLACES: Mapping[FactKey, tuple[str, str]] = {
    FactKey.PAYEE_NAME_MATCHES: ("payee", "name_matches"),
    FactKey.OTHER_PUBLIC_SOURCE: ("funding", "other_public_source"),
}


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A fact as recorded; ``number`` grows with each one written down."""

    number: int
    key: FactKey
    value: Any
    source: FactSource
    valid_from: date
    # The last day on which it holds; ``None``: until another is known.
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def newest(
    facts: Iterable[DatedFact], *, first_day: date | None, today: date
) -> dict[FactKey, DatedFact]:
    """Return, of each key, the newest fact that holds on the day it is judged.

    A fact of the first day is not known while that day is not.
    """
    found: dict[FactKey, DatedFact] = {}
    for fact in sorted(facts, key=lambda each: (each.valid_from, each.number)):
        judged = first_day if fact.key in OF_THE_FIRST_DAY else today
        if judged is not None and fact.holds_on(judged):
            found[fact.key] = fact
    return found


def placed(facts: Mapping[FactKey, Any]) -> dict[str, dict[str, Any]]:
    """Return values by part and name, as ``read_facts`` takes them."""
    parts: dict[str, dict[str, Any]] = {}
    for key, value in facts.items():
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


_KNOWN: Mapping[FactKey, Callable[[Any], None]] = {
    FactKey.GROUPS: _known_groups,
    FactKey.TIES: _known_ties,
}
