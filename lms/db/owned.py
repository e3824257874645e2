"""Which rows belong to a person, as the foreign keys of the tables say it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Select, Table, select
from sqlalchemy.orm import Session

_PERSON, _ID = "person", "person_id"
# Rows of these stand for something everybody shares, whoever made them.
_MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Owned:
    """A table whose rows belong to people: directly, or through rows of another such table."""

    table: Table
    column: Column[Any]
    through: "Owned | None" = None

    def of(self, person_id: int) -> ColumnElement[bool]:
        """Return the condition that a row is the person's."""
        if self.through is None:
            return self.column == person_id
        (target,) = self.column.foreign_keys
        return self.column.in_(select(target.column).where(self.through.of(person_id)))

    def sql_of(self, row: str) -> str:
        """Return whose a row of the table is, in SQL of both engines; ``row`` is its name."""
        if self.through is None:
            return f"{row}.{self.column.name}"
        (target,) = self.column.foreign_keys
        name, key = self.through.table.name, target.column.name
        found = f"FROM {name} WHERE {key} = {row}.{self.column.name}"
        return f"(SELECT {self.through.sql_of(name)} {found})"


def owned_tables(metadata: MetaData) -> Mapping[str, Owned]:
    """Return every table that holds rows of a person, by name; nearest to the person first."""
    person = metadata.tables[_PERSON]
    found = {_PERSON: Owned(person, person.c.id)}
    for table in metadata.sorted_tables:
        column = table.c.get(_ID)
        if column is not None and _points_at(column, _PERSON):
            found[table.name] = Owned(table, column)
    for _ in range(_MOST_STEPS):
        further = dict(_further(metadata.sorted_tables, found))
        if not further:
            break
        found.update(further)
    return found


def rows_of(session: Session, owned: Owned, person_id: int) -> Iterator[Mapping[str, Any]]:
    """Yield the person's rows of a table, few in memory at a time."""
    statement: Select[Any] = (
        select(owned.table)
        .where(owned.of(person_id))
        .order_by(*owned.table.primary_key.columns)
        .execution_options(yield_per=500)
    )
    yield from (dict(row) for row in session.execute(statement).mappings())


def _further(tables: Sequence[Table], found: Mapping[str, Owned]) -> Iterator[tuple[str, Owned]]:
    """Yield tables that are not the person's yet, but whose rows each belong to one that is."""
    for table in tables:
        if table.name in found:
            continue
        for column in table.columns:
            owner = _owner(column, found)
            if owner is not None:
                yield table.name, Owned(table, column, owner)
                break


def _owner(column: Column[Any], found: Mapping[str, Owned]) -> Owned | None:
    if column.nullable or not column.foreign_keys:
        return None
    (target,) = column.foreign_keys
    owner = found.get(target.column.table.name)
    # Whoever wrote a row down does not own it, so nothing belongs to a person by such a column.
    return owner if owner is not None and owner.table.name != _PERSON else None


def _points_at(column: Column[Any], table: str) -> bool:
    return any(key.column.table.name == table for key in column.foreign_keys)
