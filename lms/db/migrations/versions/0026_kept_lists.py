"""Keeps ready what lists of a million enrollments read.

On the way back nothing is lost that was not added up from other rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# The text stands beside the models too and a test compares both.
_MOVE = (
    "UPDATE course_time SET verified_ms = verified_ms {change} "
    "WHERE person_id = {row}.person_id AND course_id = "
    "(SELECT course_id FROM material WHERE id = {row}.material_id)"
)
_GRADED = (
    "INSERT INTO final_result (enrollment_id, percent) "
    "SELECT NEW.enrollment_id, NEW.percent FROM item JOIN lesson ON lesson.id = item.lesson_id "
    "WHERE item.id = NEW.item_id AND lesson.key = 'FINAL' "
    "ON CONFLICT (enrollment_id) DO UPDATE SET percent = excluded.percent "
    "WHERE excluded.percent > final_result.percent"
)
_IS_GRADED = "NEW.percent IS NOT NULL"
# Trigger: table, verb, what it does and when.
_KEPT = {
    "material_progress_kept_insert": (
        "material_progress",
        "INSERT",
        "INSERT INTO course_time (person_id, course_id, verified_ms) "
        "SELECT NEW.person_id, course_id, NEW.credited_ms FROM material "
        "WHERE id = NEW.material_id ON CONFLICT (person_id, course_id) "
        "DO UPDATE SET verified_ms = course_time.verified_ms + excluded.verified_ms",
        "",
    ),
    "material_progress_kept_update": (
        "material_progress",
        "UPDATE OF credited_ms",
        _MOVE.format(change="+ NEW.credited_ms - OLD.credited_ms", row="NEW"),
        "NEW.credited_ms <> OLD.credited_ms",
    ),
    "material_progress_kept_delete": (
        "material_progress",
        "DELETE",
        _MOVE.format(change="- OLD.credited_ms", row="OLD"),
        "",
    ),
    "attempt_kept_insert": ("attempt", "INSERT", _GRADED, _IS_GRADED),
    "attempt_kept_update": ("attempt", "UPDATE OF percent", _GRADED, _IS_GRADED),
}
_FILL_TIMES = (
    "INSERT INTO course_time (person_id, course_id, verified_ms) "
    "SELECT person_id, course_id, sum(credited_ms) FROM material_progress "
    "JOIN material ON material.id = material_id GROUP BY person_id, course_id"
)
_FILL_TESTS = (
    "INSERT INTO final_result (enrollment_id, percent) "
    "SELECT enrollment_id, max(percent) FROM attempt JOIN item ON item.id = attempt.item_id "
    "JOIN lesson ON lesson.id = item.lesson_id "
    "WHERE percent IS NOT NULL AND lesson.key = 'FINAL' GROUP BY enrollment_id"
)


def upgrade() -> None:
    """Add the tables, fill them with what is there, and let triggers go on with it."""
    if not _is_sqlite():
        op.execute("SET LOCAL statement_timeout = 0")
    _sums()
    for trigger in _KEPT:
        _keep(trigger)


def downgrade() -> None:
    """Take them away."""
    for trigger, (table, *_) in _KEPT.items():
        _drop(trigger, table)
    op.drop_table("final_result")
    op.drop_table("course_time")


def _sums() -> None:
    op.create_table(
        "course_time",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, autoincrement=False, nullable=False),
        sa.Column("verified_ms", ID, nullable=False),
        sa.CheckConstraint("verified_ms >= 0", name=op.f("ck_course_time_verified")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_time_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_time_course_id_course")
        ),
        sa.PrimaryKeyConstraint("person_id", "course_id", name=op.f("pk_course_time")),
    )
    op.create_table(
        "final_result",
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("percent", ID, nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_final_result_percent")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_final_result_enrollment_id_enrollment"),
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_final_result")),
    )
    op.execute(_FILL_TIMES)
    op.execute(_FILL_TESTS)


def _keep(trigger: str) -> None:
    table, verb, doing, condition = _KEPT[trigger]
    when = f"WHEN ({condition}) " if condition else ""
    head = f"CREATE TRIGGER {trigger} AFTER {verb} ON {table} FOR EACH ROW {when}"
    if _is_sqlite():
        op.execute(f"{head}BEGIN {doing}; END")
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{doing}; RETURN NULL; END $$; {head}EXECUTE FUNCTION {trigger}()"
    )


def _drop(trigger: str, table: str) -> None:
    op.execute(
        f"DROP TRIGGER {trigger}"
        if _is_sqlite()
        else f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {trigger}()"
    )


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
