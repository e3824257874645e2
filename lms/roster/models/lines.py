"""The lines lists are read from: one an enrollment, kept by triggers, found by small cells."""

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.models import Person
from lms.db.base import Base, index_where
from lms.db.ddl import after_create
from lms.enrollment.models import Enrollment
from lms.roster.domain.groups import GROUP_BITS
from lms.subsidy.domain.lists import UNEMPLOYED, ListKind
from lms.subsidy.models import LearnerFact

_DONE, _SEATED = "completed_at IS NOT NULL", "training_class_id IS NOT NULL"


class RosterCell(Base):
    """One combination of county, course, result and groups that some line has; it never goes.

    There are few, so that any filter finds first which of them fit, and then reads their lines
    newest first, each by the index.
    """

    __tablename__ = "roster_cell"
    __table_args__ = (
        UniqueConstraint("county_code", "course_id", "status", "group_bits"),
        Index("ix_roster_cell_course", "course_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    status: Mapped[str] = mapped_column(String(10))
    group_bits: Mapped[int]


class RosterLine(Base):
    """An enrollment as lists find it; what it amounts to is read where it is kept."""

    __tablename__ = "roster_line"
    __table_args__ = (
        Index("ix_roster_line_cell", "cell_id", "enrolled_at", "enrollment_id"),
        Index("ix_roster_line_town", "cell_id", "town", "enrolled_at", "enrollment_id"),
        Index("ix_roster_line_all", "enrolled_at", "enrollment_id"),
        index_where(
            "ix_roster_line_done_cell", "cell_id", "completed_at", "enrollment_id", where=_DONE
        ),
        index_where(
            "ix_roster_line_done_town",
            *("cell_id", "town", "completed_at", "enrollment_id"),
            where=_DONE,
        ),
        index_where("ix_roster_line_done", "completed_at", "enrollment_id", where=_DONE),
        index_where(
            "ix_roster_line_class",
            *("training_class_id", "enrolled_at", "enrollment_id"),
            where=_SEATED,
        ),
        Index("ix_roster_line_person", "person_id"),
    )

    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrollment.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cell_id: Mapped[int] = mapped_column(ForeignKey("roster_cell.id"))
    town: Mapped[str] = mapped_column(String(40), server_default=text("''"))
    training_class_id: Mapped[int | None]
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


# The day on which people belong to a group is today; what begins or ends with a day is put right
# by the chore of the day.
_TODAY = {
    "sqlite": "date('now', '+8 hours')",
    "postgresql": "CAST(clock_timestamp() AT TIME ZONE 'Asia/Shanghai' AS date)",
}
_BITS = " + ".join(
    f"CASE WHEN CAST(value AS text) LIKE '%\"{name}\"%' THEN {bit} ELSE 0 END"
    for name, bit in GROUP_BITS.items()
)
# A complete list of the unemployed takes this group from whoever is not on it.
_STRUCK = " ".join(
    (
        f"CASE WHEN CAST(value AS text) LIKE '%\"{UNEMPLOYED}\"%' AND EXISTS",
        "(SELECT 1 FROM fact_list JOIN person ON person.county_code = fact_list.county_code",
        f"WHERE person.id = learner_fact.person_id AND kind = '{ListKind.REGISTERED_UNEMPLOYED}'",
        "AND is_complete AND as_of <= {today} AND (source = 'declared' OR valid_from < as_of))",
        f"THEN {GROUP_BITS[UNEMPLOYED]} ELSE 0 END",
    )
)
_GROUPS = " ".join(
    (
        "coalesce((SELECT",
        f"{_BITS} - {_STRUCK}",
        "FROM learner_fact",
        "WHERE learner_fact.person_id = {person} AND key = 'groups' AND valid_from <= {today}",
        "AND (valid_to IS NULL OR valid_to >= {today})",
        "ORDER BY source <> 'declared' DESC, valid_from DESC, learner_fact.id DESC LIMIT 1), 0)",
    )
)
_OWN_GROUPS = (
    "(SELECT group_bits FROM roster_cell WHERE id = "
    "(SELECT cell_id FROM roster_line WHERE enrollment_id = NEW.id))"
)
_SAME = (
    "roster_cell.county_code = {row}.county_code AND roster_cell.course_id = {row}.course_id "
    "AND roster_cell.status = {row}.status AND roster_cell.group_bits = {bits}"
)
_NEW_CELL = " ".join(
    (
        "INSERT INTO roster_cell (county_code, course_id, status, group_bits)",
        "SELECT NEW.county_code, NEW.course_id, NEW.status, own.bits",
        "FROM (SELECT {groups} AS bits) AS own",
        "WHERE NOT EXISTS (SELECT 1 FROM roster_cell WHERE",
        _SAME.replace("{bits}", "own.bits").replace("{row}", "NEW") + ")",
        "ON CONFLICT (county_code, course_id, status, group_bits) DO NOTHING",
    )
)
_CELL = " ".join(("(SELECT id FROM roster_cell WHERE", _SAME.replace("{row}", "NEW") + ")"))
_ADD = "".join(
    (
        "INSERT INTO roster_line (enrollment_id, person_id, cell_id, town, training_class_id, ",
        "enrolled_at, completed_at) SELECT NEW.id, NEW.person_id, ",
        _CELL.replace("{bits}", "{groups}"),
        ", coalesce(town, ''), NEW.training_class_id, NEW.enrolled_at, NEW.completed_at ",
        "FROM person WHERE id = NEW.person_id",
    )
)
_MOVE = "".join(
    (
        "UPDATE roster_line SET cell_id = ",
        _CELL.replace("{bits}", _OWN_GROUPS),
        ", training_class_id = NEW.training_class_id, enrolled_at = NEW.enrolled_at, ",
        "completed_at = NEW.completed_at WHERE enrollment_id = NEW.id",
    )
)
_REGROUP = "".join(
    (
        "INSERT INTO roster_cell (county_code, course_id, status, group_bits) ",
        "SELECT DISTINCT was.county_code, was.course_id, was.status, own.bits ",
        "FROM (SELECT {groups} AS bits) AS own, roster_line ",
        "JOIN roster_cell AS was ON was.id = roster_line.cell_id ",
        "WHERE roster_line.person_id = {person} AND NOT EXISTS (SELECT 1 FROM roster_cell WHERE ",
        _SAME.replace("{row}", "was").replace("{bits}", "own.bits"),
        ") ON CONFLICT (county_code, course_id, status, group_bits) DO NOTHING; ",
        "UPDATE roster_line SET cell_id = (SELECT roster_cell.id FROM roster_cell ",
        "JOIN roster_cell AS was ON ",
        _SAME.replace("{row}", "was").replace("{bits}", "{groups}"),
        " WHERE was.id = roster_line.cell_id) WHERE person_id = {person}",
    )
)
_TOWN = "UPDATE roster_line SET town = coalesce(NEW.town, '') WHERE person_id = NEW.id"
_MOVED = " OR ".join(
    f"NEW.{name} IS DISTINCT FROM OLD.{name}"
    for name in ("county_code", "status", "training_class_id", "enrolled_at", "completed_at")
)


def groups_sql(engine: str, person: str) -> str:
    """Return the bits of the groups a person belongs to today, in SQL of the engine."""
    return _GROUPS.format(person=person, today=_TODAY[engine])


def _keep(table: Table, verb: str, doing: str, person: str, condition: str = "") -> None:
    trigger = f"{table.name}_listed_{verb.split(' ', 1)[0].lower()}"
    when = f"WHEN ({condition}) " if condition else ""
    head = f"CREATE TRIGGER {trigger} AFTER {verb} ON {table.name} FOR EACH ROW {when}"
    said = {
        engine: doing.format(groups=groups_sql(engine, person), person=person) for engine in _TODAY
    }
    after_create(
        table,
        sqlite=f"{head}BEGIN {said['sqlite']}; END",
        postgresql=(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{said['postgresql']}; RETURN NULL; END $$; {head}EXECUTE FUNCTION {trigger}()"
        ),
    )


_ENROLLMENTS, _PEOPLE, _FACTS = (
    cast(Table, model.__table__) for model in (Enrollment, Person, LearnerFact)
)
_COLUMNS = "county_code, status, training_class_id, enrolled_at, completed_at"
_keep(_ENROLLMENTS, "INSERT", f"{_NEW_CELL}; {_ADD}", "NEW.person_id")
_keep(
    _ENROLLMENTS,
    f"UPDATE OF {_COLUMNS}",
    _NEW_CELL.replace("{groups}", _OWN_GROUPS) + "; " + _MOVE,
    "NEW.person_id",
    _MOVED,
)
_keep(_PEOPLE, "UPDATE OF town", _TOWN, "NEW.id", "NEW.town IS DISTINCT FROM OLD.town")
_keep(_FACTS, "INSERT", _REGROUP, "NEW.person_id", "NEW.key = 'groups'")
_keep(_FACTS, "DELETE", _REGROUP, "OLD.person_id", "OLD.key = 'groups'")
