"""What every mapped class shares: naming, column types and constraint helpers."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Localized = dict[str, str]  # {"zh": …, "en": …}; zh always stands

# 64-bit keys everywhere; SQLite only counts up by itself on its own INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")
# Where no value is no value: JSON's own null would hide from IS NULL.
OptionalJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and always aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, so that no local time slips in unseen."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("moments must carry their time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive values the zone they were written in."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The declarative base; constraint names follow one convention on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads this name from the class)
        int: BigId,
        datetime: UtcDateTime(),
        Localized: Json,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def one_of(column: str, values: Iterable[str], *, name: str | None = None) -> CheckConstraint:
    """Return the CHECK that a column holds one of the values (a state, a kind)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)


def index_where(name: str, *columns: str, where: str) -> Index:
    """Return the index over those rows alone that ``where``, in SQL of both engines, names."""
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


def unique_where(name: str, *columns: str, where: str) -> Index:
    """Return the index that lets only one row a set of values stand among those ``where`` names.

    ``where`` is SQL that both engines read the same way.
    """
    condition = text(where)
    return Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)
