"""What the worker does about people's proofs by itself, and whom it asks about identities."""

from lms.accounts import queries
from lms.accounts.gateway import identity_registry, keys_of
from lms.accounts.models import (
    CheckMethod,
    CheckResult,
    HalfSignIn,
    IdentityState,
    OneTimeCode,
)
from lms.accounts.service import forgetting, identities
from lms.accounts.service.identities import Look
from lms.core.errors import Conflict
from lms.db.session import Database, now
from lms.jobs.tasks import JobContext
from lms.settings import Settings

_BATCH = 1_000


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
    registry, keys = identity_registry(context.settings), keys_of(context.settings)
    person_id = int(context.args["person"])
    with context.database.snapshot() as session:
        row = queries.identity_of(session, person_id)
        name = queries.person(session, person_id).name
    if registry is None or row is None or row.state != IdentityState.DECLARED:
        return
    number = keys.vault.open(row.number, place=identities.place(person_id))
    fits = registry.fits(name=name, number=number, key=context.job_id)
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
