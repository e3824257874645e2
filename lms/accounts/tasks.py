"""What the worker does about people's proofs by itself."""

from lms.accounts.models import HalfSignIn, OneTimeCode
from lms.accounts.service import forgetting
from lms.db.session import Database, now
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
