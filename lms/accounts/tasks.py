"""What the worker does about people's proofs by itself, and whom it asks about identities."""

from datetime import datetime

import structlog

from lms.accounts import queries
from lms.accounts.gateway import IdentityRegistry, identity_registry, keys_of
from lms.accounts.models import (
    CheckMethod,
    CheckResult,
    HalfSignIn,
    IdentityState,
    OneTimeCode,
)
from lms.accounts.queries.rosters import next_declared
from lms.accounts.service import forgetting, identities
from lms.accounts.service.identities import Look
from lms.accounts.service.rosters import ASK_OF_LIST
from lms.core.errors import Conflict, GatewayError
from lms.db.session import Database, now
from lms.jobs.service import JobRequest, enqueue
from lms.jobs.tasks import JobContext
from lms.settings import Settings

log = structlog.get_logger(__name__)
_BATCH = 1_000
# So many of a list are asked about by one job; the next goes on behind them, so that a rest after
# a fault repeats few questions and the rests of a long list do not add up.
_ASKED = 100
# So many refusals in a row are no matter of one number any more.
_MOST_REFUSED = 3


def forget_proofs(database: Database, _settings: Settings) -> None:
    """Delete codes and half sign-ins that were over long ago, a batch of each."""
    for kind in (OneTimeCode, HalfSignIn):
        with database.transaction() as session:
            forgetting.forget_proofs(session, kind, now=now(session), limit=_BATCH)


class ForgetSignIns:
    """Walks over the sign-ins, a batch a round, and deletes what ended long ago."""

    def __init__(self) -> None:
        self._after = 0

    def __call__(self, database: Database, _settings: Settings) -> None:
        """Look at the next batch; after the last one the walk begins anew."""
        with database.transaction() as session:
            self._after = forgetting.forget_sign_ins(
                session, after=self._after, now=now(session), limit=_BATCH
            )


def ask_registry(context: JobContext) -> None:
    """Ask the registry about a number that waits; what it does not know waits for the card.

    The number is opened between two transactions and goes to the registry alone.
    """
    registry = identity_registry(context.settings)
    if registry is not None:
        _ask(context, registry, int(context.args["person"]), key=context.job_id)


def ask_registry_of_list(context: JobContext) -> None:
    """Ask the registry about the numbers of a roster, one after another, and order the next job.

    It may be stopped and run again: who was answered for does not wait any more. A registry that
    is away lets the job rest; one that refuses a single question is asked the next.
    """
    registry, args = identity_registry(context.settings), context.args
    if registry is None:
        return
    by_id, at, after = int(args["by"]), datetime.fromisoformat(args["at"]), int(args["after"])
    with context.database.snapshot() as session:
        people = next_declared(session, by_id=by_id, at=at, after=after, limit=_ASKED)
    refused = 0
    for done, person_id in enumerate(people):
        context.report(done, len(people))
        try:
            _ask(context, registry, person_id, key=f"{context.job_id}:{person_id}")
        except GatewayError as error:
            refused += 1
            if error.retryable or refused == _MOST_REFUSED:
                raise
            log.warning("registry_refused", person=person_id, code=error.code)
        else:
            refused = 0
    if len(people) == _ASKED:
        _ask_on(context, after=people[-1])


def _ask_on(context: JobContext, *, after: int) -> None:
    key = f"{ASK_OF_LIST}:{context.args['list']}:{after}"
    with context.database.transaction() as session:
        context.go_on(session)
        enqueue(session, JobRequest(ASK_OF_LIST, key, {**context.args, "after": after}))


def _ask(context: JobContext, registry: IdentityRegistry, person_id: int, *, key: str) -> None:
    keys = keys_of(context.settings)
    with context.database.snapshot() as session:
        row = queries.identity_of(session, person_id)
        name = queries.person(session, person_id).name
    if row is None or row.state != IdentityState.DECLARED:
        return
    number = keys.vault.open(row.number, place=identities.place(person_id))
    fits = registry.fits(name=name, number=number, key=key)
    if fits is None:
        return
    result = CheckResult.VERIFIED if fits else CheckResult.REFUSED
    found = Look(CheckMethod.REGISTRY, result, None)
    try:
        with context.database.transaction() as session:
            identities.look_again(session, row, found=found, keys=keys, now=now(session))
    except Conflict:
        # A guardian's word or the consent is missing: then the card is shown in person.
        return
