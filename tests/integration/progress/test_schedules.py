"""Worked schedules through the real service and database give what the arithmetic gives."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.core.errors import Conflict
from lms.db.session import Database
from lms.progress import queries, service
from lms.progress.domain.cases import Case, EventKind, load_cases
from lms.progress.domain.checks import HERE
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.simulate import simulate_case
from lms.progress.domain.spans import Spans
from lms.progress.domain.units import ms_to_seconds
from lms.progress.service import checks, known, leases
from lms.progress.service.known import read_known
from tests.integration.progress.conftest import START_MS, Clock, Learner
from tests.support.beats import send_beat
from tests.support.field import field_folder

_OWN = Path(__file__).with_name("schedules.yaml")
# Longer than any schedule: prompts come only where the schedule says so.
_NEVER_MS = 10**12
_DAY_MS = 86_400_000


def cases() -> list[Case]:
    folder = field_folder()
    shared = [folder.parent / "counting_cases.yaml"] if folder else []
    files = [_OWN, *shared]
    return [case for file in files for case in load_cases(yaml.safe_load(file.read_text("utf-8")))]


class Player:
    """Plays a schedule against the service, each event in a transaction of its own."""

    def __init__(self, database: Database, clock: Clock, learner: Learner) -> None:
        self.database, self.clock, self.learner = database, clock, learner
        self.leases: dict[Any, str] = {}
        self.codes: list[str] = []
        self.check: str | None = None

    def play(self, case: Case) -> None:
        for event in case.events:
            self.clock.seconds = event.at / 1000
            self.step(event)

    def step(self, event: Any) -> None:
        if event.kind is EventKind.BEAT:
            self.beat(event)
            return
        with self.database.transaction() as session:
            if event.kind is EventKind.LEASE:
                reply = service.take_lease(
                    session, actor=self.learner.actor, item_id=self.learner.items[event.lesson]
                )
                self.leases[event.device] = reply.lease
            elif event.kind is EventKind.RELEASE:
                service.end_lease(
                    session, actor=self.learner.actor, lease_id=self.leases[event.device]
                )
            else:
                self.prompt(session, event)

    def prompt(self, session: Any, event: Any) -> None:
        lease_id = self.leases.get(event.device) or next(iter(self.leases.values()))
        actor = self.learner.actor
        if event.kind is EventKind.PROMPT:
            held = read_known(session, person_id=actor.person_id, lease_id=lease_id)
            held = checks.settled(session, held)
            if held.clock.prompt is None:
                shown = checks.show_check(
                    session, held, 0, locale=None, after_number=held.row.entries
                )
                self.check = shown["id"]
        elif self.check is not None:
            answer = HERE if event.kind is EventKind.ANSWER else None
            service.answer_check(
                session, actor=actor, lease_id=lease_id, check_id=int(self.check), answer=answer
            )

    def beat(self, event: Any) -> None:
        held, report = self.leases[event.device], PlayerReport(event.beat)
        try:
            reply = send_beat(self.database, self.learner.actor, held, report)
        except Conflict as refused:
            self.codes.append(refused.code)
            return
        if reply.code:
            self.codes.append(reply.code)


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case.case_id))
def test_the_service_stores_what_the_arithmetic_says(
    case: Case,
    database: Database,
    clock: Clock,
    learner: Learner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = replace(
        case.settings, prompt_after_least_ms=_NEVER_MS, prompt_after_most_ms=_NEVER_MS
    )
    for module in (known, leases):
        monkeypatch.setattr(module, "counting_of", lambda _programme: settings)
    # The simulator's day begins at its second 0; make that a local midnight here too.
    clock.start_ms = START_MS - 8 * 3_600_000
    expected = simulate_case(case)
    player = Player(database, clock, learner)
    player.play(case)
    with database.snapshot() as session:
        found = {
            name: queries.item_progress(
                session, person_id=learner.actor.person_id, item_id=learner.items[name]
            )
            for name in expected["lessons"]
        }
    assert {
        name: {
            "seen": Spans.of(row.seen).as_seconds(),
            "credited": Spans.of(row.credited).as_seconds(),
        }
        for name, row in found.items()
        if row is not None
    } == expected["lessons"]
    refused: dict[str, int] = {}
    for row in found.values():
        for reason, ms in (row.refused if row else {}).items():
            refused[reason] = refused.get(reason, 0) + ms
    assert {name: ms_to_seconds(ms) for name, ms in refused.items()} == expected["refused"]
    assert player.codes == [error["code"] for error in expected["errors"]]
