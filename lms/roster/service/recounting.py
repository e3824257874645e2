"""Puts right what lists are read from, where it is not what the rows it comes from say."""

from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from lms.roster import queries
from lms.roster.models.found import parts_sql

_CELLS = (
    "INSERT INTO roster_cell (county_code, course_id, status, group_bits) "
    "SELECT DISTINCT county_code, course_id, status, group_bits FROM ({lines}) AS wanted "
    "WHERE true ON CONFLICT (county_code, course_id, status, group_bits) DO NOTHING"
)
_LINES = (
    "INSERT INTO roster_line (enrollment_id, person_id, cell_id, town, training_class_id, "
    "enrolled_at, completed_at) SELECT wanted.enrollment_id, wanted.person_id, roster_cell.id, "
    "wanted.town, wanted.training_class_id, wanted.enrolled_at, wanted.completed_at "
    "FROM ({lines}) AS wanted JOIN roster_cell ON roster_cell.county_code = wanted.county_code "
    "AND roster_cell.course_id = wanted.course_id AND roster_cell.status = wanted.status "
    "AND roster_cell.group_bits = wanted.group_bits"
)
_FOUND = "INSERT INTO found_by (county_code, part, person_id) {parts}"


def put_lines_right(session: Session, enrollment_ids: Sequence[int]) -> None:
    """Write the lines of some enrollments anew."""
    for enrollment_id in enrollment_ids:
        fill_lines(session, enrollment_id, enrollment_id)


def fill_lines(session: Session, first: int, last: int) -> None:
    """Write the lines of all enrollments of a range anew."""
    between = {"first": first, "last": last}
    lines = queries.lines_sql(session.get_bind().dialect.name)
    away = "DELETE FROM roster_line WHERE enrollment_id BETWEEN :first AND :last"
    for said in (away, _CELLS.replace("{lines}", lines), _LINES.replace("{lines}", lines)):
        session.execute(text(said), between)


def put_people_right(session: Session, person_ids: Sequence[int]) -> None:
    """Write anew by what some people are found."""
    away = text("DELETE FROM found_by WHERE person_id IN :ids")
    session.execute(away.bindparams(bindparam("ids", expanding=True)), {"ids": list(person_ids)})
    for person_id in person_ids:
        fill_found(session, person_id, person_id)


def fill_found(session: Session, first: int, last: int) -> None:
    """Write down by what all people of a range are found; nothing of it may stand yet."""
    parts = parts_sql(session.get_bind().dialect.name)
    session.execute(text(_FOUND.replace("{parts}", parts)), {"first": first, "last": last})
