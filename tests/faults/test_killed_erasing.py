"""A worker killed in the midst of erasing: each person is erased whole, or stands whole."""

import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from sqlalchemy import select

from lms.accounts.gateway import SealedFolder, keys_of
from lms.accounts.models import Person
from lms.app import create_app
from lms.audit import queries as audit
from lms.core.access import Role
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.keeping.domain import GONE, NO_NAME
from lms.settings import Settings
from lms.subsidy.gateway.papers import PAPERS
from tests.architecture.rules.source import ROOT
from tests.factories.accounts import make_staff, sign_in
from tests.factories.keeping import Known, china, close, make_everything, rows_left
from tests.faults.hasty_worker import OF_FILES

NAME, PAPER = "林秀芳", b"a paper"
_DECIDED = {"eligibility_decision", "eligibility_due"}
# Another chore looks at their claims again, and writes down and tells what came of it.
_LOOKED_AT = {"subsidy_claim_cause", "subsidy_claim_step", "inbox_message"}
_PATIENCE = 120


class Scene:
    """People who are due to be erased, of whom there is something everywhere, with their papers."""

    def __init__(self, database: Database, settings: Settings, many: int) -> None:
        self.database, self.settings = database, settings
        keys = keys_of(settings)
        self.folder = SealedFolder(settings.evidence_dir, keys.vault, PAPERS)
        with database.transaction() as session:
            self.clerk = make_staff(session, Role.ADMINISTRATOR, name="周敏")
            self.people: list[Known] = []
            for _ in range(many):
                made = make_everything(session, keys, self.clerk)
                close(session, made.own.person, china(2015, 3, 5))
                self.people.append(made)
        for each in self.people:
            self.folder.write(each.paper, PAPER)
        self.before = {each.person_id: self.rows(each) for each in self.people}

    def rows(self, known: Known) -> dict[str, int]:
        """Return how many rows there are; decisions come and go by another chore meanwhile."""
        with self.database.snapshot() as session:
            found = rows_left(session, known.person_id)
        return {name: rows for name, rows in found.items() if name not in _DECIDED}

    def erased(self) -> list[Known]:
        """Return who was erased; make sure that each of them is, and the others stand, whole."""
        with self.database.snapshot() as session:
            rows = dict(session.execute(select(Person.id, Person.erased_at)).all())
            names = dict(session.execute(select(Person.id, Person.name)).all())
        found = []
        for each in self.people:
            left = self.rows(each)
            if rows[each.person_id] is None:
                assert names[each.person_id] == NAME
                self.stands_whole(each, left)
                assert self.folder.read(each.paper, "k1") == PAPER
            else:
                assert (names[each.person_id], set(left) & GONE) == (NO_NAME, set())
                with self.database.snapshot() as session:
                    assert not set(rows_left(session, each.person_id)) & _DECIDED
                found.append(each)
        return found

    def stands_whole(self, known: Known, left: dict[str, int]) -> None:
        """Make sure that nothing of somebody is missing."""
        for name, rows in self.before[known.person_id].items():
            found = left.get(name, 0)
            assert found >= rows if name in _LOOKED_AT else found == rows, (name, rows, found)
        assert set(left) == set(self.before[known.person_id])

    @contextmanager
    def worker(self, halt_at: int) -> Iterator[Callable[[], bool]]:
        """Let a worker run that halts at a step, and kill it; yield whether it has come there."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        key = self.settings.vault_keys["k1"]
        site = {
            "LMS_DATA_DIR": str(self.settings.data_dir),
            "LMS_DATABASE_URL": self.settings.database_url,
            "LMS_VAULT_KEYS": "k1:" + b64encode(key).decode(),
        }
        marker = self.settings.data_dir / f"halted-{halt_at}"
        marker.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.hasty_worker", str(marker), str(halt_at)],
            cwd=ROOT,
            env={**own, **site},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield marker.exists
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for what the worker will do; fail where it does not."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("the worker did not come so far")


def test_whoever_is_erased_while_the_worker_is_killed_is_gone_whole_or_there_whole(
    database: Database,
    settings: Settings,
    moments: int,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    steps = Random(seed).choices(range(OF_FILES), k=max(moments - 1, 1))  # noqa: S311 (no secret)
    scene = Scene(database, settings, many=3)
    for step in steps:
        with scene.worker(halt_at=step) as has_halted:
            wait_until(has_halted)
        assert scene.erased() == [], f"killed at table {step}, --seed {seed}"
    # Once it is durable and before the file is gone: nobody's row names it any more.
    with scene.worker(halt_at=OF_FILES) as has_halted:
        wait_until(has_halted)
    [first] = scene.erased()
    assert (settings.evidence_dir / first.paper).exists()
    hours_ago = time.time() - 2 * 60 * 60
    os.utime(settings.evidence_dir / first.paper, (hours_ago, hours_ago))
    with scene.worker(halt_at=-1):
        wait_until(lambda: not list(settings.evidence_dir.iterdir()))
        wait_until(lambda: len(scene.erased()) == len(scene.people))
    told_once(scene)
    tell(
        f"erasing on {database.url.get_backend_name()}: killed {len(steps) + 1} times, seed {seed}"
    )


def told_once(scene: Scene) -> None:
    """Make sure that the page says each of them once, and that the chain of acts is whole."""
    client = create_app(scene.settings, database=scene.database).test_client()
    sign_in(client, scene.clerk, confirmed_at=utc_now())
    page = client.get("/staff/erased").text
    said = re.findall(r"\?person=(\d+)", page)
    assert sorted(map(int, said)) == sorted(each.person_id for each in scene.people)
    with scene.database.snapshot() as session:
        found = audit.verify(session)
    assert found.fault is None
    assert found.entries >= len(scene.people)
