"""What a demo county's office has at hand while it works on claims."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import SignIn
from lms.core.access import Actor
from lms.demo.domain import OfficeDays, Place, Road
from lms.demo.service.diary import Act, Diary
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import SubsidyClaim


@dataclass(frozen=True, slots=True)
class ClaimOffice:
    """Two people of a county who decide about claims, by which rules and on which days.

    ``claims`` says which claims go how far; it fills as they are handed in.
    """

    session: Session
    place: Place
    first: Actor
    second: Actor
    shelf: Shelf
    days: OfficeDays
    keys: Keys
    diary: Diary
    claims: defaultdict[Road, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def county_code(self) -> str:
        """Return the code of the county."""
        return self.place.code

    def on(self, day: int, hour: int, minute: int, act: Act) -> None:
        """Plan an act on the ``day``-th working day before today."""
        self.diary.on(self.diary.at(self.days.before(day), hour, minute), act)

    def of(self, roads: Collection[Road]) -> list[int]:
        """Return the claims that go these ways."""
        return sorted(each for road in roads for each in self.claims[road])

    def claim(self, claim_id: int) -> SubsidyClaim:
        """Return a claim as it is now."""
        own = select(SubsidyClaim).where(SubsidyClaim.id == claim_id)
        return self.session.scalars(own.execution_options(populate_existing=True)).one()

    def prove(self, actor: Actor, at: datetime) -> None:
        """Let somebody prove anew who they are, as they do before lists and payments go out."""
        self.session.get_one(SignIn, actor.sign_in_id).confirmed_at = at
        self.session.flush()
