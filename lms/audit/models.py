"""Acts in an append-only, hash-chained table, and the head that orders writers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.domain import Act
from lms.db.base import Base
from lms.db.ddl import after_create, append_only


class AuditEntry(Base):
    """One act; its number, and so its place in the chain, is its id."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_action", "action", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    # No foreign key: what a person did outlives the person's row.
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120), index=True)
    details: Mapped[dict[str, Any]]
    # Unique: a second entry on the same predecessor would fork the chain.
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def act(self) -> Act:
        """Return what was hashed."""
        return Act(self.id, self.at, self.actor_id, self.action, self.subject, self.details)


class AuditHead(Base):
    """The end of the chain; one row, locked by whoever appends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


_entries = AuditEntry.__table__
assert isinstance(_entries, Table)
append_only(_entries)
# TRUNCATE passes by the triggers of rows; SQLite has no such statement.
after_create(
    _entries,
    postgresql=(
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_no_delete()"
    ),
)
