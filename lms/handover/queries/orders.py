"""Reads packages together with how far their jobs are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.accounts.domain.proofs import is_confirmed
from lms.accounts.models import Person
from lms.core.access import Actor
from lms.delivery import queries as deliveries
from lms.delivery.domain import DeliveryKind
from lms.delivery.models import Delivery
from lms.delivery.queries import Standing
from lms.handover.models import Handover

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView(Standing):
    """A package as its owner sees it; ``learner`` is the name, where it holds one."""

    learner: str | None
    seed: str | None
    wanted: int | None
    manifest_sha256: str | None

    @property
    def command(self) -> str:
        """Return what checks the package, with the hash this site names."""
        return f"python3 verify.py --manifest {self.manifest_sha256}"


@dataclass(frozen=True, slots=True)
class Packages:
    """The actor's packages, and whether a new one may be ordered now."""

    shown: Sequence[HandoverView]
    may_order: bool

    @property
    def is_busy(self) -> bool:
        """Tell whether one is being made."""
        return any(each.is_open for each in self.shown)


def packages(session: Session, actor: Actor, at: datetime) -> Packages:
    """Return the actor's latest packages whose days are not over, newest first."""
    named: Select[*tuple[Any, ...]] = (
        select(Handover, Person.name)
        .join(Delivery, Delivery.id == Handover.id)
        .outerjoin(Person, Person.id == Handover.learner_id)
    )
    own = deliveries.with_jobs(named, DeliveryKind.HANDOVER, actor.person_id)
    shown = [_view(row, at) for row in session.execute(deliveries.newest(own, at, limit=_SHOWN))]
    return Packages(shown, is_confirmed(actor.confirmed_at, at=at))


def _view(row: Sequence[Any], at: datetime) -> HandoverView:
    handover, learner, delivery, job = row
    return HandoverView(
        **deliveries.standing(delivery, job, at),
        learner=learner,
        seed=handover.seed,
        wanted=handover.wanted,
        manifest_sha256=handover.manifest_sha256,
    )
