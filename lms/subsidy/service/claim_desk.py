"""What reviewers do: say something to one claim, foresee what many would come to, and do it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission
from lms.core.errors import InvalidInput, Message
from lms.subsidy import queries
from lms.subsidy.domain.claim_desk import LOOK_FIRST, Batch, Opinion, Review, act_of
from lms.subsidy.domain.claim_rules import Again, Wish, refusal
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.queries.claim_desk import claims_in_reach, flagged, names_of
from lms.subsidy.queries.claims import again_of
from lms.subsidy.service.claim_moves import Move, Moved, advance, advance_one
from lms.subsidy.service.decisions import judge_people

_REVIEW = Permission.SUBSIDY_REVIEW
# The reason is asked for on the page that shows what is foreseen; that it is missing is no news.
_SOME = "-"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim of a batch: its sum in fen, and what keeps it from being done, if something does."""

    claim_id: int
    version: int
    number: str
    name: str
    act: ClaimAct
    amount_fen: int
    why: Message | None = None


def say(
    session: Session, actor: Actor, *, claim_id: int, review: Review, shelf: Shelf, now: datetime
) -> Moved:
    """Do what somebody says to a claim.

    Raises ``NotFound`` outside the actor's counties, ``InvalidInput`` where what was noticed about
    the person was not looked at, and ``Conflict`` with what the rules say.
    """
    claim = claims_in_reach(session, actor, [claim_id], _REVIEW)[claim_id]
    is_pass = review.opinion is Opinion.PASS
    if is_pass and not review.has_looked and flagged(session, [claim.person_id]):
        raise InvalidInput({"looked": LOOK_FIRST})
    act = act_of(review.opinion, queries.standing_of(claim))
    move = Move(claim_id, act, actor.person_id, reason=review.reason, version=review.version)
    return advance_one(session, move, shelf=shelf, now=now)


def foresee(
    session: Session, actor: Actor, batch: Batch, *, shelf: Shelf, now: datetime
) -> list[Weighed]:
    """Return what a batch would come to by what is known right now; writes nothing.

    Raises ``NotFound`` where a claim lies outside the actor's counties.
    """
    claims = claims_in_reach(session, actor, list(batch.versions), _REVIEW)
    names, unseen = _people(session, claims.values(), batch)
    causes = queries.open_causes(session, list(claims))
    is_pass = batch.opinion is Opinion.PASS
    fresh = _judged(session, claims.values(), shelf, now) if is_pass else {}
    found = []
    for claim_id in batch.versions:
        claim = claims[claim_id]
        standing = queries.standing_of(claim)
        again = fresh.get((claim.person_id, claim.programme_id))
        act = act_of(batch.opinion, standing)
        wish = Wish(act, actor.person_id, _SOME, again, causes.get(claim_id, ()))
        why = refusal(standing, wish) or (LOOK_FIRST if claim.person_id in unseen else None)
        # The first look takes the sum as it is decided then.
        sum_now = again.amount_fen if again and act is ClaimAct.FIRST_LOOK else None
        found.append(_weighed(claim, names, act, sum_now or claim.amount_fen, why))
    return found


def say_to_many(
    session: Session, actor: Actor, batch: Batch, *, shelf: Shelf, now: datetime
) -> list[Weighed]:
    """Do it, and return of each claim whether it was done or what kept it; in the order asked.

    Those with something noticed about the person are left for somebody who looks at it. Raises
    ``NotFound`` where a claim lies outside the actor's counties.
    """
    claims = claims_in_reach(session, actor, list(batch.versions), _REVIEW)
    names, unseen = _people(session, claims.values(), batch)
    found, moves = {}, []
    for claim_id, version in batch.versions.items():
        claim = claims[claim_id]
        act = act_of(batch.opinion, queries.standing_of(claim))
        why = LOOK_FIRST if claim.person_id in unseen else None
        found[claim_id] = _weighed(claim, names, act, claim.amount_fen, why)
        if why is None:
            moves.append(Move(claim_id, act, actor.person_id, batch.reason, version))
    done = advance(session, moves, shelf=shelf, now=now)
    for each in done.moved:
        own = each.move.claim_id
        found[own] = replace(found[own], amount_fen=each.values["amount_fen"])
    for refused in done.refused:
        own = refused.move.claim_id
        found[own] = replace(found[own], why=refused.why)
    return list(found.values())


def _people(
    session: Session, claims: Iterable[SubsidyClaim], batch: Batch
) -> tuple[dict[int, str], set[int]]:
    """Return the names, and of whom something was noticed that has to be looked at one by one."""
    people = {claim.person_id for claim in claims}
    is_pass = batch.opinion is Opinion.PASS
    return names_of(session, people), flagged(session, people) if is_pass else set()


def _judged(
    session: Session, claims: Iterable[SubsidyClaim], shelf: Shelf, now: datetime
) -> dict[tuple[int, int], Again]:
    """Return what deciding again would come to; where it is the same, the last decision stands."""
    pairs = {(claim.person_id, claim.programme_id) for claim in claims}
    people = sorted({person for person, _ in pairs})
    found = judge_people(session, people=people, shelf=shelf, now=now, wanted=pairs)
    stands = queries.fresh_decisions(session, found.pairs) if found.pairs else {}
    again = {pair: each.again for pair, each in stands.items()}
    for _, row in found.rows:
        pair = (row["person_id"], row["programme_id"])
        again[pair] = again_of(row["outcome"], row["amount_fen"], row["results"])
    return again


def _weighed(
    claim: SubsidyClaim,
    names: dict[int, str],
    act: ClaimAct,
    amount_fen: int,
    why: Message | None,
) -> Weighed:
    name = names[claim.person_id]
    return Weighed(claim.id, claim.version, claim.number or "", name, act, amount_fen, why)
