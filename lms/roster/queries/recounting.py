"""Works out anew what lists are read from, and names what is not as it is kept."""

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.enrollment.models import Enrollment
from lms.roster.models.found import parts_sql
from lms.roster.models.lines import groups_sql

# Lines as the rows they come from say them; the triggers say the same row by row.
_LINES = (
    "SELECT enrollment.id AS enrollment_id, enrollment.person_id, enrollment.county_code, "
    "enrollment.course_id, enrollment.status, {groups} AS group_bits, "
    "coalesce(person.town, '') AS town, enrollment.training_class_id, enrollment.enrolled_at, "
    "enrollment.completed_at FROM enrollment JOIN person ON person.id = enrollment.person_id "
    "WHERE enrollment.id BETWEEN :first AND :last"
)
_DIFFERENT = (
    "SELECT wanted.enrollment_id FROM ({lines}) AS wanted "
    "LEFT JOIN roster_line ON roster_line.enrollment_id = wanted.enrollment_id "
    "LEFT JOIN roster_cell ON roster_cell.id = roster_line.cell_id WHERE {differs} "
    "ORDER BY wanted.enrollment_id"
)
_OF_LINE = ("person_id", "town", "training_class_id", "enrolled_at", "completed_at")
_OF_CELL = ("county_code", "course_id", "status", "group_bits")
_DIFFERS = " OR ".join(
    f"{table}.{name} IS DISTINCT FROM wanted.{name}"
    for table, names in (("roster_line", _OF_LINE), ("roster_cell", _OF_CELL))
    for name in names
)


def last_enrollment(session: Session) -> int:
    """Return the greatest id of an enrollment."""
    return session.scalar(select(func.max(Enrollment.id))) or 0


def last_person(session: Session) -> int:
    """Return the greatest id of a person."""
    return session.scalar(select(func.max(Person.id))) or 0


def lines_sql(engine: str) -> str:
    """Return the statement of the lines of the enrollments from ``:first`` to ``:last``."""
    return _LINES.replace("{groups}", groups_sql(engine, "enrollment.person_id"))


def wrong_lines(session: Session, first: int, last: int) -> Sequence[int]:
    """Return the enrollments of a range whose line is missing or says something else."""
    lines = lines_sql(session.get_bind().dialect.name)
    said = _DIFFERENT.replace("{lines}", lines).replace("{differs}", _DIFFERS)
    return session.scalars(text(said), {"first": first, "last": last}).all()


def wrong_people(session: Session, first: int, last: int) -> Sequence[int]:
    """Return the people of a range who are not found by what they should be, or by more."""
    engine, between = session.get_bind().dialect.name, {"first": first, "last": last}
    kept = (
        "SELECT county_code, part, person_id FROM found_by WHERE person_id BETWEEN :first AND :last"
    )
    wanted = parts_sql(engine)
    said = (
        f"SELECT DISTINCT person_id FROM (SELECT * FROM ({wanted} EXCEPT {kept}) AS missing "  # noqa: S608 (ours)
        f"UNION ALL SELECT * FROM ({kept} EXCEPT {wanted}) AS left_over) AS wrong ORDER BY 1"
    )
    return session.scalars(text(said), between).all()
