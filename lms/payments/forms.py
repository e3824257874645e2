"""Reads what learners send about orders."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number
from lms.payments.domain.orders import ProviderName

_WAY = Message("bad_way", "Please choose how you want to pay.")
_MOST_LOOKS = 12


def parse_class(sent: Mapping[str, Any]) -> int | None:
    """Return the class whose link was followed, ``None`` for none. Raises ``InvalidInput``."""
    faults: Faults = {}
    number = read_number(sent, "class", faults)
    if faults:
        raise InvalidInput(faults)
    return number


def parse_way(form: Mapping[str, Any], ways: Sequence[ProviderName]) -> ProviderName:
    """Return how somebody wants to pay; where there is one way, that. Raises ``InvalidInput``.

    Nothing else of the form counts: what it costs is looked up.
    """
    said = str(form.get("way") or ways[0])
    if said not in ways:
        raise InvalidInput({"way": _WAY})
    return ProviderName(said)


def parse_looks(query: Mapping[str, Any]) -> int:
    """Return the how-maniest time whoever came back from paying looks; 0 where they did not."""
    said = str(query.get("back") or "")
    return min(int(said), _MOST_LOOKS) if said.isascii() and said.isdigit() and said else 0
