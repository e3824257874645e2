"""Makes claims that went the whole way: objected to, sent back by the bank, paid again."""

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.core.access import Actor
from lms.db.session import now
from lms.subsidy import service
from lms.subsidy.domain.answers import Result
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.notices import Outcome, Ruling
from lms.subsidy.gateway import shelf
from tests.factories.claims import Claimant, make_claimant, make_passed, make_reviewer, move
from tests.factories.notices import make_listed, object_
from tests.factories.payments import answer, make_sent, paid

OBJECTION = "他不是我们村的"
CONTACT = "13800000000"
RULING = "户口本看过了，是本村的"
# Five working days of a year without holidays are over by then.
_LATER = timedelta(days=12)


def make_paid_claims(session: Session, keys: Keys, count: int = 1) -> list[Claimant]:
    """Make people who were paid at the second try, after somebody objected to the first of them."""
    two = make_reviewer(session), make_reviewer(session, name="鲁晓东")
    people = [make_claimant(session, keys) for _ in range(count)]
    claims = [make_passed(session, each, *two).id for each in people]
    _list(session, two, keys)
    batch = make_sent(session, two, claims)
    answer(session, two[0], batch.id, *paid(session, batch.id, Result.RETURNED))
    for claim_id in claims:
        move(session, claim_id, ClaimAct.PAY_AGAIN, two[0].person_id, reason=None)
    batch = make_sent(session, two, claims)
    answer(session, two[1], batch.id, *paid(session, batch.id))
    return people


def _list(session: Session, two: tuple[Actor, Actor], keys: Keys) -> None:
    """Hang the claims out, keep an objection to the first as not grounded, and approve them."""
    number = make_listed(session, two[0], keys).number
    objection = object_(session, number, keys, words=OBJECTION, contact=CONTACT).number
    ruling = Ruling(Outcome.DISMISS, RULING)
    service.rule(session, two[1], objection, ruling, shelf=shelf(), now=now(session))
    service.approve_notice(session, two[0], number, shelf=shelf(), now=now(session) + _LATER)
