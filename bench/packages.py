"""What the largest package costs: python -m bench.packages [learners].

Run by hand. Making the package and checking it are processes of their own, so that the memory of
each is its own; learners have a ledger, a quiz, a badge and a claim that was paid.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter, sleep

from sqlalchemy import select

from bench.figures import Figure, amount
from bench.held import peak
from bench.servers import ROOT
from lms.accounts.gateway import keys_of
from lms.core.access import Scope, ScopeKind
from lms.credentials.domain.addresses import Site
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.handover import service
from lms.handover.domain.draws import SpotCheck
from lms.handover.domain.orders import MOST_PEOPLE, Order
from lms.handover.models import Handover
from lms.handover.service.packages import Ordered
from lms.roster.domain.filters import Filters, Status
from lms.settings import Settings
from lms.wiring import event_bus
from tests.factories.accounts import COUNTY
from tests.factories.credentials import issue_all
from tests.factories.handed_claims import make_paid_claims
from tests.factories.handover import make_judged, make_supervisor, make_tried
from tests.factories.progress import Entry, make_day
from tests.support.databases import create_schema
from tests.support.site import settings_for_test

# A course of forty-five hours, an entry a minute of it.
ENTRIES = 2_700
_DAY = date(2026, 5, 18)
# The worker shares a small server with the site.
_SECONDS, _MB = 600, 512
_PARCEL = "package.zip"
_TICK = 0.05
_AT_ONCE = 10


def main(learners: int) -> None:
    """Fill a database, then measure making a package of all learners, and checking it."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name:
        folder = Path(name)
        _fill(folder, learners)
        program = [sys.executable, "-m", "bench.packages", "--make", name]
        for figure in _cost("package", program):
            print(figure.line(), flush=True)
        parcel = folder / _PARCEL
        size = round(parcel.stat().st_size / 2**20, 1)
        print(amount("package_size", size, "MB", _MB).line(), flush=True)
        with zipfile.ZipFile(parcel) as opened:
            opened.extractall(folder / "package")
        check = [sys.executable, "-I", "-S", str(folder / "package" / "verify.py")]
        for figure in _cost("checking", check):
            print(figure.line(), flush=True)


def _cost(name: str, program: list[str]) -> Iterator[Figure]:
    """Yield how long a program ran and the most memory it held. Raises where it fails."""
    begun, used = perf_counter(), 0
    process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        used = max(used, peak(process.pid))
        sleep(_TICK)
    if process.returncode:
        raise RuntimeError(f"{name} failed")
    yield amount(f"{name}_seconds", round(perf_counter() - begun, 1), "s", _SECONDS)
    yield amount(f"{name}_memory", round(used / 1024, 1), "MB", _MB)


def _site(folder: Path) -> tuple[Database, Settings]:
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    return Database(url, bus=event_bus()), settings_for_test(folder, url)


def _fill(folder: Path, learners: int) -> None:
    database, settings = _site(folder)
    create_schema(settings.database_url)
    entries = [Entry(credited=60)] * ENTRIES
    for _ in range(0, learners, _AT_ONCE):
        with database.transaction() as session:
            people = make_paid_claims(session, keys_of(settings), min(_AT_ONCE, learners))
            for own in people:
                make_day(session, own.study.enrollment, own.study.course, "A02/text", _DAY, entries)
            # What moves a claim lets go of all that was read.
            for each in session:
                session.refresh(each)
        for own in people:
            make_tried(database, own.study)
            make_judged(database, own.study)
    issue_all(database, settings)
    order = Order("bench", Filters(status=Status.ALL), SpotCheck("bench", learners))
    with database.transaction() as session:
        actor = make_supervisor(session, scope=Scope(ScopeKind.COUNTY, COUNTY))
        service.order_handover(session, actor=actor, order=order, now=now(session))


def make(folder: Path) -> None:
    """Make the package that was ordered, as the worker does."""
    database, settings = _site(folder)
    with database.snapshot() as session:
        handover = session.scalars(select(Handover)).one()
        delivery = session.get_one(Delivery, handover.id)
    made = service.write_package(
        database,
        Ordered(handover, delivery),
        folder / _PARCEL,
        site=Site(settings.base_url),
        at=delivery.created_at,
        report=lambda _done, _total: None,
    )
    sys.stdout.write(f"{len(made.people)}\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else MOST_PEOPLE)
