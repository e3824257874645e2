"""Reads whole desk pages: a list with its filters, the choices they offer and the exports made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.domain.people import masked_phone
from lms.accounts.domain.proofs import is_confirmed
from lms.core.access import Actor, Permission, Scope
from lms.core.errors import NotFound
from lms.credentials.queries import Badge, badges_in_reach
from lms.db.base import Localized
from lms.handover.domain.draws import SpotCheck, draw
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters
from lms.roster.domain.lines import Line
from lms.roster.domain.shown import ListColumn, columns_shown
from lms.roster.service import require_reach
from lms.subsidy.queries import reaches


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter in use: the key that removing it drops, and its words."""

    key: str
    words: Localized


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the completions page shows."""

    page: roster.Page
    filters: Filters
    counties: Sequence[roster.Choice]
    offers: roster.Offers
    pills: Sequence[Pill]
    place: Localized | None
    columns: Sequence[ListColumn]
    may_freeze: bool

    @property
    def total(self) -> int:
        """Return how many lines there are; one more than is counted stands for more."""
        return self.page.total

    @property
    def courses(self) -> Sequence[roster.Choice]:
        """Return the courses a filter may name."""
        return self.offers.reach.courses

    @property
    def institutions(self) -> Sequence[roster.Choice]:
        """Return the institutions a filter may name; one alone narrows nothing."""
        found = self.offers.reach.institutions
        return found if len(found) > 1 else ()

    @property
    def towns(self) -> Sequence[str]:
        """Return the towns of the county, where it is one."""
        return self.offers.towns

    @property
    def shows_missing(self) -> bool:
        """Tell whether the list says what people still lack."""
        return ListColumn.MISSING in self.columns


@dataclass(frozen=True, slots=True)
class Drawer:
    """What the export drawer shows: the lists made, and whether a new one may be ordered now."""

    exports: Sequence[roster.ExportView]
    may_order: bool

    @property
    def is_busy(self) -> bool:
        """Tell whether a list is being made."""
        return any(export.is_open for export in self.exports)

    @property
    def has_news(self) -> bool:
        """Tell whether a list is being made or waits to be downloaded."""
        return any(export.is_open or export.is_ready for export in self.exports)


@dataclass(frozen=True, slots=True)
class LearnerFile:
    """What the desk may see of a learner, and whether their facts are among it."""

    person_id: int
    name: str
    phone: str
    county: Localized
    town: str
    lines: Sequence[Line]
    badges: Sequence[Badge]
    has_facts: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """Learners drawn for a spot check; the same seed and records draw the same again.

    ``upto`` is the newest record that took part, ``of`` how many learners did.
    """

    lines: Sequence[Line]
    drawn: int
    of: int
    upto: int


def board(
    session: Session,
    actor: Actor,
    filters: Filters,
    window: roster.Window,
    permission: Permission = Permission.COMPLETIONS_READ,
) -> Board:
    """Return a page of the learners the actor may read by a permission.

    Raises ``NotFound`` for filters out of reach.
    """
    scopes = actor.scopes_for(permission)
    offers = roster.offers(session, scopes, filters, actor.person_id)
    if not offers.holds(filters):
        raise NotFound
    page = roster.page(session, roster.Selection(scopes, filters), window)
    reach = offers.reach
    county = filters.county or (reach.counties[0].value if len(reach.counties) == 1 else None)
    return Board(
        page=page,
        filters=filters,
        counties=reach.counties if len(reach.counties) > 1 else (),
        offers=offers,
        pills=_pills(filters, offers),
        place=only(reach.counties),
        columns=columns_shown(offers.columns, filters.status),
        may_freeze=county is not None and roster.in_reach(actor, county),
    )


def reach_of(session: Session, actor: Actor, permission: Permission) -> roster.Reach:
    """Return what the filters of a page may offer."""
    return roster.reach(session, actor.scopes_for(permission))


def spot_check(session: Session, actor: Actor, filters: Filters, wish: SpotCheck) -> Draw:
    """Draw learners of what the actor may read. Raises ``NotFound`` for filters out of reach."""
    scopes = actor.scopes_for(Permission.EVIDENCE_READ)
    require_reach(roster.reach(session, scopes, filters), filters)
    selection = roster.Selection(scopes, filters)
    people, upto = roster.people(session, selection, upto=wish.upto)
    drawn = draw(people, wish.seed, wish.count)
    places = {person_id: place for place, person_id in enumerate(drawn)}
    lines = roster.lines_of(session, selection, drawn)
    ordered = sorted(lines, key=lambda line: (places[line.person_id], -line.enrollment_id))
    return Draw(ordered, len(drawn), len(people), upto)


def drawer(session: Session, actor: Actor, now: datetime) -> Drawer:
    """Return the actor's exports."""
    return Drawer(
        exports=roster.own_exports(session, person_id=actor.person_id, at=now),
        may_order=is_confirmed(actor.confirmed_at, at=now),
    )


def learner_file(session: Session, actor: Actor, person_id: int) -> LearnerFile:
    """Return a learner with the enrollments in the actor's reach. Raises ``NotFound``."""
    scopes = actor.scopes_for(Permission.COMPLETIONS_READ)
    person, lines = roster.learner(session, scopes, person_id)
    if person is None:
        raise NotFound
    county = {"zh": person.name_zh, "en": person.name_en}
    badges = badges_in_reach(session, actor, person_id)
    return LearnerFile(
        *(person_id, person.name, masked_phone(person.phone), county),
        *(person.town or "", lines, badges),
        has_facts=reaches(actor, person.county_code, Permission.FACTS_READ),
    )


def place(session: Session, scopes: Sequence[Scope]) -> Localized | None:
    """Return the name of the one county the actor works for, if it is one."""
    return only(roster.reach(session, scopes).counties)


def only(counties: Sequence[roster.Choice]) -> Localized | None:
    """Return the name of the county, where it is one alone."""
    return counties[0].words if len(counties) == 1 else None


def _pills(filters: Filters, offers: roster.Offers) -> list[Pill]:
    reach = offers.reach
    choices = (*reach.counties, *reach.courses, *reach.institutions)
    words = {choice.value: choice.words for choice in choices}
    classes = {choice.value: choice.words for choice in offers.classes}
    shown = {key: value for key, value in filters.in_address().items() if key != "status"}
    return [
        Pill(key, (classes if key == "class" else words).get(value, {"zh": value}))
        for key, value in shown.items()
    ]
