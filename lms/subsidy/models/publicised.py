"""Public lists 公示, the rows on them, and what somebody says against one."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, index_where, one_of, unique_where
from lms.db.ddl import is_erased, refuse
from lms.subsidy.domain.notices import NoticeState, ObjectionRuling, RowState
from lms.subsidy.domain.public_masks import GroupWords, NumberMask


class PublicNotice(Base):
    """The list of a county and month that hangs out for some working days.

    ``month`` is written ``2026-07``. Both days are days on which the list hangs out.
    ``content_sha256`` is of what was published, and ``check_code`` its short form on paper.
    """

    __tablename__ = "public_notice"
    __table_args__ = (
        one_of("state", NoticeState),
        one_of("id_mask", NumberMask),
        one_of("group_words", GroupWords),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("rows > 0 AND total_fen > 0", name="sums"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by"),
        CheckConstraint("state <> 'cancelled' OR close_reason <> ''", name="reasoned"),
        Index("ix_public_notice_county", "county_code", "id"),
        Index("ix_public_notice_state", "state", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(10), default=NoticeState.OPEN)
    id_mask: Mapped[str] = mapped_column(String(12))
    group_words: Mapped[str] = mapped_column(String(10))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    # Whom to write or call beside this page: words of the office.
    contact: Mapped[str] = mapped_column(String(200))
    rows: Mapped[int]
    total_fen: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(String(64))
    check_code: Mapped[str] = mapped_column(String(20), unique=True)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Why it was taken down before its end; the public page never says it.
    close_reason: Mapped[str] = mapped_column(String(500), default="")


class NoticeRow(Base):
    """A claim on a public list, with the very words that hang out; it stands on one list at most.

    A row is pulled where somebody objects or the claim goes back, and done when the list is over.
    """

    __tablename__ = "notice_row"
    __table_args__ = (
        one_of("state", RowState),
        UniqueConstraint("notice_id", "place"),
        UniqueConstraint("notice_id", "claim_id"),
        unique_where(
            "uq_notice_row_standing", "claim_id", where="state IN ('standing', 'objected')"
        ),
        Index("ix_notice_row_claim", "claim_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claim.id"))
    place: Mapped[int]
    shown: Mapped[dict[str, Any]]
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=RowState.STANDING)


class NoticeObjection(Base):
    """What somebody says against a row of a list, or against the list; the contact is sealed."""

    __tablename__ = "notice_objection"
    __table_args__ = (
        one_of("ruling", ObjectionRuling),
        CheckConstraint("(ruling IS NULL) = (ruled_at IS NULL)", name="ruled"),
        CheckConstraint("(ruling IS NULL) = (ruled_by_id IS NULL)", name="ruled_by"),
        CheckConstraint("ruling IS NULL OR reason <> ''", name="reasoned"),
        Index("ix_notice_objection_notice", "notice_id", "id"),
        index_where("ix_notice_objection_open", "notice_row_id", where="ruling IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the objector is told, and what the sealed contact is bound to.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"))
    notice_row_id: Mapped[int | None] = mapped_column(
        ForeignKey("notice_row.id", ondelete="SET NULL")
    )
    words: Mapped[str] = mapped_column(String(1000))
    contact: Mapped[str] = mapped_column(String(400))
    made_at: Mapped[datetime]
    ruling: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500), default="")
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]


_OWNER = "(SELECT person_id FROM subsidy_claim WHERE id = OLD.claim_id)"
_notices = cast(Table, PublicNotice.__table__)
_GIVEN = " OR ".join(
    f"NEW.{name} <> OLD.{name}"
    for name in (
        *("number", "county_code", "month", "id_mask", "group_words", "first_day", "last_day"),
        *("contact", "rows", "total_fen", "content_sha256", "check_code", "published_by_id"),
        "published_at",
    )
)
refuse(_notices, "UPDATE", condition=f"OLD.state <> 'open' OR {_GIVEN}")
refuse(_notices, "DELETE", condition="")
_rows = cast(Table, NoticeRow.__table__)
_HANGS = " OR ".join(
    f"NEW.{name} <> OLD.{name}"
    for name in ("notice_id", "claim_id", "place", "shown", "amount_fen")
)
refuse(_rows, "UPDATE", condition=f"OLD.state IN ('pulled', 'done') OR {_HANGS}")
refuse(_rows, "DELETE", condition=f"NOT {is_erased(_OWNER)}")
_objections = cast(Table, NoticeObjection.__table__)
_SAID = " OR ".join(
    f"NEW.{name} <> OLD.{name}" for name in ("number", "notice_id", "words", "made_at")
)
# What was ruled stays; that its row went with somebody who was erased may still be noted, and the
# contact, which is bound to the number, be sealed with a newer key.
_RULED = (
    "OLD.ruling IS NOT NULL AND (NEW.ruling IS NULL OR "
    + " OR ".join(
        f"NEW.{name} <> OLD.{name}" for name in ("ruling", "reason", "ruled_by_id", "ruled_at")
    )
    + ")"
)
_MEANT = (
    "NEW.notice_row_id IS NOT NULL AND "
    "(OLD.notice_row_id IS NULL OR NEW.notice_row_id <> OLD.notice_row_id)"
)
refuse(_objections, "UPDATE", condition=f"({_RULED}) OR ({_MEANT}) OR {_SAID}")
refuse(_objections, "DELETE", condition="")
