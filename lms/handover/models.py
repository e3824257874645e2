"""Packages: whose evidence was ordered, and what was made of it."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.delivery.models import Delivery


class Handover(Base):
    """One package that somebody ordered; who asked, and how far it is, stands in its delivery.

    It holds one learner, or ``wanted`` of those who fit the filters, drawn by ``seed`` among the
    records up to ``upto``.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("(learner_id IS NULL) = (seed IS NOT NULL)", name="chosen"),
        CheckConstraint(
            "(seed IS NULL) = (wanted IS NULL) AND (seed IS NULL) = (upto IS NULL)", name="drawn"
        ),
        CheckConstraint("wanted BETWEEN 1 AND 500", name="wanted"),
        CheckConstraint("(manifest_sha256 IS NULL) = (people_total IS NULL)", name="made"),
    )

    id: Mapped[str] = mapped_column(ForeignKey(Delivery.id), primary_key=True)
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seed: Mapped[str | None] = mapped_column(String(40))
    wanted: Mapped[int | None]
    upto: Mapped[int | None]
    filters: Mapped[dict[str, Any]]
    people_total: Mapped[int | None]
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
