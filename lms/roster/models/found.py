"""By what people are found: each end of their name, and the last digits of their phone."""

from typing import cast

from sqlalchemy import ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.models import Person
from lms.db.base import Base
from lms.db.ddl import after_create

# Longer than anybody types; a name has at most fifty signs, each of which begins a part.
PART_SIGNS = 12
_NAME_SIGNS = 50
# Parts are ordered by their bytes, so that all that begin alike stand together on any server.
_PART = String(PART_SIGNS).with_variant(String(PART_SIGNS, collation="C"), "postgresql")


class FoundBy(Base):
    """A part of a person's name up to its end, or the last four digits of their phone.

    Kept by triggers on the person alone; who is erased is found by nothing.
    """

    __tablename__ = "found_by"
    __table_args__ = ({"sqlite_with_rowid": False},)

    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), primary_key=True)
    part: Mapped[str] = mapped_column(_PART, primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )


_NUMBERS = ", ".join(f"({n})" for n in range(1, _NAME_SIGNS + 1))
_PLACES = {
    "sqlite": " ".join(("(SELECT column1 AS n FROM", f"(VALUES {_NUMBERS}))", "AS places")),
    "postgresql": f"generate_series(1, {_NAME_SIGNS}) AS places(n)",
}
_PARTS = (
    "SELECT substr({row}.name, n, {signs}) AS part FROM {places} WHERE n <= length({row}.name) "
    "UNION SELECT substr({row}.phone, 8, 4) WHERE length({row}.phone) = 11"
)
_ADD = (
    "INSERT INTO found_by (county_code, part, person_id) SELECT NEW.county_code, part, NEW.id "
    "FROM ({parts}) AS parts WHERE NEW.erased_at IS NULL"
)
_TAKE = (
    "DELETE FROM found_by WHERE county_code = OLD.county_code AND person_id = OLD.id "
    "AND part IN ({parts})"
)
_COLUMNS = ("name", "phone", "county_code", "erased_at")
_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _COLUMNS)


def parts_sql(engine: str) -> str:
    """Return the statement of all that people from ``:first`` to ``:last`` are found by."""
    of_names = (
        f"SELECT county_code, substr(name, n, {PART_SIGNS}) AS part, id AS person_id FROM person "  # noqa: S608 (ours)
        f"CROSS JOIN {_PLACES[engine]} WHERE n <= length(name)"
    )
    of_phones = "SELECT county_code, substr(phone, 8, 4), id FROM person WHERE length(phone) = 11"
    between = " AND erased_at IS NULL AND id BETWEEN :first AND :last"
    return f"SELECT * FROM ({of_names}{between} UNION {of_phones}{between}) AS parts"  # noqa: S608 (ours)


def _parts(engine: str, row: str) -> str:
    return _PARTS.format(row=row, signs=PART_SIGNS, places=_PLACES[engine])


def _keep(verb: str, *, takes: bool) -> None:
    table = cast(Table, Person.__table__)
    trigger = f"person_found_{verb.split(' ', 1)[0].lower()}"
    when = f"WHEN ({_CHANGED}) " if takes else ""
    head = f"CREATE TRIGGER {trigger} AFTER {verb} ON person FOR EACH ROW {when}"
    doing = {
        engine: (_TAKE.format(parts=_parts(engine, "OLD")) + "; " if takes else "")
        + _ADD.format(parts=_parts(engine, "NEW"))
        for engine in _PLACES
    }
    after_create(
        table,
        sqlite=f"{head}BEGIN {doing['sqlite']}; END",
        postgresql=(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{doing['postgresql']}; RETURN NULL; END $$; {head}EXECUTE FUNCTION {trigger}()"
        ),
    )


_keep("INSERT", takes=False)
_keep("UPDATE OF {}".format(", ".join(_COLUMNS)), takes=True)
