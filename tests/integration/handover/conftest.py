"""A learner with every kind of evidence, a supervisor, and packages made for them."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.handover import service
from lms.handover.domain.draws import SpotCheck
from lms.handover.domain.orders import Order
from lms.handover.models import Handover
from lms.handover.service.packages import Ordered
from lms.roster.domain.filters import Filters, Status
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_person
from tests.factories.credentials import issue_all
from tests.factories.enrollment import make_enrollment
from tests.factories.handover import (
    make_judged,
    make_studied,
    make_supervisor,
    make_tried,
    taker_of,
)
from tests.factories.roster import NEIGHBOUR
from tests.factories.subsidy import Subsidised
from tests.integration.progress.conftest import Clock, Learner, clock
from tests.integration.progress.test_promises import beat, lease
from tests.support.site import Jobs

__all__ = ["clock"]

EVERYBODY = Filters(status=Status.ALL)
Unpacked = Callable[..., Path]


@pytest.fixture
def own(database: Database, settings: Settings, clock: Clock) -> Subsidised:
    """The learner; others beside them, one of them in the neighbour county."""
    with database.transaction() as session:
        made = make_studied(session)
        actor = taker_of(session, made).actor
        for number in range(6):
            code = NEIGHBOUR if number == 0 else COUNTY
            person = make_person(session, name=f"学员{number}", county_code=code)
            make_enrollment(session, course=made.course, person=person)
    items = {"A": made.course.items["A01/video"].id}
    who = Learner(actor, actor, actor, made.course, made.enrollment.id, items)
    held = lease(database, who, "A")
    for seq in range(1, 4):
        clock.seconds = seq * 15
        beat(database, who, held, seq, ((seq - 1) * 15, seq * 15))
    make_tried(database, made)
    make_judged(database, made)
    issue_all(database, settings)
    return made


@pytest.fixture
def supervisor(database: Database, own: Subsidised) -> Actor:
    """The county's supervisor, who has just proved who they are."""
    with database.transaction() as session:
        return make_supervisor(session)


def ordered(database: Database, actor: Actor, order: Order) -> str:
    with database.transaction() as session:
        made = service.order_handover(session, actor=actor, order=order, now=now(session))
        return made.id


def row(database: Database, handover_id: str) -> Ordered:
    with database.snapshot() as session:
        handover = session.get_one(Handover, handover_id)
        return Ordered(handover, session.get_one(Delivery, handover_id))


def of_learner(own: Subsidised, purpose: str = "抽查 5 月班") -> Order:
    return Order(purpose, EVERYBODY, learner_id=own.person.id)


def of_draw(seed: str = "2026-05", count: int = 3) -> Order:
    return Order("抽查 5 月班", EVERYBODY, SpotCheck(seed, count))


@pytest.fixture
def unpacked(
    database: Database, settings: Settings, supervisor: Actor, run_jobs: Jobs, tmp_path: Path
) -> Unpacked:
    """Call it to have an order made and unpacked."""

    def make(order: Order, name: str = "package") -> Path:
        handover_id = ordered(database, supervisor, order)
        run_jobs()
        folder = tmp_path / name
        with zipfile.ZipFile(settings.export_dir / f"{handover_id}.zip") as parcel:
            parcel.extractall(folder)
        return folder

    return make
