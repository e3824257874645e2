"""The site killed while Stripe tells it of money: told again, it ends with one of each."""

import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from lms.db.session import Database, now
from lms.enrollment.models import Enrollment
from lms.notify.models import InboxMessage, SmsMessage
from lms.payments.gateway import stripe_of
from lms.payments.models import CourseOrder, OrderPayment, ProviderMessage
from lms.payments.service import open_page
from lms.settings import Settings
from tests.architecture.rules.source import ROOT
from tests.factories.accounts import make_person
from tests.factories.catalog import make_course
from tests.factories.orders import PRICE, actor_of, place_order
from tests.factories.shop import with_till
from tests.faults.halted import wait_until
from tests.faults.halting_listener import STEPS
from tests.support.production import free_port
from tests.support.stripe_till import KEY, SECRET, RunningTill, quick, running

# Of a payment there is one of each: itself, the seat, what is told in the inbox and by text.
KINDS = 4


@contextmanager
def listener(settings: Settings, till: RunningTill, port: int, halt_at: int) -> Iterator[Path]:
    """Run a site that halts at a step, and kill it; yield what is there once it has come so far."""
    marker = settings.data_dir / "halted"
    marker.unlink(missing_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    site = {
        "LMS_DATA_DIR": str(settings.data_dir),
        "LMS_DATABASE_URL": settings.database_url,
        "LMS_VAULT_KEYS": "k1:" + b64encode(settings.vault_keys["k1"]).decode(),
        "LMS_STRIPE_SECRET_KEY": KEY,
        "LMS_STRIPE_WEBHOOK_SECRET": SECRET,
        "LMS_STRIPE_API_BASE": till.url,
    }
    place = [str(marker), str(halt_at), str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.halting_listener", *place],
        cwd=ROOT,
        env={**own, **site},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield marker
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def ordered(database: Database, settings: Settings, till: RunningTill) -> str:
    """Order a course and open its page; return what the till calls that."""
    with database.transaction() as session:
        course, person = make_course(session, price_fen=PRICE), make_person(session)
        order = place_order(session, actor_of(session, person), course, now=now(session))
        order_id = order.id
    stripe = stripe_of(with_till(settings, till).stripe)
    back = "http://127.0.0.1:9/back"
    open_page(database, stripe, order_id=order_id, come_back_to=back, leave_to=back)
    with database.snapshot() as session:
        return session.get_one(CourseOrder, order_id).page_ref


def counted(database: Database) -> list[int]:
    kinds = (OrderPayment, Enrollment, InboxMessage, SmsMessage)
    paid = select(func.count()).where(ProviderMessage.kind == "checkout.session.completed")
    with database.snapshot() as session:
        counts = [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]
        assert session.scalar(paid) == counts[0]
        return counts


def test_what_was_told_to_a_site_that_was_killed_is_told_again_and_counts_once(
    database: Database,
    settings: Settings,
    engine: str,
    moments: int,
    tell: Callable[[str], None],
) -> None:
    # A process a moment: two of three are killed, the third one answers.
    port, orders = free_port(), max(1, moments // (STEPS + 1))
    # Of what a payment is told by, the message that counts alone.
    told = quick(waits=(0.3,), most_attempts=500, dropped=frozenset({"payment_intent.succeeded"}))
    with running(policy=told) as till:
        till.till.deliver_to(f"http://127.0.0.1:{port}/webhooks/stripe")
        for before in range(orders):
            till.till.pay(ordered(database, settings, till))
            for step in range(STEPS):
                with listener(settings, till, port, step) as marker:
                    wait_until(marker.exists)
                # Nothing of it, or all of it: never a payment without its seat.
                assert counted(database) == [before + (step == STEPS - 1)] * KINDS
            with listener(settings, till, port, -1):
                wait_until(lambda: till.till.wait_until_quiet(1))
            assert counted(database) == [before + 1] * KINDS
    with database.snapshot() as session:
        states = session.execute(select(CourseOrder.state, CourseOrder.enrollment_id)).all()
    assert [state for state, _ in states] == ["paid"] * orders
    assert len({seat for _, seat in states} - {None}) == orders
    tell(f"listening on {engine}: killed {orders * STEPS} times over {orders} payments")
