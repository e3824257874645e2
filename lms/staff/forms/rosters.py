"""Reads where a roster is to go and what its sender says of the papers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.accounts import forms as accounts
from lms.core.errors import Conflict, InvalidInput, Message
from lms.core.query import Faults, read_number
from lms.enrollment.models import TrainingClass

_PAPERS = Message(
    "papers_missing", "Only people who agreed on paper can be taken in. Please tick this then."
)
_NUMBERS = Message(
    "papers_of_numbers",
    "There are identity numbers in this list. Please tick that everybody agreed to that too, and "
    "choose the file again.",
)


@dataclass(frozen=True, slots=True)
class NewRoster:
    """Where a roster goes."""

    county_code: str
    training_class_id: int | None


def parse_roster(
    form: Mapping[str, Any], counties: Sequence[str], classes: Sequence[TrainingClass]
) -> NewRoster:
    """Return where a roster goes. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    chosen = read_number(form, "class", faults)
    county = accounts.text(form, "county").strip()
    county = counties[0] if not county and len(counties) == 1 else county
    found = next((each for each in classes if each.id == chosen), None)
    if county not in counties:
        faults["county"] = Message("county_unknown", "Please choose one of your counties.")
    if chosen is not None and found is None:
        faults["class"] = Message("class_unknown", "Please choose one of your classes.")
    elif found is not None and county in counties and found.county_code != county:
        faults["class"] = Message("class_county", "The class is run in another county.")
    if not accounts.is_ticked(form, "agreed"):
        faults["agreed"] = _PAPERS
    if faults:
        raise InvalidInput(faults)
    return NewRoster(county, chosen)


def parse_chosen_class(query: Mapping[str, Any]) -> int | None:
    """Return the class an address names; what can be none is no class."""
    return read_number(query, "class", {})


def require_papers(form: Mapping[str, Any]) -> None:
    """Raise ``Conflict`` unless whoever takes the list in says that the papers are there."""
    if not accounts.is_ticked(form, "papers"):
        raise Conflict(_PAPERS.code, _PAPERS.text)


def require_consent(form: Mapping[str, Any]) -> None:
    """Raise ``InvalidInput`` unless everybody agreed on paper that their number is kept."""
    if not accounts.is_ticked(form, "sensitive"):
        raise InvalidInput({"sensitive": _NUMBERS})
