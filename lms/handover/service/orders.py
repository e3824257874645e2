"""Takes orders for packages, hands their files out once, and writes each step down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.domain import Details
from lms.audit.service import NewAct, record_many
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import InvalidInput, Message, NotFound
from lms.delivery import queries as deliveries
from lms.delivery import service as delivering
from lms.delivery.domain import DeliveryKind, Wanted
from lms.delivery.models import Delivery
from lms.delivery.service import HandedOut
from lms.handover import queries
from lms.handover.domain.orders import Order, file_name
from lms.handover.models import Handover
from lms.roster import queries as roster
from lms.roster.service import require_reach

KIND = DeliveryKind.HANDOVER
HANDED_OVER = "evidence.handed_over"


@dataclass(frozen=True, slots=True)
class Made:
    """A package that was written: whom it holds, and the hash of its manifest."""

    people: Sequence[int]
    manifest_sha256: str


def order_handover(session: Session, *, actor: Actor, order: Order, now: datetime) -> Handover:
    """Write the package and its job down; a worker makes it.

    Raises ``Forbidden`` (``confirmation_required``) where the actor has not proved within ten
    minutes that it is them, ``NotFound`` for filters or a learner out of reach, ``InvalidInput``
    where nobody fits, and ``Conflict`` where several are being made already.
    """
    require_confirmed(session, actor, now=now)
    scopes = actor.scopes_for(Permission.EVIDENCE_HAND_OVER)
    require_reach(roster.reach(session, scopes, order.filters), order.filters)
    choice = queries.choose(session, scopes, order)
    if not choice.people:
        if order.learner_id is not None:
            raise NotFound
        raise InvalidInput({"seed": Message("nobody_fits", "Nobody fits these filters.")})
    delivering.require_few(session, KIND, actor.person_id)
    wanted = Wanted(KIND, scopes, order.purpose)
    delivery = delivering.order(session, person_id=actor.person_id, wanted=wanted, now=now)
    handover = Handover(
        id=delivery.id,
        learner_id=order.learner_id,
        seed=order.draw.seed if order.draw else None,
        wanted=order.draw.count if order.draw else None,
        upto=choice.upto if order.draw else None,
        filters=order.filters.as_query(),
    )
    session.add(handover)
    session.flush()
    delivering.start(session, delivery)
    chosen: Details = {
        "person": handover.learner_id,
        "seed": handover.seed,
        "count": handover.wanted,
        "upto": handover.upto,
        "filters": dict(handover.filters),
    }
    delivering.write_down(session, delivery, "ordered", chosen, at=now)
    return handover


def record_made(session: Session, delivery: Delivery, *, made: Made, now: datetime) -> None:
    """Record what the package that was made holds, and of each learner that they are in it."""
    handover = session.get_one(Handover, delivery.id)
    handover.people_total = len(made.people)
    handover.manifest_sha256 = made.manifest_sha256
    delivering.write_down(session, delivery, "made", _made(handover), at=now)
    asker, details = delivery.requested_by_id, {"purpose": delivery.purpose}
    acts = [NewAct(asker, HANDED_OVER, f"person:{each}", details) for each in made.people]
    record_many(session, acts, at=now)


def stop_handover(session: Session, *, actor: Actor, handover_id: str, now: datetime) -> None:
    """Stop the actor's package; what was written of it is deleted.

    Raises ``NotFound`` for anyone else's and ``Conflict`` where it is over already.
    """
    delivering.stop(session, own(session, actor, handover_id), {}, now=now)


def resume_handover(session: Session, *, actor: Actor, handover_id: str, now: datetime) -> None:
    """Go on with the actor's package that was stopped or failed: the same order.

    Raises ``NotFound`` for anyone else's and ``Conflict`` where there is nothing to go on with.
    """
    delivering.resume(session, own(session, actor, handover_id), {}, now=now)


def ready_handover(session: Session, *, actor: Actor, handover_id: str, now: datetime) -> HandedOut:
    """Return the file of the actor's package, where it may be handed out.

    Raises ``NotFound`` for anyone else's, ``Forbidden`` where the link was used or is over, and
    ``Conflict`` where the file is not made yet.
    """
    delivery = own(session, actor, handover_id)
    saved_as = file_name(local_day(delivery.created_at))
    return delivering.require_ready(delivery, saved_as, now=now)


def hand_out(session: Session, *, actor: Actor, handover_id: str, now: datetime) -> HandedOut:
    """Return the file of the actor's package, once; raises as ``ready_handover`` does."""
    handed = ready_handover(session, actor=actor, handover_id=handover_id, now=now)
    made = _made(session.get_one(Handover, handover_id))
    delivering.hand_out(session, own(session, actor, handover_id), made, now=now)
    return handed


def own(session: Session, actor: Actor, handover_id: str) -> Delivery:
    """Return the actor's package. Raises ``NotFound`` for anyone else's."""
    return deliveries.own(session, KIND, handover_id, actor.person_id)


def _made(handover: Handover) -> Details:
    return {"people": handover.people_total, "manifest_sha256": handover.manifest_sha256}
