"""What is derived from the ledger and kept ready: sets, sums, completions."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class MaterialProgress(Base):
    """What a person saw and was credited of one material: the sum of the slices, kept ready.

    ``granted_ms`` is the part of ``credited_ms`` that people decided, not the clock.
    """

    __tablename__ = "material_progress"
    __table_args__ = (
        CheckConstraint("0 <= credited_ms AND credited_ms <= seen_ms", name="credited_within_seen"),
        CheckConstraint("0 <= granted_ms AND granted_ms <= credited_ms", name="granted"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    material_id: Mapped[int] = mapped_column(
        ForeignKey("material.id"), primary_key=True, autoincrement=False
    )
    seen: Mapped[list[Any]] = mapped_column(default=list)
    credited: Mapped[list[Any]] = mapped_column(default=list)
    held: Mapped[list[Any]] = mapped_column(default=list)
    refused: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen_ms: Mapped[int] = mapped_column(default=0)
    credited_ms: Mapped[int] = mapped_column(default=0)
    granted_ms: Mapped[int] = mapped_column(default=0)
    position_ms: Mapped[int] = mapped_column(default=0)
    updated_at_ms: Mapped[int] = mapped_column(default=0)


class ItemCompletion(Base):
    """That an item is complete, and since when; never taken away."""

    __tablename__ = "item_completion"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    lesson_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    item_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    completed_at: Mapped[datetime]
