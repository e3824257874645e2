"""Asks for another look and rules on it, in the fewest words."""

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.progress.domain.requests import Decision, RequestRuling
from lms.progress.models import TimeRequest
from lms.progress.service import appeals
from tests.integration.progress.studying import (
    Player,
)

COUNT_IT = Decision(RequestRuling.GRANTED, "记录看得出一直在放。")
IT_STAYS = Decision(RequestRuling.DECLINED, "那时页面在后台。")


def ask(player: Player, item_id: int) -> TimeRequest:
    with player.database.transaction() as session:
        return appeals.ask(
            session,
            actor=player.actor,
            item_id=item_id,
            words="车上信号断了。",
            now=now(session),
        )


def rule(database: Database, actor: Actor, request_id: int, decision: Decision) -> TimeRequest:
    with database.transaction() as session:
        return appeals.rule(
            session, actor=actor, request_id=request_id, decision=decision, now=now(session)
        )
