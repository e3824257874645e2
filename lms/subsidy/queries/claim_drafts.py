"""Reads a claim the learner fills in, with all that is known now: what is left, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.accounts.models import BankAccount
from lms.accounts.queries import bank_of, identity_of, live_consents
from lms.subsidy.domain.claim_draft import Changes, ClaimStep, changes, seen
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.domain.papers import CertificateState
from lms.subsidy.domain.policy import Kind
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.queries.certificates import Held, certificates
from lms.subsidy.queries.claim_pages import Shown
from lms.subsidy.queries.meters import Meter, Row, meters
from lms.subsidy.queries.own_claims import left_to_learner


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim the learner fills in, with all that is known now.

    ``meter`` is what the conditions come to now; ``None`` where nothing is studied for it any more.
    """

    shown: Shown
    meter: Meter | None
    account: BankAccount | None
    id_mask: str | None
    agreed: frozenset[str]
    held: Sequence[Held]

    @property
    def claim(self) -> SubsidyClaim:
        """Return the claim itself."""
        return self.shown.claim

    @property
    def reached(self) -> int:
        """Return the furthest step one may go to; what was handed in once is open all through."""
        is_new = self.claim.state == ClaimState.DRAFT
        return self.claim.draft_step if is_new else len(ClaimStep)

    @property
    def amount_fen(self) -> int:
        """Return what the rules give now, else what they gave."""
        now = self.meter.decision.amount_fen if self.meter else None
        return now or self.claim.amount_fen

    @property
    def failed(self) -> list[Row]:
        """Return the conditions that are not met now."""
        return self.meter.missing if self.meter else []

    @property
    def left(self) -> list[Row]:
        """Return what the learner has yet to say or bring; to agree is asked with the account."""
        if self.meter is None:
            return []
        rows = left_to_learner(self.meter, has_number=self.id_mask is not None)
        return [row for row in rows if row.result.id != Kind.CONSENT]

    @property
    def to_office(self) -> list[Row]:
        """Return what the office has to look at; it keeps nobody from handing in."""
        if self.meter is None:
            return []
        own = {row.result.id for row in self.left}
        own |= {Kind.CONSENT} | ({Kind.PAYEE} if self.account is None else set())
        return [row for row in self.meter.checking if row.result.id not in own]

    @property
    def last_day(self) -> date | None:
        """Return the last day to apply, where the rules name one."""
        rows = self.meter.rows if self.meter else ()
        days = [row.result.params.get("last") for row in rows if row.result.id == Kind.WINDOW]
        return date.fromisoformat(str(days[0])) if days and days[0] else None

    @property
    def certificate(self) -> Held | None:
        """Return the certificate it rests on: the newest of the same occupation and level."""
        same = (self.claim.occupation, self.claim.level)
        fitting = [
            each
            for each in self.held
            if each.row.state == CertificateState.LIVE
            and (each.now.occupation_code, each.now.level) == same
        ]
        return fitting[0] if fitting else None

    @property
    def changes(self) -> Changes | None:
        """Return what is otherwise than when the learner last looked; ``None`` for nothing."""
        if self.meter is None or self.shown.decided_at is None:
            return None
        policy = self.meter.policy
        found = changes(
            seen(self.shown.rules, self.shown.decided_fen, self.shown.results),
            (policy.id, policy.version) if policy else None,
            self.meter.decision.amount_fen,
            [row.result for row in self.meter.rows],
        )
        return found or None

    @property
    def is_ready(self) -> bool:
        """Tell whether it may be handed in."""
        return not (
            self.meter is None
            or self.failed
            or self.left
            or self.account is None
            or "handover" not in self.agreed
            or self.shown.signed_at is None
        )


def draft(session: Session, shown: Shown, *, shelf: Shelf, today: date) -> Draft:
    """Return the claim with all that is known now."""
    person_id = shown.claim.person_id
    found = meters(session, person_id, shelf=shelf, today=today)
    own = [each for each in found if each.programme.id == shown.claim.programme_id]
    identity = identity_of(session, person_id)
    return Draft(
        shown=shown,
        meter=own[0] if own else None,
        account=bank_of(session, person_id),
        id_mask=identity.mask if identity else None,
        agreed=frozenset(each.subject for each in live_consents(session, person_id)),
        held=certificates(session, person_id),
    )
