"""Adds classes, and pins them and enrollments to revisions that were published.

Enrollments keep their revision. On the way back classes are lost and enrollments keep the revision
they have; leases forget whether their learner has time in other versions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

# What no column type can hold; the text stands beside the models too and a test compares both.
_MISPINNED = (
    "NOT EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id "
    "AND course_id = NEW.course_id AND published_at IS NOT NULL)"
)
_OF_CLASS = (
    "EXISTS (SELECT 1 FROM training_class WHERE id = NEW.training_class_id "
    "AND course_id = NEW.course_id AND revision_id = NEW.revision_id)"
)
_ASTRAY = f"({_MISPINNED} OR (NEW.training_class_id IS NOT NULL AND NOT {_OF_CLASS}))"
_OTHER_CLASS = "coalesce(NEW.training_class_id, 0) <> coalesce(OLD.training_class_id, 0)"
_MOVED = f"NEW.revision_id <> OLD.revision_id OR {_OTHER_CLASS}"
_KEPT = (
    ("training_class", "INSERT", _MISPINNED),
    ("training_class", "UPDATE", f"NEW.course_id <> OLD.course_id OR {_MISPINNED}"),
    ("training_class", "DELETE", ""),
    ("enrollment", "INSERT", _ASTRAY),
    (
        "enrollment",
        "UPDATE",
        "NEW.course_id <> OLD.course_id OR NEW.person_id <> OLD.person_id "
        f"OR (({_MOVED}) AND (OLD.status <> 'active' OR {_ASTRAY}))",
    ),
)


def upgrade() -> None:
    """Add the table and the columns; nobody is in a class, and nobody was moved."""
    op.create_table(
        "training_class",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_training_class_dates")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'filed', 'open', 'running', 'ended', 'archived')",
            name=op.f("ck_training_class_state"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_training_class_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_training_class_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_training_class_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_class")),
    )
    op.create_index("ix_training_class_course", "training_class", ["course_id", "state"])
    op.add_column("enrollment", sa.Column("training_class_id", ID, nullable=True))
    op.add_column("enrollment", sa.Column("moved_at", MOMENT, nullable=True))
    columns = ["course_id", "revision_id", "status", "id"]
    op.create_index("ix_enrollment_version", "enrollment", columns)
    op.create_index("ix_enrollment_class", "enrollment", ["training_class_id", "status", "id"])
    op.create_index("ix_material_item", "material", ["course_id", "lesson_key", "item_key"])
    op.add_column(
        "playback_lease",
        sa.Column("has_versions", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    for table, verb, condition in _KEPT:
        _refuse(table, verb, condition)


def downgrade() -> None:
    """Take them away."""
    for table, verb, _ in _KEPT:
        _drop(table, verb)
    op.drop_column("playback_lease", "has_versions")
    op.drop_index("ix_material_item", table_name="material")
    op.drop_index("ix_enrollment_class", table_name="enrollment")
    op.drop_index("ix_enrollment_version", table_name="enrollment")
    op.drop_column("enrollment", "moved_at")
    op.drop_column("enrollment", "training_class_id")
    op.drop_index("ix_training_class_course", table_name="training_class")
    op.drop_table("training_class")


def _refuse(table: str, verb: str, condition: str) -> None:
    trigger, text = f"{table}_no_{verb.lower()}", f"{table} rows of this kind never change"
    when = f"WHEN {condition} " if condition else ""
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'true'} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; "
        f"END IF; RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _drop(table: str, verb: str) -> None:
    trigger = f"{table}_no_{verb.lower()}"
    op.execute(f"DROP TRIGGER {trigger}" if _is_sqlite() else f"DROP FUNCTION {trigger} CASCADE")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
