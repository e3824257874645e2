"""A learner at work: takes leases, plays on by beats, answers, on a clock the test moves."""

from typing import Any

from lms.core.access import Actor
from lms.db.session import Database
from lms.progress import service
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat, PlayerState
from lms.progress.service import BeatReply, CheckReply, LeaseReply
from tests.integration.progress.conftest import Clock, Learner
from tests.support.beats import send_beat


class Study:
    """Plays one lesson after the other; ``position`` is where the newest lease's player stands."""

    def __init__(self, database: Database, clock: Clock, learner: Learner) -> None:
        self.database, self.clock, self.learner = database, clock, learner
        self.actor: Actor = learner.actor
        self.held = ""
        self.position = 0.0
        self.seq = 0

    def lease(self, name: str, position: float = 0) -> LeaseReply:
        with self.database.transaction() as session:
            reply = service.take_lease(session, actor=self.actor, item_id=self.learner.items[name])
        self.held, self.position, self.seq = reply.lease, position, 0
        return reply

    def play(self, seconds: float, *, rate: float = 1, state: str = "playing") -> BeatReply:
        """Let the clock run so long while the video plays on, and report it."""
        self.clock.seconds += seconds
        begin, self.position = self.position, self.position + seconds * rate
        return self.beat((begin, self.position), state=state)

    def beat(self, *played: tuple[float, float], state: str = "playing") -> BeatReply:
        self.seq += 1
        pairs = tuple((round(a * 1000), round(b * 1000)) for a, b in played)
        report = PlayerReport(
            Beat(self.seq, pairs, PlayerState(state)), round(self.position * 1000)
        )
        return send_beat(self.database, self.actor, self.held, report)

    def play_until_asked(self, most: float = 660) -> dict[str, Any]:
        """Play by beats of 15 s until a presence check is shown; return it."""
        for _ in range(round(most / 15)):
            prompt = self.play(15).answer["prompt"]
            if prompt:
                return dict(prompt)
        raise AssertionError(f"no presence check within {most} seconds")

    def answer(self, prompt: dict[str, Any], said: str | None = "here") -> CheckReply:
        with self.database.transaction() as session:
            return service.answer_check(
                session,
                actor=self.actor,
                lease_id=self.held,
                check_id=int(prompt["id"]),
                answer=said,
            )
