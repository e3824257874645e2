"""Reads batches of codes and what became of each, for those who issue them and the bureau."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Identity, Person
from lms.catalog.models import Course, Programme, Revision, RevisionState
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.payments.domain.vouchers import UseState
from lms.payments.models import (
    CountyShare,
    CourseOrder,
    Redemption,
    Voucher,
    VoucherBatch,
)
from lms.payments.queries.desk import PAGE, in_reach
from lms.payments.queries.titles import newest_title
from lms.payments.queries.vouchers import use_state

CARDS = 24
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with its county, what it is good for, and how many of its codes are used so far."""

    batch: VoucherBatch
    county: Localized
    course: Localized | None
    programme: Localized | None
    used: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many codes stand where, and how many fen they paid."""

    state: UseState
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class RedemptionLine:
    """For whom and what a code was used; ``at`` is when it came to where it stands."""

    id: int
    code: str
    state: UseState
    name: str
    id_mask: str | None
    order_number: str
    course: Localized
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What a county pays of a course by itself."""

    share: CountyShare
    county: Localized
    course: Localized


@dataclass(frozen=True, slots=True)
class Goods:
    """What codes can be good for: courses that cost something, and the programmes of those."""

    courses: tuple[tuple[int, Localized, int], ...]
    programmes: tuple[tuple[int, Localized], ...]


def batches(session: Session, actor: Actor, before: int | None) -> list[BatchLine]:
    """Return the next batches in the actor's reach, newest first, one more than a page holds."""
    found = _batches().where(in_reach(actor, Permission.ORDERS_READ, VoucherBatch.county_code))
    if before is not None:
        found = found.where(VoucherBatch.id < before)
    rows = session.execute(found.order_by(VoucherBatch.id.desc()).limit(PAGE + 1))
    return [_line(row) for row in rows]


def batch(session: Session, actor: Actor, batch_id: int, permission: Permission) -> BatchLine:
    """Return a batch in the actor's reach. Raises ``NotFound``."""
    row = session.execute(
        _batches().where(
            VoucherBatch.id == batch_id, in_reach(actor, permission, VoucherBatch.county_code)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _line(row)


def locked_batch(session: Session, batch_id: int) -> VoucherBatch:
    """Lock and return a batch as it stands now."""
    return session.get_one(VoucherBatch, batch_id, with_for_update=True, populate_existing=True)


def tallies(session: Session, batch_id: int) -> dict[UseState, Tally]:
    """Return how many uses of the batch's codes stand where."""
    rows = session.execute(
        select(use_state().label("state"), func.count(), func.sum(Redemption.amount_fen))
        .where(Redemption.batch_id == batch_id)
        .group_by("state")
    )
    return {UseState(state): Tally(UseState(state), n, int(fen)) for state, n, fen in rows}


def redemptions(session: Session, batch_id: int, before: int | None) -> list[RedemptionLine]:
    """Return the next uses of a batch's codes, newest first, one more than a page holds."""
    found = _redemptions(batch_id)
    if before is not None:
        found = found.where(Redemption.id < before)
    rows = session.execute(found.order_by(Redemption.id.desc()).limit(PAGE + 1))
    return [_redemption(row) for row in rows]


def all_redemptions(session: Session, batch_id: int) -> Iterator[RedemptionLine]:
    """Yield every use of a batch's codes, oldest first, some hundreds in memory at a time."""
    found = _redemptions(batch_id).order_by(Redemption.id)
    for row in session.execute(found.execution_options(yield_per=_CHUNK)):
        yield _redemption(row)


def codes(session: Session, batch_id: int, *, after: int, limit: int) -> Sequence[tuple[int, str]]:
    """Return the next codes of a batch with their numbers, in their order."""
    rows = session.execute(
        select(Voucher.place, Voucher.code)
        .where(Voucher.batch_id == batch_id, Voucher.place > after)
        .order_by(Voucher.place)
        .limit(limit)
    )
    return [(row.place, row.code) for row in rows]


def code_with_batch(session: Session, code: str) -> BatchLine | None:
    """Return the batch of a code, ``None`` where there is no such code."""
    row = session.execute(
        _batches().join(Voucher, Voucher.batch_id == VoucherBatch.id).where(Voucher.code == code)
    ).one_or_none()
    return _line(row) if row else None


def courses_for(session: Session, batch: VoucherBatch) -> Sequence[Row[str, Localized, int]]:
    """Return the courses the codes of a batch are good for, as slug, title and price in fen."""
    found = (
        select(Course.slug, Revision.title, Course.price_fen)
        .join(Revision, Revision.course_id == Course.id)
        .where(Course.price_fen > 0, Revision.state == RevisionState.PUBLISHED)
        .order_by(Course.id)
        .limit(PAGE)
    )
    if batch.course_id is not None:
        found = found.where(Course.id == batch.course_id)
    if batch.programme_id is not None:
        found = found.where(Course.programme_id == batch.programme_id)
    return session.execute(found).all()


def goods(session: Session) -> Goods:
    """Return what codes can be good for."""
    rows = session.execute(
        select(Course.id, Revision.title, Course.price_fen, Programme.id, Programme.title)
        .join(Revision, Revision.course_id == Course.id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(Course.price_fen > 0, Revision.state == RevisionState.PUBLISHED)
        .order_by(Course.id)
    ).all()
    return Goods(
        tuple((row[0], row[1], row[2]) for row in rows),
        tuple({row[3]: (row[3], row[4]) for row in rows if row[3]}.values()),
    )


def shares(session: Session, actor: Actor) -> list[ShareLine]:
    """Return what counties in the actor's reach pay by themselves now or will, newest first."""
    rows = session.execute(
        select(CountyShare, County.name_zh, County.name_en, newest_title(CountyShare.course_id))
        .join(County, County.code == CountyShare.county_code)
        .where(
            CountyShare.ended_at.is_(None),
            in_reach(actor, Permission.ORDERS_READ, CountyShare.county_code),
        )
        .order_by(CountyShare.id.desc())
        .limit(PAGE)
    )
    return [ShareLine(share, {"zh": zh, "en": en}, title) for share, zh, en, title in rows]


def locked_share(session: Session, actor: Actor, share_id: int) -> CountyShare:
    """Lock and return what a county in the actor's reach pays. Raises ``NotFound``."""
    share = session.scalar(
        select(CountyShare)
        .where(
            CountyShare.id == share_id,
            in_reach(actor, Permission.ORDERS_SETTLE, CountyShare.county_code),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if share is None:
        raise NotFound
    return share


def _redemption(row: Row[*tuple[Any, ...]]) -> RedemptionLine:
    number, code, state, *rest = row
    return RedemptionLine(number, code, UseState(state), *rest)


def _line(row: Row[*tuple[Any, ...]]) -> BatchLine:
    batch, zh, en, course, programme, used = row
    return BatchLine(batch, {"zh": zh, "en": en}, course, programme, used)


def _batches() -> Select[*tuple[Any, ...]]:
    used = (
        select(func.count(Redemption.id))
        .where(Redemption.batch_id == VoucherBatch.id, Redemption.used_at.is_not(None))
        .scalar_subquery()
    )
    return (
        select(
            *(VoucherBatch, County.name_zh, County.name_en),
            *(newest_title(VoucherBatch.course_id), Programme.title, used),
        )
        .join(County, County.code == VoucherBatch.county_code)
        .outerjoin(Programme, Programme.id == VoucherBatch.programme_id)
    )


def _redemptions(batch_id: int) -> Select[*tuple[Any, ...]]:
    at = func.coalesce(
        *(Redemption.given_back_at, Redemption.used_at, Redemption.freed_at, Redemption.kept_at)
    )
    return (
        select(
            *(Redemption.id, Voucher.code, use_state(), Person.name, Identity.mask),
            *(CourseOrder.number, newest_title(CourseOrder.course_id), Redemption.amount_fen, at),
        )
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .join(CourseOrder, CourseOrder.id == Redemption.order_id)
        .join(Person, Person.id == Redemption.person_id)
        .outerjoin(Identity, Identity.person_id == Redemption.person_id)
        .where(Redemption.batch_id == batch_id)
    )
