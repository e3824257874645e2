"""Lets each county freeze what it handed over this month: the rows are kept once a worker runs."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.demo.service import people
from lms.demo.service.diary import Diary
from lms.roster.domain.filters import Filters
from lms.roster.domain.kinds import ExportKind
from lms.roster.models import RosterBatch
from lms.roster.service import FreezeOrder, order_batch

_HANDED_OVER = {
    ExportKind.COMPLETIONS: "报人社局：结业名单",
    ExportKind.APPLICATION: "报人社局：补贴资金申请",
}


def plan(session: Session, diary: Diary) -> None:
    """Plan the frozen lists of each county that has none yet."""

    def freeze(at: datetime) -> None:
        for place, phones in people.AT_WORK.items():
            taken = select(RosterBatch.id).where(RosterBatch.county_code == place.code).limit(1)
            if session.scalar(taken) is not None:
                continue
            actor = people.actor(session, phones.office)
            for kind, purpose in _HANDED_OVER.items():
                order = FreezeOrder(kind, Filters(county=place.code), purpose)
                order_batch(session, actor=actor, order=order, now=at)

    diary.on(diary.now, freeze)
