"""What learners signed of their class, and where they said that it is not right."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.ddl import append_only_until_erased


class ClassConfirmation(Base):
    """A learner's word that the class went as it was shown; ``shown`` is all of what was."""

    __tablename__ = "class_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), unique=True)
    text_version: Mapped[str] = mapped_column(String(10))
    shown: Mapped[dict[str, Any]]
    address_prefix: Mapped[str] = mapped_column(String(50))
    signed_at: Mapped[datetime]


class ClassObjection(Base):
    """What a learner said is not right with what was shown."""

    __tablename__ = "class_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    words: Mapped[str] = mapped_column(String(500))
    shown: Mapped[dict[str, Any]]
    said_at: Mapped[datetime]


_OWNER = "(SELECT person_id FROM enrollment WHERE id = OLD.enrollment_id)"
append_only_until_erased(cast(Table, ClassConfirmation.__table__), owner=_OWNER)
append_only_until_erased(cast(Table, ClassObjection.__table__), owner=_OWNER)
