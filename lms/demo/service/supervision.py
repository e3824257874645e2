"""Lets the demo's supervisor ask for a package: some learners drawn, made once a worker runs."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import SignIn
from lms.core.errors import InvalidInput
from lms.delivery.domain import DeliveryKind
from lms.delivery.models import Delivery
from lms.demo.service import people, study
from lms.demo.service.diary import Diary
from lms.handover.domain.draws import SpotCheck
from lms.handover.domain.orders import Order
from lms.handover.service import order_handover
from lms.roster.domain.filters import Filters, Status

_SUPERVISOR = "13800098001"
_PURPOSE = "季度抽查：补贴发放情况"
_DRAWN, _SEED = 5, "8341"
_SIGNED_IN = timedelta(days=20)


def plan(session: Session, diary: Diary) -> None:
    """Plan the package of a supervisor who has none yet; it is kept for a week from today."""
    actor = people.actor(session, _SUPERVISOR)
    has_one = select(Delivery.id).where(
        Delivery.requested_by_id == actor.person_id, Delivery.kind == DeliveryKind.HANDOVER
    )
    if session.scalar(has_one.limit(1)) is not None:
        return
    own = study.sign_ins(session, [actor.person_id], since=diary.now - _SIGNED_IN)
    actor = replace(actor, sign_in_id=own[actor.person_id])
    order = Order(_PURPOSE, Filters(status=Status.COMPLETED), SpotCheck(_SEED, _DRAWN))

    def ask(at: datetime) -> None:
        session.get_one(SignIn, actor.sign_in_id).confirmed_at = at
        session.flush()
        try:
            order_handover(session, actor=actor, order=order, now=at)
        except InvalidInput:
            # Where no course is published, nobody completed one.
            return

    diary.on(diary.now, ask)
