"""Reads public lists and their rows, for visitors and for the desk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.subsidy.domain.notice_rows import Head, Masks, Words
from lms.subsidy.domain.notices import NoticeState, RowState, seen
from lms.subsidy.domain.public_masks import GroupWords, NumberMask
from lms.subsidy.models import NoticeObjection, NoticeRow, PublicNotice

PAGE_ROWS = 100
_MOST_LISTS = 200
_HANGS = (RowState.STANDING, RowState.OBJECTED)


@dataclass(frozen=True, slots=True)
class NoticeSeen:
    """A list, the name of its county, and how it stands on the day it is looked at."""

    notice: PublicNotice
    county: Words
    stands: NoticeState

    @property
    def is_open(self) -> bool:
        """Tell whether it hangs out."""
        return self.stands is NoticeState.OPEN

    @property
    def pages(self) -> int:
        """Return how many pages its rows take."""
        return -(-self.notice.rows // PAGE_ROWS)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A list as the desk's board shows it."""

    seen: NoticeSeen
    standing: int
    objected: int
    open_objections: int


@dataclass(frozen=True, slots=True)
class OnNotice:
    """Where the last list on which a claim hung stands, and the claim's row on it."""

    number: str
    place: int
    row_state: RowState
    first_day: date
    last_day: date
    state: NoticeState


def notice_seen(session: Session, number: str, today: date) -> NoticeSeen | None:
    """Return the list with the number."""
    row = session.execute(_notices().where(PublicNotice.number == number)).one_or_none()
    return _seen(row, today) if row else None


def notice_of_code(session: Session, code: str, today: date) -> NoticeSeen | None:
    """Return the list with the check code."""
    row = session.execute(_notices().where(PublicNotice.check_code == code)).one_or_none()
    return _seen(row, today) if row else None


def open_notices(session: Session, today: date) -> Sequence[NoticeSeen]:
    """Return the lists that hang out on the day, those that end first before the others."""
    rows = session.execute(
        _notices()
        .where(PublicNotice.state == NoticeState.OPEN, PublicNotice.last_day >= today)
        .order_by(PublicNotice.last_day, PublicNotice.id)
        .limit(_MOST_LISTS)
    )
    return [_seen(row, today) for row in rows]


def notice_board(session: Session, codes: Collection[str], today: date) -> Sequence[NoticeLine]:
    """Return the lists of counties, the last first, with how many rows and objections wait."""
    row, objection = NoticeRow, NoticeObjection
    counts = {
        state: select(func.count())
        .where(row.notice_id == PublicNotice.id, row.state == state)
        .scalar_subquery()
        for state in _HANGS
    }
    open_objections = (
        select(func.count())
        .where(objection.notice_id == PublicNotice.id, objection.ruling.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        _notices()
        .add_columns(*counts.values(), open_objections)
        .where(PublicNotice.county_code.in_(list(codes)))
        .order_by(PublicNotice.id.desc())
        .limit(_MOST_LISTS)
    )
    return [NoticeLine(_seen(each, today), *each[3:]) for each in rows]


def notice_rows(session: Session, notice_id: int, page: int) -> Sequence[NoticeRow]:
    """Return the rows of a page (from 1), in order."""
    first = (page - 1) * PAGE_ROWS + 1
    between = NoticeRow.place.between(first, first + PAGE_ROWS - 1)
    return session.scalars(
        select(NoticeRow).where(NoticeRow.notice_id == notice_id, between).order_by(NoticeRow.place)
    ).all()


def rows_at(session: Session, notice_id: int, places: Collection[int]) -> Sequence[NoticeRow]:
    """Return the rows with these numbers, in order."""
    return session.scalars(
        select(NoticeRow)
        .where(NoticeRow.notice_id == notice_id, NoticeRow.place.in_(list(places)))
        .order_by(NoticeRow.place)
    ).all()


def all_rows(session: Session, notice_id: int) -> Sequence[NoticeRow]:
    """Return every row of a list, in order."""
    own = select(NoticeRow).where(NoticeRow.notice_id == notice_id)
    return session.scalars(own.order_by(NoticeRow.place)).all()


def hidden_rows(session: Session, notice_id: int) -> Sequence[tuple[int, str]]:
    """Return number and state of the rows whose words hang out no more."""
    hidden = NoticeRow.state.in_((RowState.OBJECTED, RowState.PULLED))
    rows = session.execute(
        select(NoticeRow.place, NoticeRow.state)
        .where(NoticeRow.notice_id == notice_id, hidden)
        .order_by(NoticeRow.place)
    )
    return [(row[0], row[1]) for row in rows]


def places_of_name(session: Session, notice_id: int, mask: str, *, limit: int) -> list[int]:
    """Return the numbers of the rows that show the masked name."""
    named = NoticeRow.shown["name"].as_string() == mask
    standing = NoticeRow.state.in_((RowState.STANDING, RowState.DONE))
    own = select(NoticeRow.place).where(NoticeRow.notice_id == notice_id, named, standing)
    return list(session.scalars(own.order_by(NoticeRow.place).limit(limit)))


def row_counts(session: Session, notice_id: int) -> Mapping[str, int]:
    """Return how many rows of a list are in each state."""
    rows = session.execute(
        select(NoticeRow.state, func.count())
        .where(NoticeRow.notice_id == notice_id)
        .group_by(NoticeRow.state)
    )
    return {row[0]: row[1] for row in rows}


def claims_standing(session: Session, notice_id: int) -> list[int]:
    """Return the claims whose rows stand, in order."""
    own = select(NoticeRow.claim_id).where(
        NoticeRow.notice_id == notice_id, NoticeRow.state == RowState.STANDING
    )
    return list(session.scalars(own.order_by(NoticeRow.place)))


def hangs_no_more(session: Session, notice_id: int) -> bool:
    """Tell whether no row of the list stands or is being looked into."""
    left = select(NoticeRow.id).where(NoticeRow.notice_id == notice_id, NoticeRow.state.in_(_HANGS))
    return session.scalar(left.limit(1)) is None


def notice_of_claim(session: Session, claim_id: int) -> OnNotice | None:
    """Return the last list a claim hung on; its page is ``/notices/<number>``."""
    row = session.execute(
        select(
            *(PublicNotice.number, NoticeRow.place, NoticeRow.state),
            *(PublicNotice.first_day, PublicNotice.last_day, PublicNotice.state),
        )
        .join(NoticeRow, NoticeRow.notice_id == PublicNotice.id)
        .where(NoticeRow.claim_id == claim_id)
        .order_by(NoticeRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return OnNotice(row[0], row[1], RowState(row[2]), row[3], row[4], NoticeState(row[5]))


def people_behind(session: Session, notice: PublicNotice) -> tuple[str, str | None]:
    """Return who published a list and who ended it."""
    ids = [notice.published_by_id, notice.closed_by_id]
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    names = {row[0]: row[1] for row in rows}
    return names[notice.published_by_id], names.get(notice.closed_by_id or 0)


def head_of(notice: PublicNotice) -> Head:
    """Return what stands above the rows of a list, as its digest was made of it."""
    masks = Masks(NumberMask(notice.id_mask), GroupWords(notice.group_words))
    return Head(
        *(notice.number, notice.county_code, notice.month, notice.first_day, notice.last_day),
        contact=notice.contact,
        masks=masks,
    )


def _notices() -> Select[PublicNotice, str, str]:
    return select(PublicNotice, County.name_zh, County.name_en).join(
        County, County.code == PublicNotice.county_code
    )


def _seen(row: Any, today: date) -> NoticeSeen:  # noqa: ANN401 (a row of the above)
    notice = row[0]
    stands = seen(NoticeState(notice.state), notice.last_day, today)
    return NoticeSeen(notice, {"zh": row[1], "en": row[2]}, stands)
