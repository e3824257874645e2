"""Keeps ready what lists of a million enrollments read.

On the way back nothing is lost that was not added up from other rows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
PART = sa.String(12).with_variant(sa.String(12, collation="C"), "postgresql")

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
_TODAY = {
    "sqlite": "date('now', '+8 hours')",
    "postgresql": "CAST(clock_timestamp() AT TIME ZONE 'Asia/Shanghai' AS date)",
}
_PLACES = {
    "sqlite": "(SELECT column1 AS n FROM (VALUES {})) AS places".format(
        ", ".join(f"({n})" for n in range(1, 51))
    ),
    "postgresql": "generate_series(1, 50) AS places(n)",
}
_BITS = " + ".join(
    f"CASE WHEN CAST(value AS text) LIKE '%\"{name}\"%' THEN {1 << place} ELSE 0 END"
    for place, name in enumerate(
        (
            *("poverty_prevention", "graduate_year", "unschooled_leaver", "rural_transfer"),
            *("registered_unemployed", "hardship", "enterprise_employee", "veteran"),
        )
    )
)
_GROUPS = (
    "coalesce((SELECT " + _BITS + " - "
    "CASE WHEN CAST(value AS text) LIKE '%\"registered_unemployed\"%' AND EXISTS "
    "(SELECT 1 FROM fact_list JOIN person ON person.county_code = fact_list.county_code "
    "WHERE person.id = learner_fact.person_id AND kind = 'registered_unemployed' "
    "AND is_complete AND as_of <= {today} AND (source = 'declared' OR valid_from < as_of)) "
    "THEN 16 ELSE 0 END FROM learner_fact "
    "WHERE learner_fact.person_id = {person} AND key = 'groups' AND valid_from <= {today} "
    "AND (valid_to IS NULL OR valid_to >= {today}) "
    "ORDER BY source <> 'declared' DESC, valid_from DESC, learner_fact.id DESC LIMIT 1), 0)"
)
_OWN_GROUPS = (
    "(SELECT group_bits FROM roster_cell WHERE id = "
    "(SELECT cell_id FROM roster_line WHERE enrollment_id = NEW.id))"
)
_SAME = (
    "roster_cell.county_code = {row}.county_code AND roster_cell.course_id = {row}.course_id "
    "AND roster_cell.status = {row}.status AND roster_cell.group_bits = {bits}"
)
_ONCE = "ON CONFLICT (county_code, course_id, status, group_bits) DO NOTHING"
_NEW_CELL = (
    "INSERT INTO roster_cell (county_code, course_id, status, group_bits) "
    "SELECT NEW.county_code, NEW.course_id, NEW.status, own.bits "
    "FROM (SELECT {groups} AS bits) AS own WHERE NOT EXISTS (SELECT 1 FROM roster_cell WHERE "
    + _SAME.replace("{bits}", "own.bits").replace("{row}", "NEW")
    + ") "
    + _ONCE
)
_CELL = "(SELECT id FROM roster_cell WHERE " + _SAME.replace("{row}", "NEW") + ")"
_ADD = (
    "INSERT INTO roster_line (enrollment_id, person_id, cell_id, town, training_class_id, "
    "enrolled_at, completed_at) SELECT NEW.id, NEW.person_id, "
    + _CELL.replace("{bits}", "{groups}")
    + ", coalesce(town, ''), NEW.training_class_id, NEW.enrolled_at, NEW.completed_at "
    "FROM person WHERE id = NEW.person_id"
)
_MOVE_LINE = (
    "UPDATE roster_line SET cell_id = "
    + _CELL.replace("{bits}", _OWN_GROUPS)
    + ", training_class_id = NEW.training_class_id, enrolled_at = NEW.enrolled_at, "
    "completed_at = NEW.completed_at WHERE enrollment_id = NEW.id"
)
_REGROUP = (
    "INSERT INTO roster_cell (county_code, course_id, status, group_bits) "
    "SELECT DISTINCT was.county_code, was.course_id, was.status, own.bits "
    "FROM (SELECT {groups} AS bits) AS own, roster_line "
    "JOIN roster_cell AS was ON was.id = roster_line.cell_id "
    "WHERE roster_line.person_id = {person} AND NOT EXISTS (SELECT 1 FROM roster_cell WHERE "
    + _SAME.replace("{row}", "was").replace("{bits}", "own.bits")
    + ") "
    + _ONCE
    + "; UPDATE roster_line SET cell_id = (SELECT roster_cell.id FROM roster_cell "
    "JOIN roster_cell AS was ON "
    + _SAME.replace("{row}", "was").replace("{bits}", "{groups}")
    + " WHERE was.id = roster_line.cell_id) WHERE person_id = {person}"
)
_PARTS = (
    "SELECT substr({row}.name, n, 12) AS part FROM {places} WHERE n <= length({row}.name) "
    "UNION SELECT substr({row}.phone, 8, 4) WHERE length({row}.phone) = 11"
)
_FIND = (
    "INSERT INTO found_by (county_code, part, person_id) SELECT NEW.county_code, part, NEW.id "
    "FROM (" + _PARTS.replace("{row}", "NEW") + ") AS parts WHERE NEW.erased_at IS NULL"
)
_MOVING = ("county_code", "status", "training_class_id", "enrolled_at", "completed_at")
_NAMING = ("name", "phone", "county_code", "erased_at")


def _changed(*columns: str) -> str:
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)


# Trigger: table, verb, what it does (a place in braces differs by engine) and when.
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
    "watch_slice_kept_insert": (
        "watch_slice",
        "INSERT",
        "INSERT INTO course_time (person_id, course_id, verified_ms, last_day) "
        "SELECT NEW.person_id, course_id, 0, NEW.day FROM material WHERE id = NEW.material_id "
        "ON CONFLICT (person_id, course_id) DO UPDATE SET last_day = excluded.last_day "
        "WHERE coalesce(course_time.last_day, 0) < excluded.last_day",
        "NEW.credited_ms > 0 AND NEW.request_id IS NULL",
    ),
    "attempt_kept_insert": ("attempt", "INSERT", _GRADED, _IS_GRADED),
    "attempt_kept_update": ("attempt", "UPDATE OF percent", _GRADED, _IS_GRADED),
    "enrollment_listed_insert": (
        "enrollment",
        "INSERT",
        _NEW_CELL + "; " + _ADD,
        "",
    ),
    "enrollment_listed_update": (
        "enrollment",
        "UPDATE OF " + ", ".join(_MOVING),
        _NEW_CELL.replace("{groups}", _OWN_GROUPS) + "; " + _MOVE_LINE,
        _changed(*_MOVING),
    ),
    "person_listed_update": (
        "person",
        "UPDATE OF town",
        "UPDATE roster_line SET town = coalesce(NEW.town, '') WHERE person_id = NEW.id",
        _changed("town"),
    ),
    "learner_fact_listed_insert": (
        "learner_fact",
        "INSERT",
        _REGROUP.replace("{person}", "NEW.person_id"),
        "NEW.key = 'groups'",
    ),
    "learner_fact_listed_delete": (
        "learner_fact",
        "DELETE",
        _REGROUP.replace("{person}", "OLD.person_id"),
        "OLD.key = 'groups'",
    ),
    "person_found_insert": ("person", "INSERT", _FIND, ""),
    "person_found_update": (
        "person",
        "UPDATE OF " + ", ".join(_NAMING),
        "DELETE FROM found_by WHERE county_code = OLD.county_code AND person_id = OLD.id "
        "AND part IN (" + _PARTS.replace("{row}", "OLD") + "); " + _FIND,
        _changed(*_NAMING),
    ),
}
_FILL_TIMES = (
    "INSERT INTO course_time (person_id, course_id, verified_ms) "
    "SELECT person_id, course_id, sum(credited_ms) FROM material_progress "
    "JOIN material ON material.id = material_id GROUP BY person_id, course_id"
)
_FILL_DAYS = (
    "UPDATE course_time SET last_day = (SELECT max(day) FROM watch_slice "
    "JOIN material ON material.id = watch_slice.material_id "
    "WHERE watch_slice.person_id = course_time.person_id "
    "AND material.course_id = course_time.course_id "
    "AND watch_slice.credited_ms > 0 AND watch_slice.request_id IS NULL)"
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
    _lists()
    _found()
    _remembered()
    for trigger in _KEPT:
        _keep(trigger)


def downgrade() -> None:
    """Take them away."""
    for trigger, (table, *_) in _KEPT.items():
        _drop(trigger, table)
    for table in ("saved_filter", "list_columns"):
        _drop(f"{table}_not_of_erased", table)
    for table in (
        *("list_columns", "saved_filter", "found_by", "roster_line", "roster_cell"),
        *("final_result", "course_time"),
    ):
        op.drop_table(table)


def _sums() -> None:
    op.create_table(
        "course_time",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, autoincrement=False, nullable=False),
        sa.Column("verified_ms", ID, nullable=False),
        sa.Column("last_day", ID, nullable=True),
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
    op.execute(_FILL_DAYS)
    op.execute(_FILL_TESTS)


def _lists() -> None:
    op.create_table(
        "roster_cell",
        sa.Column("id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("group_bits", ID, nullable=False),
        _key("roster_cell", "county_code", "county.code"),
        _key("roster_cell", "course_id", "course.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_cell")),
        sa.UniqueConstraint(
            *("county_code", "course_id", "status", "group_bits"),
            name=op.f("uq_roster_cell_county_code_course_id_status_group_bits"),
        ),
    )
    op.create_index("ix_roster_cell_course", "roster_cell", ["course_id"])
    op.create_table(
        "roster_line",
        sa.Column("enrollment_id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("cell_id", ID, nullable=False),
        sa.Column("town", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("training_class_id", ID, nullable=True),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        _key("roster_line", "enrollment_id", "enrollment.id"),
        _key("roster_line", "person_id", "person.id"),
        _key("roster_line", "cell_id", "roster_cell.id"),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_roster_line")),
    )
    groups = _of_engine(_GROUPS.replace("{person}", "enrollment.person_id"))
    op.execute(
        "INSERT INTO roster_cell (county_code, course_id, status, group_bits) SELECT DISTINCT "
        + "county_code, course_id, status, "
        + groups
        + " FROM enrollment"
    )
    op.execute(
        "INSERT INTO roster_line (enrollment_id, person_id, cell_id, town, training_class_id, "
        "enrolled_at, completed_at) SELECT enrollment.id, enrollment.person_id, roster_cell.id, "
        "coalesce(person.town, ''), enrollment.training_class_id, enrollment.enrolled_at, "
        "enrollment.completed_at FROM enrollment JOIN person ON person.id = enrollment.person_id "
        "JOIN roster_cell ON " + _SAME.replace("{row}", "enrollment").replace("{bits}", groups)
    )
    for name, (columns, where) in _INDEXES.items():
        condition = sa.text(where) if where else None
        op.create_index(
            name, "roster_line", columns, sqlite_where=condition, postgresql_where=condition
        )


_DONE, _SEATED = "completed_at IS NOT NULL", "training_class_id IS NOT NULL"
_INDEXES = {
    "ix_roster_line_cell": (["cell_id", "enrolled_at", "enrollment_id"], ""),
    "ix_roster_line_town": (["cell_id", "town", "enrolled_at", "enrollment_id"], ""),
    "ix_roster_line_all": (["enrolled_at", "enrollment_id"], ""),
    "ix_roster_line_done_cell": (["cell_id", "completed_at", "enrollment_id"], _DONE),
    "ix_roster_line_done_town": (["cell_id", "town", "completed_at", "enrollment_id"], _DONE),
    "ix_roster_line_done": (["completed_at", "enrollment_id"], _DONE),
    "ix_roster_line_class": (["training_class_id", "enrolled_at", "enrollment_id"], _SEATED),
    "ix_roster_line_person": (["person_id"], ""),
}


def _found() -> None:
    op.create_table(
        "found_by",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("part", PART, nullable=False),
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        _key("found_by", "county_code", "county.code"),
        _key("found_by", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("county_code", "part", "person_id", name=op.f("pk_found_by")),
        sqlite_with_rowid=False,
    )
    places = "CROSS JOIN " + _of_engine("{places}")
    op.execute(
        "INSERT INTO found_by (county_code, part, person_id) "
        "SELECT county_code, substr(name, n, 12), id FROM person " + places + " "
        "WHERE n <= length(name) AND erased_at IS NULL UNION "
        "SELECT county_code, substr(phone, 8, 4), id FROM person "
        "WHERE length(phone) = 11 AND erased_at IS NULL"
    )


def _remembered() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filter_named")),
        _key("saved_filter", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_filter_person_id_name")),
    )
    op.create_table(
        "list_columns",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("chosen", JSON, nullable=False),
        _key("list_columns", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_list_columns")),
    )
    for table in ("saved_filter", "list_columns"):
        _refuse_of_erased(table)


def _refuse_of_erased(table: str) -> None:
    trigger, said = f"{table}_not_of_erased", f"{table}: this person was erased"
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW WHEN true AND EXISTS "
            "(SELECT 1 FROM person WHERE id = NEW.person_id AND erased_at IS NOT NULL) "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        "SELECT erased_at INTO gone FROM person WHERE id = NEW.person_id FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF; "
        f"END IF; RETURN NEW; END $$; CREATE TRIGGER {trigger} BEFORE INSERT ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {trigger}()"
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))


def _of_engine(said: str) -> str:
    engine = op.get_bind().dialect.name
    for place, sql in (("groups", _GROUPS), ("places", _PLACES[engine]), ("today", _TODAY[engine])):
        said = said.replace("{" + place + "}", sql)
    return said.replace("{person}", "NEW.person_id")


def _keep(trigger: str) -> None:
    table, verb, doing, condition = _KEPT[trigger]
    person = "OLD.person_id" if verb == "DELETE" else "NEW.person_id"
    said = _of_engine(doing.replace("{groups}", _GROUPS.replace("{person}", person)))
    when = f"WHEN ({condition}) " if condition else ""
    head = f"CREATE TRIGGER {trigger} AFTER {verb} ON {table} FOR EACH ROW {when}"
    if _is_sqlite():
        op.execute(f"{head}BEGIN {said}; END")
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{said}; RETURN NULL; END $$; {head}EXECUTE FUNCTION {trigger}()"
    )


def _drop(trigger: str, table: str) -> None:
    op.execute(
        f"DROP TRIGGER {trigger}"
        if _is_sqlite()
        else f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {trigger}()"
    )


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
