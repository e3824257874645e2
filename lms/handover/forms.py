"""Reads what a package is to hold, from an address or a form."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.handover.domain.draws import SpotCheck
from lms.handover.domain.orders import MOST_PEOPLE, Order
from lms.roster.domain.filters import Filters, Status
from lms.roster.forms import parse_filters

_LONGEST_SEED = 40
_LONGEST_PURPOSE = 200
_USUAL = 10


def parse_choice(query: Mapping[str, Any], fresh_seed: str) -> Order:
    """Return whom an address asks for, without a purpose; without a seed, by a fresh one.

    Raises ``InvalidInput`` naming each fault.
    """
    return _order(query, fresh_seed, "")


def parse_order(form: Mapping[str, Any]) -> Order:
    """Return what somebody orders. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    purpose = read_text(form, "purpose", faults, longest=_LONGEST_PURPOSE)
    if purpose is None:
        faults.setdefault("purpose", Message("required", "Please say what the package is for."))
    if not form.get("learner") and not form.get("seed"):
        faults["seed"] = Message("seed_missing", "Please name a seed.")
    if faults:
        raise InvalidInput(faults)
    return _order(form, "", purpose or "")


def _order(query: Mapping[str, Any], fresh_seed: str, purpose: str) -> Order:
    faults: Faults = {}
    learner_id = read_number(query, "learner", faults)
    seed = read_text(query, "seed", faults, longest=_LONGEST_SEED) or fresh_seed
    count = read_number(query, "n", faults) or _USUAL
    upto = read_number(query, "upto", faults)
    if count > MOST_PEOPLE:
        faults["n"] = Message(
            "too_many", "A package holds at most %(most)s learners.", {"most": MOST_PEOPLE}
        )
    if faults:
        raise InvalidInput(faults)
    if learner_id is not None:
        return Order(purpose, Filters(status=Status.ALL), learner_id=learner_id)
    filters = parse_filters({"status": Status.ALL.value, **query})
    return Order(purpose, filters, SpotCheck(seed, count, upto))
