"""Reads what people say against public lists, for those who rule on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Person
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.subsidy.models import NoticeObjection, NoticeRow, PublicNotice, SubsidyClaim
from lms.subsidy.queries.people import reaches

_MOST = 200


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection, the list it is against, the row it means, and who ruled."""

    objection: NoticeObjection
    notice: PublicNotice
    row: NoticeRow | None
    ruled_by: str | None


@dataclass(frozen=True, slots=True)
class Behind:
    """The claim behind a row: whose, and who looked at it first and second."""

    claim: SubsidyClaim
    person_name: str
    first_look: str | None
    second_look: str | None


def objection_lines(
    session: Session, codes: Collection[str], *, notice_id: int | None = None
) -> Sequence[ObjectionLine]:
    """Return the objections of counties, of one list or of all: open ones first, oldest first."""
    own = _lines().where(PublicNotice.county_code.in_(list(codes)))
    if notice_id is not None:
        own = own.where(PublicNotice.id == notice_id)
    objection = NoticeObjection
    newest = own.order_by(objection.ruling.is_not(None), objection.ruled_at.desc(), objection.id)
    return [ObjectionLine(*row) for row in session.execute(newest.limit(_MOST))]


def objection_line(
    session: Session, actor: Actor, number: str, permission: Permission
) -> ObjectionLine:
    """Return the objection with the number. Raises ``NotFound`` outside the actor's counties."""
    row = session.execute(_lines().where(NoticeObjection.number == number)).one_or_none()
    if row is None or not reaches(actor, row[1].county_code, permission):
        raise NotFound
    return ObjectionLine(*row)


def behind(session: Session, row: NoticeRow | None) -> Behind | None:
    """Return the claim behind a row of a list."""
    if row is None:
        return None
    first, second = aliased(Person), aliased(Person)
    found = session.execute(
        select(SubsidyClaim, Person.name, first.name, second.name)
        .join(Person, Person.id == SubsidyClaim.person_id)
        .outerjoin(first, first.id == SubsidyClaim.first_by_id)
        .outerjoin(second, second.id == SubsidyClaim.second_by_id)
        .where(SubsidyClaim.id == row.claim_id)
    ).one()
    return Behind(*found)


def others_open(session: Session, objection: NoticeObjection) -> int:
    """Return how many other objections to the same row nobody ruled on."""
    other = NoticeObjection
    return (
        session.scalar(
            select(func.count()).where(
                other.notice_row_id == objection.notice_row_id,
                other.ruling.is_(None),
                other.id != objection.id,
            )
        )
        or 0
    )


def doubts_whole_list(session: Session, notice_id: int) -> bool:
    """Tell whether somebody objected to a list as a whole and nobody ruled on it."""
    own = NoticeObjection
    found = select(own.id).where(
        own.notice_id == notice_id, own.notice_row_id.is_(None), own.ruling.is_(None)
    )
    return session.scalar(found.limit(1)) is not None


def _lines() -> Select[NoticeObjection, PublicNotice, NoticeRow, str]:
    ruler = aliased(Person)
    return (
        select(NoticeObjection, PublicNotice, NoticeRow, ruler.name)
        .join(PublicNotice, PublicNotice.id == NoticeObjection.notice_id)
        .outerjoin(NoticeRow, NoticeRow.id == NoticeObjection.notice_row_id)
        .outerjoin(ruler, ruler.id == NoticeObjection.ruled_by_id)
    )
