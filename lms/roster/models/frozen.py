"""Frozen rosters 冻结花名册: what a list said at one moment, row by row, with a hash for each."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import is_erased, refuse
from lms.roster.domain.frozen import FreezeState
from lms.roster.domain.orders import ExportKind


class RosterBatch(Base):
    """A roster of a county as it stood at ``as_of``; what is put right becomes a batch of its own.

    ``compared_id`` is the batch it was held against: the one it corrects, else the last one of the
    same list. The tally and the sums are kept so that nobody has to count again to see them.
    """

    __tablename__ = "roster_batch"
    __table_args__ = (
        one_of("kind", ExportKind),
        one_of("state", FreezeState),
        UniqueConstraint("county_code", "kind", "number"),
        CheckConstraint("(corrects_id IS NULL) = (reason = '')", name="reasoned"),
        CheckConstraint("corrects_id <> id AND compared_id <> id", name="other"),
        CheckConstraint(
            "(state = 'frozen') = (sha256 IS NOT NULL) AND (sha256 IS NULL) = (as_of IS NULL) "
            "AND (sha256 IS NULL) = (rows_total IS NULL)",
            name="whole",
        ),
        CheckConstraint(
            "(compared_id IS NOT NULL AND sha256 IS NOT NULL) = (added IS NOT NULL) "
            "AND (added IS NULL) = (changed IS NULL) AND (added IS NULL) = (removed IS NULL)",
            name="compared",
        ),
        # One snapshot of a list at a time; the others would only say the same.
        unique_where(
            "uq_roster_batch_freezing", "county_code", "list_key", where="state = 'freezing'"
        ),
        Index("ix_roster_batch_list", "county_code", "list_key", "id"),
        Index("ix_roster_batch_county", "county_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(200))
    filters: Mapped[dict[str, Any]]
    # Of kind and filters: batches with the same key are snapshots of the same list.
    list_key: Mapped[str] = mapped_column(String(64))
    template: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=FreezeState.FREEZING)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("roster_batch.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    compared_id: Mapped[int | None] = mapped_column(ForeignKey("roster_batch.id"))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    created_at: Mapped[datetime]
    as_of: Mapped[datetime | None]
    rows_total: Mapped[int | None]
    sums: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sha256: Mapped[str | None] = mapped_column(String(64))
    added: Mapped[int | None]
    changed: Mapped[int | None]
    removed: Mapped[int | None]


class FrozenLine(Base):
    """That a record stands at a place of a frozen roster, and the hash of what it said there."""

    __tablename__ = "frozen_line"
    __table_args__ = (Index("uq_frozen_line_subject", "batch_id", "subject", unique=True),)

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("roster_batch.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class FrozenCells(Base):
    """What a row said of its person, masked as on the screen; it goes when the person is erased.

    ``marks`` are the keyed digests of the numbers behind the masks, so that a full number is never
    put beside a row that was frozen with another one.
    """

    __tablename__ = "frozen_cells"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("roster_batch.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cells: Mapped[dict[str, Any]]
    marks: Mapped[dict[str, Any]]


_BATCHES, _LINES, _CELLS = (
    cast(Table, model.__table__) for model in (RosterBatch, FrozenLine, FrozenCells)
)
_IS_FROZEN = "EXISTS (SELECT 1 FROM roster_batch WHERE id = {row}.batch_id AND state = 'frozen')"
refuse(_BATCHES, "UPDATE", condition="OLD.state = 'frozen'")
refuse(_BATCHES, "DELETE", condition="")
for _table in (_LINES, _CELLS):
    refuse(_table, "INSERT", condition=_IS_FROZEN.format(row="NEW"))
    refuse(_table, "UPDATE", condition="")
refuse(_LINES, "DELETE", condition=_IS_FROZEN.format(row="OLD"))
refuse(
    _CELLS,
    "DELETE",
    condition=f"{_IS_FROZEN.format(row='OLD')} AND NOT {is_erased('OLD.person_id')}",
)
