"""Whom a row of a roster means among the people who are here; nothing of others is told."""

from dataclasses import dataclass
from datetime import datetime

from lms.accounts.domain.roster import RosterLine
from lms.core.errors import Message

# One sentence for whatever belongs to somebody else, here or elsewhere.
SOMEBODY_ELSE = Message(
    "row_somebody_else",
    "This phone or identity number cannot be used here. Please have the person come with their "
    "card.",
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who is here: whose phone or identity number a row has."""

    person_id: int
    phone: str | None
    name: str
    county_code: str
    is_active: bool
    created_at: datetime
    number_index: str | None
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """Whose the number and the phone of a row are; ``digest`` is the keyed one of the number."""

    digest: str | None
    by_number: Holder | None
    by_phone: Holder | None

    @property
    def newest(self) -> datetime | None:
        """Return when the last of them came here."""
        came = [each.created_at for each in (self.by_number, self.by_phone) if each]
        return max(came, default=None)


def person_meant(line: RosterLine, meant: Meant, *, county_code: str) -> Holder | Message | None:
    """Return who a row is: somebody who is here, ``None`` for nobody yet, or what is wrong.

    Who has the identity number is meant; else who has the phone and bears the name.
    """
    found = meant.by_number or meant.by_phone
    if found is None:
        return None
    if found.county_code != county_code or not found.is_active:
        return SOMEBODY_ELSE
    if meant.by_number is not None:
        fits = meant.by_phone is None or meant.by_phone.person_id == found.person_id
    else:
        has_other = meant.digest is not None and found.number_index not in (None, meant.digest)
        fits = found.name == line.name and not has_other
    return found if fits else SOMEBODY_ELSE
