"""What the learner does about a claim: begins it, hands it in, takes it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.domain.texts import HANDOVER
from lms.accounts.service import consents, holds
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Programme
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.session import savepoint
from lms.db.upsert import insert_once
from lms.subsidy import queries
from lms.subsidy.domain.claim_promise import CLAIM_PROMISE
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.policy import Status
from lms.subsidy.domain.results import Outcome
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import Promise, SubsidyAccount, SubsidyClaim
from lms.subsidy.service.claim_moves import Move, Moved, advance_one
from lms.subsidy.service.decisions import decide_again


@dataclass(frozen=True, slots=True)
class Ground:
    """What claims are decided by: the policies, those whose claims are taken, and the moment.

    A county's own site takes none by rules that only demonstrate.
    """

    shelf: Shelf
    taken: frozenset[Status]
    now: datetime


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What the learner hands in with a claim: that the promise was ticked, and from where."""

    version: int
    has_promised: bool
    address: str


def begin(session: Session, actor: Actor, *, decision_id: int, ground: Ground) -> SubsidyClaim:
    """Begin a claim by a decision of the learner's own; a draft that waits to be handed in.

    Raises ``NotFound`` for a decision of somebody else, ``Conflict`` where it changed meanwhile,
    where the conditions are not met, or where there is a claim for the same thing.
    """
    named = queries.own_decision(session, decision_id, actor.person_id)
    if named is None:
        raise NotFound
    insert_once(session, SubsidyAccount, {"person_id": actor.person_id, "opened_at": ground.now})
    queries.lock_accounts(session, [actor.person_id])
    pair = (actor.person_id, named.programme_id)
    fresh = decide_again(session, [pair], shelf=ground.shelf, now=ground.now).get(pair)
    programme = session.get_one(Programme, named.programme_id)
    _refuse_second(session, actor.person_id, programme)
    if fresh is None or fresh.decision_id != decision_id:
        raise Conflict(
            "decision_changed",
            "Meanwhile the conditions were checked again. Please look at them once more.",
        )
    if fresh.again.outcome is Outcome.NOT_ELIGIBLE:
        raise Conflict("not_eligible", "Not every condition is met yet; the list says which.")
    policy = queries.policy_of_decision(session, decision_id)
    if policy is None or not fresh.again.amount_fen:
        raise Conflict("claim_no_rules", "There are no rules by which this can be decided now.")
    if policy.status not in ground.taken:
        raise Conflict(
            "rules_not_confirmed",
            "The county has not confirmed the rules yet, so nothing can be claimed by them.",
        )
    return _draft(session, actor, programme, (decision_id, fresh.again.amount_fen), ground)


def _refuse_second(session: Session, person_id: int, programme: Programme) -> None:
    known = known_programmes().get(programme.slug)
    if known is None or known.draws_on:
        raise Conflict("claim_practice", "This only shows how it works; nothing is paid for it.")
    if queries.live_claim(session, person_id, _thing(programme)) is not None:
        raise _exists()


def _thing(programme: Programme) -> tuple[str, str, int]:
    """Return what a subsidy is paid for once: occupation, work type and level."""
    known = known_programmes().get(programme.slug)
    work_type = known.work_type if known else None
    return programme.occupation_code, work_type or "", programme.level


def _draft(
    session: Session,
    actor: Actor,
    programme: Programme,
    decided: tuple[int, int],
    ground: Ground,
) -> SubsidyClaim:
    person = accounts.person(session, actor.person_id)
    occupation, work_type, level = _thing(programme)
    policy = queries.policy_of_decision(session, decided[0])
    claim = SubsidyClaim(
        person_id=person.id,
        programme_id=programme.id,
        county_code=person.county_code,
        town=person.town or "",
        occupation=occupation,
        work_type=work_type,
        level=level,
        decision_id=decided[0],
        amount_fen=decided[1],
        instalments=policy.instalments if policy else 1,
        created_at=ground.now,
        state_at=ground.now,
    )
    try:
        with savepoint(session):
            session.add(claim)
    except IntegrityError:
        raise _exists() from None
    return claim


def keep_step(session: Session, actor: Actor, *, claim_id: int, step: int) -> None:
    """Remember the furthest step of a draft, so that the learner goes on there.

    Raises ``NotFound`` for anyone else's.
    """
    claim = queries.own_claim(session, claim_id, actor.person_id)
    if claim is None:
        raise NotFound
    claim.draft_step = max(claim.draft_step, step)


def hand_in(
    session: Session, actor: Actor, *, claim_id: int, sent: HandedIn, ground: Ground
) -> Moved:
    """Hand the claim in, or once more after it was returned; with the account as it is now.

    Raises ``NotFound`` for anyone else's, ``InvalidInput`` without the promise, and ``Conflict``
    with what keeps it: an account or a consent is missing, a condition is not met, nobody answered
    a question.
    """
    claim = queries.own_claim(session, claim_id, actor.person_id)
    if claim is None:
        raise NotFound
    if not sent.has_promised:
        raise InvalidInput(
            {"promise": Message("promise_missing", "Please tick that you promise this.")}
        )
    holds.require_free(session, actor.person_id)
    consents.require(session, actor.person_id, HANDOVER)
    account = accounts.bank_of(session, actor.person_id)
    if account is None:
        raise Conflict("account_none", "There is no account yet.")
    _require_answers(session, claim, ground)
    promise = Promise(
        person_id=actor.person_id,
        text_version=CLAIM_PROMISE,
        address=sent.address,
        given_at=ground.now,
    )
    session.add(promise)
    session.flush()
    values = {
        "account_mask": account.mask,
        "account_index": account.number_index,
        "bank": account.bank,
        "promise_id": promise.id,
    }
    move = Move(claim.id, ClaimAct.SUBMIT, actor.person_id, version=sent.version, values=values)
    return advance_one(session, move, shelf=ground.shelf, now=ground.now)


def _require_answers(session: Session, claim: SubsidyClaim, ground: Ground) -> None:
    """Raise ``Conflict`` while the learner has not answered what only the learner can."""
    today = local_day(ground.now)
    found = queries.meters(session, claim.person_id, shelf=ground.shelf, today=today)
    has_number = accounts.identity_of(session, claim.person_id) is not None
    for meter in found:
        if meter.programme.id != claim.programme_id:
            continue
        left = queries.left_to_learner(meter, has_number=has_number)
        if left:
            raise Conflict(
                "claim_unanswered",
                "Please answer this first: %(what)s.",
                what=left[0].heading,
            )


def take_back(
    session: Session, actor: Actor, *, claim_id: int, version: int, ground: Ground
) -> Moved:
    """Withdraw the claim. Raises ``NotFound`` for anyone else's, ``Conflict`` once money moved."""
    if queries.own_claim(session, claim_id, actor.person_id) is None:
        raise NotFound
    move = Move(claim_id, ClaimAct.WITHDRAW, actor.person_id, version=version)
    return advance_one(session, move, shelf=ground.shelf, now=ground.now)


def _exists() -> Conflict:
    return Conflict(
        "claim_exists", "There is a claim for this already. It is paid once, and never twice."
    )
