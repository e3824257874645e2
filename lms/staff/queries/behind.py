"""Reads the desk page of who is behind: the list, its filters and what they offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.roster import queries as roster
from lms.roster.domain.filters import REASON_WORDS, Filters
from lms.roster.domain.kinds import ExportKind
from lms.staff.queries.desk import only
from lms.staff.queries.exports import narrowed


@dataclass(frozen=True, slots=True)
class CallBoard:
    """Everything the page of who is behind shows; ``pills`` are the filters in use, in words."""

    page: roster.CallPage
    filters: Filters
    offers: roster.Offers
    counties: Sequence[roster.Choice]
    pills: Sequence[tuple[str, Localized]]
    place: Localized | None

    @property
    def needs_county(self) -> bool:
        """Tell whether a county is to be chosen first: nobody calls the people of all of them."""
        return _is_too_wide(self.filters, self.counties)

    @property
    def total(self) -> int:
        """Return how many people are to be called; one more than is counted stands for more."""
        return self.page.total

    @property
    def institutions(self) -> Sequence[roster.Choice]:
        """Return the institutions a filter may name; one alone narrows nothing."""
        found = self.offers.reach.institutions
        return found if len(found) > 1 else ()

    @property
    def reasons(self) -> Sequence[roster.Choice]:
        """Return why somebody may be behind."""
        return [roster.Choice(str(key), dict(words)) for key, words in REASON_WORDS.items()]


def call_board(
    session: Session, actor: Actor, filters: Filters, window: roster.CallWindow, now: datetime
) -> CallBoard:
    """Return who is behind of those the actor may read. Raises ``NotFound`` out of reach.

    Of several counties nobody is looked for before one, or a class, is chosen.
    """
    scopes = actor.scopes_for(Permission.COMPLETIONS_READ)
    offers = roster.offers(session, scopes, filters, actor.person_id)
    if not offers.holds(filters):
        raise NotFound
    counties = offers.reach.counties if len(offers.reach.counties) > 1 else ()
    page = roster.CallPage((), None, None, 0)
    if not _is_too_wide(filters, counties):
        selection = roster.Selection(scopes, filters)
        page = roster.call_page(session, selection, window, today=local_day(now))
    in_words = narrowed(filters.in_address(), offers.reach, ExportKind.BEHIND)
    return CallBoard(
        page=page,
        filters=filters,
        offers=offers,
        counties=counties,
        pills=[(key, words) for key, words in in_words if key != "status"],
        place=only(offers.reach.counties),
    )


def _is_too_wide(filters: Filters, counties: Sequence[roster.Choice]) -> bool:
    return bool(counties) and not filters.county and not filters.training_class
