"""What happens to the catalogue, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ListingChanged:
    """A county's list names a programme of an institution from now on, or no longer.

    ``programme_id`` is empty for the first row of a county: before it nobody could say what is
    not listed there.
    """

    listing_id: int
    programme_id: int | None
    at: datetime
