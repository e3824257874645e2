"""The demo's commands; refused in production."""

from pathlib import Path

import click
from flask.cli import AppGroup

from lms.accounts.gateway import SealedFolder, keys_of
from lms.demo.domain import with_history
from lms.demo.service import Seeded, Settled, Wish, settle, sign_first
from lms.demo.service import seed as make_demo
from lms.demo.stripe_server import StripeTill, serve
from lms.insights.service.rounds import catch_up
from lms.subsidy.gateway.papers import PAPERS
from lms.web.access import database, settings

demo = AppGroup("demo", help="Invented people and history, for development.")
_LEARNERS = 30
_TELL_EVERY = 50_000
_WHO = (
    "Learners 13800000001 and on; villagers of classes 13800095101 and on, 13800095601 and on;",
    "those who claim the subsidy 13800095301 and on, 13800095801 and on;",
    "instructors 13800090001, 13800090002, of classes alone 13800090003;",
    "mentors 13800091001, 13800091002; supervisor 13800098001;",
    "administrators of a county 13800099001, 13800099002, 13800099003;",
    "administrators of the whole platform 13800097001, 13800097002.",
)
# What `make run` tells people stands here, so that it stays true when the password changes.
_PASSWORD_FILE = "demo.password"  # noqa: S105 (the name of a file)
_TILL_FILE = "stripe.json"


@demo.command("seed")
@click.option(
    "--learners", type=click.IntRange(0, 10_000_000), default=_LEARNERS, show_default=True
)
@click.option(
    "--enrollments", type=click.IntRange(0, 10_000_000), help="As many as have a history."
)
@click.option("--password", default="xiangbo-demo", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def seed(learners: int, enrollments: int | None, password: str, seed: int) -> None:
    """Make demo people with a history; run again, it adds only what is missing."""
    if settings().production:
        raise click.ClickException(
            "Demo people have a password everybody knows. They are not made in production."
        )
    wanted = with_history(learners) if enrollments is None else enrollments
    keys = keys_of(settings())
    wish = Wish(learners, wanted, seed, keys.passwords.hash(password))
    done = make_demo(database(), wish, _Teller())
    papers = SealedFolder(settings().data_dir / PAPERS, keys.vault, PAPERS)
    settled = settle(database(), wish, keys, papers)
    _keep(settings().data_dir / _PASSWORD_FILE, password)
    signed = sign_first(database(), settings())
    # The figures are there at once; from now on the worker keeps them.
    catch_up(database())
    for line in _story(done, settled, signed, password):
        click.echo(line)


@demo.command("stripe")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8421, show_default=True)
def stripe(host: str, port: int) -> None:
    """Serve a Stripe of our own, so that a purchase can be tried without an account."""
    if settings().production:
        raise click.ClickException(
            "Anybody can pay there without money. It is not served in production."
        )
    account = settings().stripe
    if account is None:
        raise click.ClickException(
            "The site has no account there: set LMS_STRIPE_SECRET_KEY (sk_test_…), "
            "LMS_STRIPE_WEBHOOK_SECRET (whsec_…) and LMS_STRIPE_API_BASE, as make run does."
        )
    till = StripeTill(
        webhook_secret=account.webhook_secrets[0],
        webhook_url=f"{settings().base_url}/webhooks/stripe",
        keep_in=settings().data_dir / _TILL_FILE,
    )
    click.echo(f"Stripe for demonstration on http://{host}:{port}")
    serve(till, host, port)


def _keep(file: Path, password: str) -> None:
    """Write the password down, readable by the owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(password + "\n", encoding="utf-8")


class _Teller:
    """Says every so many enrollments how far it is."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, made: int, total: int) -> None:
        if made - self._told >= _TELL_EVERY:
            self._told = made
            click.echo(f"{made} of {total} enrollments")


def _story(done: Seeded, settled: Settled, signed: int, password: str) -> list[str]:
    lines = [
        f"{done.learners} demo learners.",
        f"{done.made} enrollments made now, {done.completed} of them completed.",
        f"{settled.classes} classes made now, {settled.decisions} subsidy decisions.",
        f"{signed} badges signed now; the worker signs what waits.",
        f"Password of everybody: {password}",
        *_WHO,
    ]
    if not done.courses:
        lines.append("There is no free course yet: load one, then seed again for a history.")
    return lines
