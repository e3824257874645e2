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
from lms.subsidy.domain.claim_draft import OPEN, ClaimStep
from lms.subsidy.domain.claim_promise import CLAIM_PROMISE
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState
from lms.subsidy.domain.policy import Status
from lms.subsidy.domain.results import Outcome
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import Promise, SubsidyAccount, SubsidyClaim
from lms.subsidy.queries import Fresh
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
    """What the learner hands in with a claim: that the promise was ticked, and from where.

    One that was signed on a page of its own stands. ``amount_fen`` is what the page showed.
    """

    version: int
    has_promised: bool
    address: str
    amount_fen: int | None = None


def look_again(
    session: Session, actor: Actor, *, programme_id: int, ground: Ground
) -> Fresh | None:
    """Decide what the learner wants to claim by what is known now, and keep that.

    In a transaction of its own, so that what is refused next rests on it. ``None`` where nothing
    is studied for the programme. Raises ``NotFound`` where there is no such programme.
    """
    if session.get(Programme, programme_id) is None:
        raise NotFound
    pair = (actor.person_id, programme_id)
    return decide_again(session, [pair], shelf=ground.shelf, now=ground.now).get(pair)


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
        raise _not_met()
    policy = queries.policy_of_decision(session, decision_id)
    if policy is None or not fresh.again.amount_fen:
        raise _no_rules()
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
    if queries.live_claim(session, person_id, queries.thing_of(programme)) is not None:
        raise _exists()


def _draft(
    session: Session,
    actor: Actor,
    programme: Programme,
    decided: tuple[int, int],
    ground: Ground,
) -> SubsidyClaim:
    person = accounts.person(session, actor.person_id)
    occupation, work_type, level = queries.thing_of(programme)
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


def look_over(session: Session, actor: Actor, *, claim_id: int, ground: Ground) -> None:
    """Let a draft rest on what is known now, which the learner has just seen.

    What was handed in before keeps its decision until it is handed in again. Raises ``NotFound``
    for anyone else's, ``Conflict`` where a condition is not met.
    """
    queries.lock_accounts(session, [actor.person_id])
    claim = _open_claim(session, actor, claim_id)
    fresh = look_again(session, actor, programme_id=claim.programme_id, ground=ground)
    if fresh is None:
        raise _no_rules()
    if fresh.again.outcome is Outcome.NOT_ELIGIBLE:
        raise _not_met()
    if claim.state == ClaimState.DRAFT:
        claim.decision_id = fresh.decision_id
        claim.amount_fen = fresh.again.amount_fen or claim.amount_fen
    claim.draft_step = max(claim.draft_step, ClaimStep.PAPERS.number)


def sign(session: Session, actor: Actor, *, claim_id: int, address: str, now: datetime) -> None:
    """Keep that the learner promises what goes with the claim, with the time and the network.

    Raises ``NotFound`` for anyone else's, ``Conflict`` for one that waits for others.
    """
    claim = _open_claim(session, actor, claim_id)
    if not _stands(session, claim):
        claim.promise_id = _promise(session, actor.person_id, address, now)
    claim.draft_step = max(claim.draft_step, ClaimStep.HAND_IN.number)


def _open_claim(session: Session, actor: Actor, claim_id: int) -> SubsidyClaim:
    claim = queries.own_claim(session, claim_id, actor.person_id)
    if claim is None:
        raise NotFound
    if claim.state not in OPEN:
        raise Conflict("claim_waits", "This was handed in already. Nothing has to be done now.")
    return claim


def _promise(session: Session, person_id: int, address: str, now: datetime) -> int:
    given = Promise(person_id=person_id, text_version=CLAIM_PROMISE, address=address, given_at=now)
    session.add(given)
    session.flush()
    return given.id


def _stands(session: Session, claim: SubsidyClaim) -> bool:
    """Tell whether the promise was given since the claim came to the learner, as it reads now."""
    given = session.get(Promise, claim.promise_id) if claim.promise_id else None
    return (
        given is not None
        and given.text_version == CLAIM_PROMISE
        and given.given_at >= claim.state_at
    )


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
    is_signed = _stands(session, claim)
    if not (sent.has_promised or is_signed):
        raise InvalidInput(
            {"promise": Message("promise_missing", "Please tick that you promise this.")}
        )
    holds.require_free(session, actor.person_id)
    consents.require(session, actor.person_id, HANDOVER)
    account = accounts.bank_of(session, actor.person_id)
    if account is None:
        raise Conflict("account_none", "There is no account yet.")
    _require_answers(session, claim, sent, ground)
    promise_id = claim.promise_id
    if not is_signed:
        promise_id = _promise(session, actor.person_id, sent.address, ground.now)
    values = {
        "account_mask": account.mask,
        "account_index": account.number_index,
        "bank": account.bank,
        "promise_id": promise_id,
    }
    move = Move(claim.id, ClaimAct.SUBMIT, actor.person_id, version=sent.version, values=values)
    return advance_one(session, move, shelf=ground.shelf, now=ground.now)


def _require_answers(session: Session, claim: SubsidyClaim, sent: HandedIn, ground: Ground) -> None:
    """Raise ``Conflict`` while something waits for the learner, or the sum shown is another now."""
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
        if sent.amount_fen not in (None, meter.decision.amount_fen):
            raise Conflict(
                "claim_amount_changed",
                "Meanwhile the sum is another one. Please look at it once more.",
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


def _not_met() -> Conflict:
    return Conflict("not_eligible", "Not every condition is met yet; the list says which.")


def _no_rules() -> Conflict:
    return Conflict("claim_no_rules", "There are no rules by which this can be decided now.")
