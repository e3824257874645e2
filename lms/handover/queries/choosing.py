"""Finds whom a package holds: one learner in reach, or some drawn of all who fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.core.access import Scope
from lms.handover.domain.draws import draw
from lms.handover.domain.orders import Order
from lms.roster import queries as roster


@dataclass(frozen=True, slots=True)
class Choice:
    """The learners in the order drawn, all who took part, and the newest record among them."""

    people: Sequence[int]
    population: Sequence[int] = ()
    upto: int = 0


def choose(session: Session, scopes: Sequence[Scope], order: Order) -> Choice:
    """Return the learners of an order; none where nobody in reach fits."""
    selection = roster.Selection(tuple(scopes), order.filters)
    if order.draw is None:
        wanted = order.learner_id
        lines = roster.lines_of(session, selection, [wanted]) if wanted is not None else ()
        return Choice(sorted({line.person_id for line in lines}))
    people, upto = roster.people(session, selection, upto=order.draw.upto)
    drawn = draw(people, order.draw.seed, order.draw.count)
    return Choice(drawn, sorted(people), order.draw.upto or upto)


def name_of(session: Session, scopes: Sequence[Scope], person_id: int) -> str | None:
    """Return the name of a learner in reach."""
    found, _ = roster.learner(session, tuple(scopes), person_id)
    return None if found is None else found.name
