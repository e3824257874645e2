"""Reads what codes are worth to somebody, and of which order each was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.core.errors import Message
from lms.payments.domain import vouchers as rules
from lms.payments.domain.orders import OrderState, Price, price
from lms.payments.domain.vouchers import Terms, Use, UseState, VoucherKind
from lms.payments.models import CourseOrder, Redemption, Voucher, VoucherBatch
from lms.payments.queries.offers import Offered

# More than can be used for a course; what is sent beyond is not looked at.
_MOST = 4


@dataclass(frozen=True, slots=True)
class Applied:
    """A code that can be used, and what it takes off the price, in fen."""

    voucher_id: int
    batch_id: int
    kind: VoucherKind
    code: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class UsedCode:
    """A code that was put in for an order, spelled as on paper, and what it paid, in fen."""

    spelled: str
    kind: VoucherKind
    state: UseState
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a course costs somebody with some codes; ``faults`` says why others cannot be used."""

    cost: Price
    applied: tuple[Applied, ...] = ()
    faults: tuple[tuple[str, Message], ...] = ()


def quote(
    session: Session, *, person_id: int, offered: Offered, codes: Sequence[str], day: date
) -> Quote:
    """Return what the course costs the person with what they typed in as codes.

    What they put into their own open order of the course can be put in again.
    """
    # However a code is written, it is the same one.
    typed = {rules.read_code(each) or each: each for each in map(str.strip, codes) if each}
    wanted = list(typed)[:_MOST]
    known = _known(session, wanted, person_id, offered)
    good: dict[VoucherKind, Row[Any]] = {}
    faults: list[tuple[str, Message]] = []
    for code in wanted:
        text, row = typed[code], known.get(code)
        fault = rules.UNKNOWN if row is None else _why_not(row, good, offered, day)
        if fault is not None or row is None:
            faults.append((text, fault or rules.UNKNOWN))
        else:
            good[VoucherKind(row.VoucherBatch.kind)] = row
    return _priced(offered, good, faults)


def codes_of(session: Session, order_id: int) -> frozenset[str]:
    """Return the codes that are kept or used for an order."""
    return frozenset(
        session.scalars(
            select(Voucher.code)
            .join(Redemption, Redemption.voucher_id == Voucher.id)
            .where(Redemption.order_id == order_id, Redemption.freed_at.is_(None))
        )
    )


def redemptions_of(session: Session, order_id: int) -> Sequence[Redemption]:
    """Return what was put in for an order."""
    return session.scalars(
        select(Redemption).where(Redemption.order_id == order_id).order_by(Redemption.id)
    ).all()


def used_codes(session: Session, order: CourseOrder) -> list[UsedCode]:
    """Return what was put in for an order, with where it stands."""
    if not order.coupon_fen and not order.voucher_fen:
        return []
    rows = session.execute(
        select(Voucher.code, Redemption.kind, use_state(), Redemption.amount_fen)
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .where(Redemption.order_id == order.id)
        .order_by(Redemption.id)
    )
    return [
        UsedCode(rules.spelled(code), VoucherKind(kind), UseState(state), fen)
        for code, kind, state, fen in rows
    ]


def use_state() -> ColumnElement[str]:
    """Return where the use of a code stands."""
    return case(
        (Redemption.given_back_at.is_not(None), UseState.GIVEN_BACK.value),
        (Redemption.used_at.is_not(None), UseState.USED.value),
        (Redemption.freed_at.is_not(None), UseState.FREE.value),
        else_=UseState.KEPT.value,
    )


def turns_of(session: Session, *, batch_id: int, person_id: int) -> frozenset[int]:
    """Return the turns of a batch that somebody has used."""
    return frozenset(
        session.scalars(
            select(Redemption.turn).where(
                Redemption.batch_id == batch_id,
                Redemption.person_id == person_id,
                Redemption.freed_at.is_(None),
                Redemption.given_back_at.is_(None),
            )
        )
    )


def lock_vouchers(session: Session, applied: Sequence[Applied]) -> None:
    """Lock the codes, so that of two who use the same one the second waits and then sees it."""
    ids = sorted(each.voucher_id for each in applied)
    session.execute(
        select(Voucher.id).where(Voucher.id.in_(ids)).order_by(Voucher.id).with_for_update()
    )


def _known(
    session: Session, codes: Sequence[str], person_id: int, offered: Offered
) -> dict[str, Row[Any]]:
    if not codes:
        return {}
    rows = session.execute(_codes(person_id, offered).where(Voucher.code.in_(codes)))
    return {row.code: row for row in rows}


def _codes(person_id: int, offered: Offered) -> Select[*tuple[Any, ...]]:
    used, order = aliased(Redemption), aliased(CourseOrder)
    # An order that somebody makes anew lets go of what was kept for it.
    is_own = and_(
        order.person_id == person_id,
        order.course_id == offered.course_id,
        order.state == OrderState.OPEN,
    )

    def among_used(*conditions: ColumnElement[bool]) -> Select[int]:
        return (
            select(used.id)
            .join(order, order.id == used.order_id)
            .where(used.freed_at.is_(None), ~is_own, *conditions)
        )

    own = (used.person_id == person_id, used.given_back_at.is_(None))
    of_batch = among_used(used.batch_id == Voucher.batch_id, *own)
    of_programme = among_used(
        used.kind == VoucherKind.VOUCHER, used.programme_id == offered.programme_id, *own
    )
    return select(
        *(Voucher.id, Voucher.code, VoucherBatch),
        exists(among_used(used.voucher_id == Voucher.id).correlate(Voucher)).label("is_taken"),
        of_batch.with_only_columns(func.count(used.id))
        .correlate(Voucher)
        .scalar_subquery()
        .label("used_of_batch"),
        exists(of_programme).label("has_for_programme"),
    ).join(VoucherBatch, VoucherBatch.id == Voucher.batch_id)


def _why_not(
    row: Row[Any], good: dict[VoucherKind, Row[Any]], offered: Offered, day: date
) -> Message | None:
    use = Use(
        county_code=offered.county_code,
        course_id=offered.course_id,
        programme_id=offered.programme_id,
        day=day,
        used_of_batch=row.used_of_batch,
        has_for_programme=row.has_for_programme,
        is_taken=row.is_taken,
    )
    fault = rules.why_not(terms_of(row.VoucherBatch), use)
    return fault or (rules.TWO_OF_A_KIND if VoucherKind(row.VoucherBatch.kind) in good else None)


def terms_of(batch: VoucherBatch) -> Terms:
    """Return what the codes of a batch are good for."""
    return Terms(
        kind=VoucherKind(batch.kind),
        worth_fen=batch.worth_fen,
        county_code=batch.county_code,
        first_day=batch.first_day,
        last_day=batch.last_day,
        per_person=batch.per_person,
        course_id=batch.course_id,
        programme_id=batch.programme_id,
        is_stopped=batch.stopped_at is not None,
    )


def _priced(
    offered: Offered, good: dict[VoucherKind, Row[Any]], faults: list[tuple[str, Message]]
) -> Quote:
    worth = {f"{kind}_fen": row.VoucherBatch.worth_fen for kind, row in good.items()}
    cost = price(offered.price_fen, share_fen=offered.share_fen, **worth)
    taken = {VoucherKind.COUPON: cost.coupon_fen, VoucherKind.VOUCHER: cost.voucher_fen}
    applied = []
    for kind, row in good.items():
        if taken[kind]:
            applied.append(Applied(row.id, row.VoucherBatch.id, kind, row.code, taken[kind]))
        else:
            faults.append((rules.spelled(row.code), rules.NOT_NEEDED))
    return Quote(cost, tuple(applied), tuple(faults))
