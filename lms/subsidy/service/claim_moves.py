"""Moves claims on: many at once or one, under the lock of each person's account."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from lms.audit.service import NewAct, record_many
from lms.core.clock import local_day
from lms.core.errors import Conflict, Message
from lms.db.session import connection_of
from lms.subsidy import queries
from lms.subsidy.domain.claim_record import numbered, series, step_hash
from lms.subsidy.domain.claim_rules import DECIDED_AGAIN, Wish, refusal
from lms.subsidy.domain.claim_states import OVER, PENDING, ClaimAct, ClaimState, Standing, after
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import (
    NoticeRow,
    SubsidyClaim,
    SubsidyClaimCause,
    SubsidyClaimStep,
    SubsidyPayment,
)
from lms.subsidy.queries import Fresh
from lms.subsidy.service.claim_effects import carry_out
from lms.subsidy.service.claim_news import News, tell_all
from lms.subsidy.service.claim_numbers import next_numbers
from lms.subsidy.service.decisions import decide_again
from lms.subsidy.service.facts import mark_everybody

_CLAIM = cast(Table, SubsidyClaim.__table__)
_STEP = cast(Table, SubsidyClaimStep.__table__)
_WRITTEN_PAST = (NoticeRow, SubsidyClaimCause, SubsidyPayment)
_SERIES = "BT"
# Here the sum is what was decided; later another one has to be looked at.
_SETS_AMOUNT = frozenset({ClaimAct.SUBMIT, ClaimAct.FIRST_LOOK})
_GONE = Message("claim_gone", "There is no such claim.")
_STALE = Message(
    "claim_stale", "Somebody else was here meanwhile. Nothing was done; please look at it again."
)


@dataclass(frozen=True, slots=True)
class Move:
    """What is to be done to a claim, by whom (``None``: by the site) and why.

    ``version`` is the one the person saw; ``None`` where that does not matter. ``about`` names what
    it is about, ``fen`` what the bank paid or returned, ``values`` further columns that change.
    """

    claim_id: int
    act: ClaimAct
    by_id: int | None
    reason: str | None = None
    version: int | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    fen: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A step that was taken: the claim as it was read, and where it stood before and stands now."""

    move: Move
    claim: SubsidyClaim
    before: Standing
    now: Standing
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that was not taken, and why."""

    move: Move
    why: Message


@dataclass(frozen=True, slots=True)
class Advanced:
    """What came of several moves, each by itself."""

    moved: Sequence[Moved]
    refused: Sequence[Refused]


def advance_one(session: Session, move: Move, *, shelf: Shelf, now: datetime) -> Moved:
    """Move one claim. Raises ``Conflict`` with the sentence that says why not."""
    done = advance(session, [move], shelf=shelf, now=now)
    if done.refused:
        why = done.refused[0].why
        raise Conflict(why.code, why.text, **why.params)
    return done.moved[0]


def advance(session: Session, moves: Sequence[Move], *, shelf: Shelf, now: datetime) -> Advanced:
    """Move claims, one move each (the first); what the rules refuse stays, the others move.

    Whoever moves any claim of a person holds that person's account until the transaction ends, and
    what has to be decided again is decided inside. So of two that act at once the second sees what
    the first did.
    """
    first: dict[int, Move] = {}
    for each in moves:
        first.setdefault(each.claim_id, each)
    moves, ids = list(first.values()), list(first)
    queries.lock_accounts(session, queries.people_of(session, ids))
    claims = queries.claims_locked(session, ids)
    fresh = _decided(session, moves, claims, shelf, now)
    causes = queries.open_causes(session, list(claims))
    moved: list[Moved] = []
    refused: list[Refused] = []
    for move in moves:
        claim = claims.get(move.claim_id)
        found = fresh.get((claim.person_id, claim.programme_id)) if claim else None
        wish = Wish(
            move.act,
            move.by_id,
            move.reason,
            found.again if found else None,
            causes.get(move.claim_id, ()),
            move.fen,
        )
        why = _why_not(claim, move, wish)
        if claim is None or why is not None:
            refused.append(Refused(move, why or _GONE))
        else:
            moved.append(_moved(claim, move, found, now))
    write_down(session, moved, now=now)
    return Advanced(moved, refused)


def _decided(
    session: Session,
    moves: Sequence[Move],
    claims: Mapping[int, SubsidyClaim],
    shelf: Shelf,
    now: datetime,
) -> Mapping[tuple[int, int], Fresh]:
    pairs = {
        (claims[move.claim_id].person_id, claims[move.claim_id].programme_id)
        for move in moves
        if move.act in DECIDED_AGAIN and move.claim_id in claims
    }
    return decide_again(session, pairs, shelf=shelf, now=now) if pairs else {}


def _why_not(claim: SubsidyClaim | None, move: Move, wish: Wish) -> Message | None:
    if claim is None:
        return _GONE
    if move.version is not None and move.version != claim.version:
        # What the state itself forbids is told first: it says what happened meanwhile.
        return refusal(queries.standing_of(claim), wish) or _STALE
    return refusal(queries.standing_of(claim), wish)


def _moved(claim: SubsidyClaim, move: Move, found: Fresh | None, now: datetime) -> Moved:
    before = queries.standing_of(claim)
    behind = after(before, move.act, by_id=move.by_id, fen=move.fen)
    amount = claim.amount_fen
    if found and move.act in _SETS_AMOUNT:
        amount = found.again.amount_fen or amount
    values: dict[str, Any] = {
        "state": behind.state,
        "money": behind.money,
        "first_by_id": behind.first_by,
        "second_by_id": behind.second_by,
        "paid_fen": behind.paid_fen,
        "amount_fen": amount,
        "version": claim.version + 1,
        "decision_id": found.decision_id if found else claim.decision_id,
        "state_at": now if behind.state is not before.state else claim.state_at,
        "ended_at": claim.ended_at or (now if behind.state in OVER else None),
        "doubt_at": (claim.doubt_at or now) if behind.is_doubted else None,
        "submitted_at": claim.submitted_at or (now if move.act is ClaimAct.SUBMIT else None),
        "number": claim.number,
        **{name: getattr(claim, name) for name in _FURTHER},
        **move.values,
    }
    return Moved(move, claim, before, behind, values)


# What a move may set besides.
_FURTHER = ("account_mask", "account_index", "bank", "promise_id", "instalments", "recovered_fen")


def write_down(session: Session, moved: Sequence[Moved], *, now: datetime) -> None:
    """Write claims, steps and acts, and what else follows from them."""
    if not moved:
        return
    rows = _numbered(session, moved, now)
    connection = connection_of(session)
    own = _CLAIM.c
    values: dict[str, Any] = {name: bindparam(name) for name in moved[0].values}
    connection.execute(
        update(_CLAIM)
        .where(own.id == bindparam("own_id"), own.version == bindparam("own_version"))
        .values(values),
        rows,
    )
    steps = _steps(session, moved, now)
    connection.execute(insert(_STEP), steps)
    carry_out(session, [(each.move.act, each.claim.id) for each in moved], now=now)
    mark_everybody(session, people=_counting_otherwise(moved), since=now)
    tell_all(session, _news(moved, rows), now=now)
    acts = [_act(each, step) for each, step in zip(moved, steps, strict=True)]
    record_many(session, acts, at=now)
    _read_anew(session, moved, rows)


def _read_anew(session: Session, moved: Sequence[Moved], rows: Sequence[Mapping[str, Any]]) -> None:
    """Let what the session holds say what was written past it."""
    for each, row in zip(moved, rows, strict=True):
        for name in each.values:
            set_committed_value(each.claim, name, row[name])
    for held in session.identity_map.values():
        if isinstance(held, _WRITTEN_PAST):
            session.expire(held)


def _numbered(session: Session, moved: Sequence[Moved], now: datetime) -> list[dict[str, Any]]:
    """Return the rows; who hands in gets the next number of the month."""
    new = [each for each in moved if each.values["submitted_at"] and not each.values["number"]]
    name = series(_SERIES, local_day(now))
    places = iter(next_numbers(session, name, len(new)))
    return [
        {
            **each.values,
            "number": numbered(name, next(places)) if each in new else each.values["number"],
            "own_id": each.claim.id,
            "own_version": each.claim.version,
        }
        for each in moved
    ]


def _steps(session: Session, moved: Sequence[Moved], now: datetime) -> list[dict[str, Any]]:
    last = queries.last_hashes(session, [each.claim.id for each in moved])
    steps = []
    for each in moved:
        step = {
            "claim_id": each.claim.id,
            "number": each.values["version"],
            "act": each.move.act.value,
            "from_state": each.before.state.value,
            "to_state": each.now.state.value,
            "by_id": each.move.by_id,
            "at": now,
            "reason": (each.move.reason or "").strip() or None,
            "decision_id": each.values["decision_id"],
            "amount_fen": each.move.fen or each.values["amount_fen"],
            "about": dict(each.move.about),
        }
        steps.append({**step, "hash": step_hash(last[each.claim.id], step)})
    return steps


def _news(moved: Sequence[Moved], rows: Sequence[Mapping[str, Any]]) -> list[News]:
    return [
        News(
            *(each.claim.id, each.claim.person_id, each.move.act, each.now.state),
            *((each.move.reason or "").strip() or None, each.move.fen, each.move.about, row),
        )
        for each, row in zip(moved, rows, strict=True)
    ]


def _act(each: Moved, step: Mapping[str, Any]) -> NewAct:
    return NewAct(
        each.move.by_id,
        f"claim.{each.move.act}",
        f"claim:{each.claim.id}",
        {"step": step["number"], "state": step["to_state"], "hash": step["hash"]},
    )


def _counting_otherwise(moved: Collection[Moved]) -> list[int]:
    """Return of whom other programmes may now be decided otherwise."""
    counting = PENDING | {ClaimState.PAID}
    changed = {
        each.claim.person_id
        for each in moved
        if (each.before.state in counting) != (each.now.state in counting)
        or ClaimState.PAID in (each.before.state, each.now.state)
    }
    return sorted(changed)
