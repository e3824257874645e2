"""The first schema: people, courses, media, quizzes, the watch ledger, exports, jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# What no column type can hold; the text stands beside the models too and a test compares both.
PROMISES = {
    "sqlite": (
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'audit_entry rows of this kind never change'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'audit_entry rows of this kind never change'); END",
        "CREATE TRIGGER question_no_update BEFORE UPDATE ON question FOR EACH ROW WHEN (NEW.bank_id, NEW.key, NEW.version, NEW.kind, NEW.stem) <> (OLD.bank_id, OLD.key, OLD.version, OLD.kind, OLD.stem) BEGIN SELECT RAISE(ABORT, 'question rows of this kind never change'); END",
        "CREATE TRIGGER quiz_no_update BEFORE UPDATE ON quiz FOR EACH ROW WHEN EXISTS (SELECT 1 FROM item JOIN revision ON revision.id = item.revision_id WHERE item.quiz_id = OLD.id AND revision.state IN ('published', 'retired')) BEGIN SELECT RAISE(ABORT, 'quiz rows of this kind never change'); END",
        "CREATE TRIGGER asset_ready_is_final BEFORE UPDATE ON asset FOR EACH ROW WHEN OLD.state = 'ready' AND (NEW.state IS NOT OLD.state OR NEW.duration_ms IS NOT OLD.duration_ms OR NEW.sha256 IS NOT OLD.sha256) BEGIN SELECT RAISE(ABORT, 'a ready asset keeps its content and length'); END",
        "CREATE TRIGGER option_no_update BEFORE UPDATE ON option FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'option rows of this kind never change'); END",
        "CREATE TRIGGER option_no_insert BEFORE INSERT ON option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM attempt_question WHERE question_id = NEW.question_id) BEGIN SELECT RAISE(ABORT, 'option rows of this kind never change'); END",
        "CREATE TRIGGER option_no_delete BEFORE DELETE ON option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM attempt_question WHERE question_id = OLD.question_id) BEGIN SELECT RAISE(ABORT, 'option rows of this kind never change'); END",
        "CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision FOR EACH ROW WHEN OLD.state IN ('published', 'retired') AND (NEW.course_id <> OLD.course_id OR NEW.number <> OLD.number OR NEW.title <> OLD.title OR NEW.summary <> OLD.summary OR NEW.outcomes <> OLD.outcomes OR NEW.cover <> OLD.cover OR NEW.origin <> OLD.origin OR NEW.published_at <> OLD.published_at OR COALESCE(NEW.source_hash, '') <> COALESCE(OLD.source_hash, '') OR (NEW.published_at IS NULL) <> (OLD.published_at IS NULL) OR NEW.state NOT IN ('published', 'retired') OR (OLD.state = 'retired' AND NEW.state <> 'retired')) BEGIN SELECT RAISE(ABORT, 'revision rows of this kind never change'); END",
        "CREATE TRIGGER revision_no_delete BEFORE DELETE ON revision FOR EACH ROW WHEN OLD.state IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'revision rows of this kind never change'); END",
        "CREATE TRIGGER module_no_insert BEFORE INSERT ON module FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = NEW.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'module rows of this kind never change'); END",
        "CREATE TRIGGER module_no_update BEFORE UPDATE ON module FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'module rows of this kind never change'); END",
        "CREATE TRIGGER module_no_delete BEFORE DELETE ON module FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'module rows of this kind never change'); END",
        "CREATE TRIGGER lesson_no_insert BEFORE INSERT ON lesson FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = NEW.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'lesson rows of this kind never change'); END",
        "CREATE TRIGGER lesson_no_update BEFORE UPDATE ON lesson FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'lesson rows of this kind never change'); END",
        "CREATE TRIGGER lesson_no_delete BEFORE DELETE ON lesson FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'lesson rows of this kind never change'); END",
        "CREATE TRIGGER item_no_insert BEFORE INSERT ON item FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = NEW.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'item rows of this kind never change'); END",
        "CREATE TRIGGER item_no_update BEFORE UPDATE ON item FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'item rows of this kind never change'); END",
        "CREATE TRIGGER item_no_delete BEFORE DELETE ON item FOR EACH ROW WHEN (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') BEGIN SELECT RAISE(ABORT, 'item rows of this kind never change'); END",
        "CREATE TRIGGER attempt_no_insert BEFORE INSERT ON attempt FOR EACH ROW WHEN NEW.number > (SELECT max_attempts FROM quiz WHERE id = NEW.quiz_id) BEGIN SELECT RAISE(ABORT, 'attempt rows of this kind never change'); END",
        "CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt FOR EACH ROW WHEN OLD.state <> 'open' OR (NEW.quiz_id, NEW.item_id, NEW.enrollment_id, NEW.person_id, NEW.number, NEW.seed, NEW.started_at) <> (OLD.quiz_id, OLD.item_id, OLD.enrollment_id, OLD.person_id, OLD.number, OLD.seed, OLD.started_at) BEGIN SELECT RAISE(ABORT, 'attempt rows of this kind never change'); END",
        "CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'attempt rows of this kind never change'); END",
        "CREATE TRIGGER attempt_question_no_update BEFORE UPDATE ON attempt_question FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'attempt_question rows of this kind never change'); END",
        "CREATE TRIGGER attempt_question_no_delete BEFORE DELETE ON attempt_question FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'attempt_question rows of this kind never change'); END",
        "CREATE TRIGGER attempt_question_no_insert BEFORE INSERT ON attempt_question FOR EACH ROW WHEN (SELECT state FROM attempt WHERE id = NEW.attempt_id) <> 'open' BEGIN SELECT RAISE(ABORT, 'attempt_question rows of this kind never change'); END",
        "CREATE TRIGGER beat_no_update BEFORE UPDATE ON beat FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'beat rows of this kind never change'); END",
        "CREATE TRIGGER beat_no_delete BEFORE DELETE ON beat FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'beat rows of this kind never change'); END",
        "CREATE TRIGGER watch_slice_no_update BEFORE UPDATE ON watch_slice FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'watch_slice rows of this kind never change'); END",
        "CREATE TRIGGER watch_slice_no_delete BEFORE DELETE ON watch_slice FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'watch_slice rows of this kind never change'); END",
        "CREATE TRIGGER watch_slice_no_overlap BEFORE INSERT ON watch_slice FOR EACH ROW WHEN EXISTS (SELECT 1 FROM watch_slice WHERE person_id = NEW.person_id AND wall_to_ms > NEW.wall_from_ms AND wall_from_ms < NEW.wall_to_ms AND wall_from_ms < wall_to_ms AND NEW.wall_from_ms < NEW.wall_to_ms) BEGIN SELECT RAISE(ABORT, 'watch_slice periods of one person overlap'); END",
        "CREATE TRIGGER response_no_insert BEFORE INSERT ON response FOR EACH ROW WHEN (SELECT state FROM attempt WHERE id = NEW.attempt_id) <> 'open' BEGIN SELECT RAISE(ABORT, 'response rows of this kind never change'); END",
        "CREATE TRIGGER response_no_update BEFORE UPDATE ON response FOR EACH ROW WHEN NEW.rev < OLD.rev OR (SELECT state FROM attempt WHERE id = OLD.attempt_id) <> 'open' BEGIN SELECT RAISE(ABORT, 'response rows of this kind never change'); END",
        "CREATE TRIGGER response_no_delete BEFORE DELETE ON response FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'response rows of this kind never change'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_entry_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'audit_entry rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_no_update()",
        "CREATE FUNCTION audit_entry_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'audit_entry rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_no_delete()",
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_no_delete()",
        "CREATE FUNCTION question_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW.bank_id, NEW.key, NEW.version, NEW.kind, NEW.stem) <> (OLD.bank_id, OLD.key, OLD.version, OLD.kind, OLD.stem) THEN RAISE EXCEPTION 'question rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER question_no_update BEFORE UPDATE ON question FOR EACH ROW EXECUTE FUNCTION question_no_update()",
        "CREATE FUNCTION quiz_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM item JOIN revision ON revision.id = item.revision_id WHERE item.quiz_id = OLD.id AND revision.state IN ('published', 'retired')) THEN RAISE EXCEPTION 'quiz rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER quiz_no_update BEFORE UPDATE ON quiz FOR EACH ROW EXECUTE FUNCTION quiz_no_update()",
        "CREATE FUNCTION asset_ready_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'ready' AND (NEW.state IS DISTINCT FROM OLD.state OR NEW.duration_ms IS DISTINCT FROM OLD.duration_ms OR NEW.sha256 IS DISTINCT FROM OLD.sha256) THEN RAISE EXCEPTION 'a ready asset keeps its content and length' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER asset_ready_is_final BEFORE UPDATE ON asset FOR EACH ROW EXECUTE FUNCTION asset_ready_is_final()",
        "CREATE FUNCTION option_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'option rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER option_no_update BEFORE UPDATE ON option FOR EACH ROW EXECUTE FUNCTION option_no_update()",
        "CREATE FUNCTION option_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM attempt_question WHERE question_id = NEW.question_id) THEN RAISE EXCEPTION 'option rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER option_no_insert BEFORE INSERT ON option FOR EACH ROW EXECUTE FUNCTION option_no_insert()",
        "CREATE FUNCTION option_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM attempt_question WHERE question_id = OLD.question_id) THEN RAISE EXCEPTION 'option rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER option_no_delete BEFORE DELETE ON option FOR EACH ROW EXECUTE FUNCTION option_no_delete()",
        "CREATE FUNCTION revision_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state IN ('published', 'retired') AND (NEW.course_id <> OLD.course_id OR NEW.number <> OLD.number OR NEW.title <> OLD.title OR NEW.summary <> OLD.summary OR NEW.outcomes <> OLD.outcomes OR NEW.cover <> OLD.cover OR NEW.origin <> OLD.origin OR NEW.published_at <> OLD.published_at OR COALESCE(NEW.source_hash, '') <> COALESCE(OLD.source_hash, '') OR (NEW.published_at IS NULL) <> (OLD.published_at IS NULL) OR NEW.state NOT IN ('published', 'retired') OR (OLD.state = 'retired' AND NEW.state <> 'retired')) THEN RAISE EXCEPTION 'revision rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision FOR EACH ROW EXECUTE FUNCTION revision_no_update()",
        "CREATE FUNCTION revision_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state IN ('published', 'retired') THEN RAISE EXCEPTION 'revision rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER revision_no_delete BEFORE DELETE ON revision FOR EACH ROW EXECUTE FUNCTION revision_no_delete()",
        "CREATE FUNCTION module_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = NEW.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'module rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER module_no_insert BEFORE INSERT ON module FOR EACH ROW EXECUTE FUNCTION module_no_insert()",
        "CREATE FUNCTION module_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'module rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER module_no_update BEFORE UPDATE ON module FOR EACH ROW EXECUTE FUNCTION module_no_update()",
        "CREATE FUNCTION module_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'module rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER module_no_delete BEFORE DELETE ON module FOR EACH ROW EXECUTE FUNCTION module_no_delete()",
        "CREATE FUNCTION lesson_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = NEW.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'lesson rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER lesson_no_insert BEFORE INSERT ON lesson FOR EACH ROW EXECUTE FUNCTION lesson_no_insert()",
        "CREATE FUNCTION lesson_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'lesson rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER lesson_no_update BEFORE UPDATE ON lesson FOR EACH ROW EXECUTE FUNCTION lesson_no_update()",
        "CREATE FUNCTION lesson_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'lesson rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER lesson_no_delete BEFORE DELETE ON lesson FOR EACH ROW EXECUTE FUNCTION lesson_no_delete()",
        "CREATE FUNCTION item_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = NEW.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'item rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER item_no_insert BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION item_no_insert()",
        "CREATE FUNCTION item_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'item rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER item_no_update BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION item_no_update()",
        "CREATE FUNCTION item_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM revision WHERE id = OLD.revision_id) IN ('published', 'retired') THEN RAISE EXCEPTION 'item rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER item_no_delete BEFORE DELETE ON item FOR EACH ROW EXECUTE FUNCTION item_no_delete()",
        "CREATE FUNCTION attempt_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number > (SELECT max_attempts FROM quiz WHERE id = NEW.quiz_id) THEN RAISE EXCEPTION 'attempt rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER attempt_no_insert BEFORE INSERT ON attempt FOR EACH ROW EXECUTE FUNCTION attempt_no_insert()",
        "CREATE FUNCTION attempt_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'open' OR (NEW.quiz_id, NEW.item_id, NEW.enrollment_id, NEW.person_id, NEW.number, NEW.seed, NEW.started_at) <> (OLD.quiz_id, OLD.item_id, OLD.enrollment_id, OLD.person_id, OLD.number, OLD.seed, OLD.started_at) THEN RAISE EXCEPTION 'attempt rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt FOR EACH ROW EXECUTE FUNCTION attempt_no_update()",
        "CREATE FUNCTION attempt_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'attempt rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt FOR EACH ROW EXECUTE FUNCTION attempt_no_delete()",
        "CREATE FUNCTION attempt_question_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'attempt_question rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER attempt_question_no_update BEFORE UPDATE ON attempt_question FOR EACH ROW EXECUTE FUNCTION attempt_question_no_update()",
        "CREATE FUNCTION attempt_question_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'attempt_question rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER attempt_question_no_delete BEFORE DELETE ON attempt_question FOR EACH ROW EXECUTE FUNCTION attempt_question_no_delete()",
        "CREATE FUNCTION attempt_question_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM attempt WHERE id = NEW.attempt_id) <> 'open' THEN RAISE EXCEPTION 'attempt_question rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER attempt_question_no_insert BEFORE INSERT ON attempt_question FOR EACH ROW EXECUTE FUNCTION attempt_question_no_insert()",
        "CREATE FUNCTION beat_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'beat rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER beat_no_update BEFORE UPDATE ON beat FOR EACH ROW EXECUTE FUNCTION beat_no_update()",
        "CREATE FUNCTION beat_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'beat rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER beat_no_delete BEFORE DELETE ON beat FOR EACH ROW EXECUTE FUNCTION beat_no_delete()",
        "CREATE FUNCTION watch_slice_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'watch_slice rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER watch_slice_no_update BEFORE UPDATE ON watch_slice FOR EACH ROW EXECUTE FUNCTION watch_slice_no_update()",
        "CREATE FUNCTION watch_slice_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'watch_slice rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER watch_slice_no_delete BEFORE DELETE ON watch_slice FOR EACH ROW EXECUTE FUNCTION watch_slice_no_delete()",
        "CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE watch_slice ADD CONSTRAINT watch_slice_no_overlap EXCLUDE USING gist (person_id WITH =, int8range(wall_from_ms, wall_to_ms) WITH &&) WHERE (wall_from_ms IS NOT NULL)",
        "CREATE FUNCTION response_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM attempt WHERE id = NEW.attempt_id) <> 'open' THEN RAISE EXCEPTION 'response rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER response_no_insert BEFORE INSERT ON response FOR EACH ROW EXECUTE FUNCTION response_no_insert()",
        "CREATE FUNCTION response_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.rev < OLD.rev OR (SELECT state FROM attempt WHERE id = OLD.attempt_id) <> 'open' THEN RAISE EXCEPTION 'response rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; CREATE TRIGGER response_no_update BEFORE UPDATE ON response FOR EACH ROW EXECUTE FUNCTION response_no_update()",
        "CREATE FUNCTION response_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'response rows of this kind never change' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$; CREATE TRIGGER response_no_delete BEFORE DELETE ON response FOR EACH ROW EXECUTE FUNCTION response_no_delete()",
    ),
}
FUNCTIONS = (
    "asset_ready_is_final",
    "attempt_no_delete",
    "attempt_no_insert",
    "attempt_no_update",
    "attempt_question_no_delete",
    "attempt_question_no_insert",
    "attempt_question_no_update",
    "audit_entry_no_delete",
    "audit_entry_no_update",
    "beat_no_delete",
    "beat_no_update",
    "item_no_delete",
    "item_no_insert",
    "item_no_update",
    "lesson_no_delete",
    "lesson_no_insert",
    "lesson_no_update",
    "module_no_delete",
    "module_no_insert",
    "module_no_update",
    "option_no_delete",
    "option_no_insert",
    "option_no_update",
    "question_no_update",
    "quiz_no_update",
    "response_no_delete",
    "response_no_insert",
    "response_no_update",
    "revision_no_delete",
    "revision_no_update",
    "watch_slice_no_delete",
    "watch_slice_no_update",
)


def upgrade() -> None:
    """Create every table, then the promises of the engine at hand."""
    op.create_table(
        "audit_entry",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_audit_entry_prev_hash")),
    )
    op.create_index(op.f("ix_audit_entry_actor_id"), "audit_entry", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "county",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_county")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("args", JSON, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("done", ID, nullable=False),
        sa.Column("total", ID, nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_text", sa.String(length=500), nullable=True),
        sa.Column("error_params", JSON, nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("heartbeat_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_open", "job", ["state", "heartbeat_at"], unique=False)
    op.create_index(op.f("ix_job_owner_id"), "job", ["owner_id"], unique=False)
    op.create_table(
        "one_time_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("proved_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'new_password', 'change_phone', 'confirm')",
            name=op.f("ck_one_time_code_purpose"),
        ),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_one_time_code_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index(
        "uq_one_time_code_live",
        "one_time_code",
        ["phone", "purpose"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "programme",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("occupation_code", sa.String(length=20), nullable=False),
        sa.Column("level", ID, nullable=False),
        sa.Column("credit_hours", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("slug", name=op.f("uq_programme_slug")),
    )
    op.create_table(
        "question_bank",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_bank")),
        sa.UniqueConstraint("slug", name=op.f("uq_question_bank_slug")),
    )
    op.create_table(
        "rate_counter",
        sa.Column("bucket", sa.String(length=80), nullable=False),
        sa.Column("window_start", ID, autoincrement=False, nullable=False),
        sa.Column("count", ID, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start", name=op.f("pk_rate_counter")),
    )
    op.create_index(
        op.f("ix_rate_counter_window_start"), "rate_counter", ["window_start"], unique=False
    )
    op.create_table(
        "sms_message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed')", name=op.f("ck_sms_message_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_message")),
    )
    op.create_index(op.f("ix_sms_message_created_at"), "sms_message", ["created_at"], unique=False)
    op.create_table(
        "institution",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_institution_county_code_county")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("slug", name=op.f("uq_institution_slug")),
    )
    op.create_index(
        op.f("ix_institution_county_code"), "institution", ["county_code"], unique=False
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=2), nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("town", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("locale IN ('zh', 'en')", name=op.f("ck_person_locale")),
        sa.CheckConstraint("state IN ('active', 'locked', 'closed')", name=op.f("ck_person_state")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_person_county_code_county")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("phone", name=op.f("uq_person_phone")),
    )
    op.create_index("ix_person_county_town", "person", ["county_code", "town"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", ID, nullable=False),
        sa.Column("bank_id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("stem", JSON, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('single', 'multiple')", name=op.f("ck_question_kind")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_question_version")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_bank.id"], name=op.f("fk_question_bank_id_question_bank")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint(
            "bank_id", "key", "version", name=op.f("uq_question_bank_id_key_version")
        ),
    )
    op.create_index(
        "uq_question_current",
        "question",
        ["bank_id", "key"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "quiz",
        sa.Column("id", ID, nullable=False),
        sa.Column("bank_id", ID, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("draw", ID, nullable=False),
        sa.Column("pass_percent", ID, nullable=False),
        sa.Column("max_attempts", ID, nullable=True),
        sa.Column("time_limit_s", ID, nullable=True),
        sa.CheckConstraint("draw >= 1", name=op.f("ck_quiz_draw")),
        sa.CheckConstraint("max_attempts >= 1", name=op.f("ck_quiz_max_attempts")),
        sa.CheckConstraint("pass_percent BETWEEN 1 AND 100", name=op.f("ck_quiz_pass_percent")),
        sa.CheckConstraint("time_limit_s >= 1", name=op.f("ck_quiz_time_limit")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_bank.id"], name=op.f("fk_quiz_bank_id_question_bank")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
    )
    op.create_index(op.f("ix_quiz_bank_id"), "quiz", ["bank_id"], unique=False)
    op.create_table(
        "asset",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("byte_size", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", ID, nullable=False),
        sa.Column("version", sa.String(length=32), nullable=True),
        sa.Column("duration_ms", ID, nullable=True),
        sa.Column("width", ID, nullable=True),
        sa.Column("height", ID, nullable=True),
        sa.Column("has_poster", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_text", sa.String(length=500), nullable=True),
        sa.Column("error_params", JSON, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (error_code IS NOT NULL)", name=op.f("ck_asset_failed")
        ),
        sa.CheckConstraint(
            "sha256 IS NOT NULL OR state IN ('uploading', 'failed')", name=op.f("ck_asset_content")
        ),
        sa.CheckConstraint(
            "state <> 'ready' OR (version IS NOT NULL AND duration_ms IS NOT NULL AND width IS NOT NULL AND height IS NOT NULL AND ready_at IS NOT NULL)",
            name=op.f("ck_asset_ready"),
        ),
        sa.CheckConstraint(
            "state IN ('uploading', 'queued', 'processing', 'ready', 'failed')",
            name=op.f("ck_asset_state"),
        ),
        sa.CheckConstraint("byte_size >= 0", name=op.f("ck_asset_byte_size")),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_asset_duration")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_asset_picture")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_asset_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("owner_id", "sha256", name=op.f("uq_asset_owner_id_sha256")),
    )
    op.create_index(
        "uq_asset_folder_content",
        "asset",
        ["sha256"],
        unique=True,
        sqlite_where=sa.text("owner_id IS NULL"),
        postgresql_where=sa.text("owner_id IS NULL"),
    )
    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "course",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("programme_id", ID, nullable=True),
        sa.Column("price_fen", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_course_price")),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_course_institution_id_institution"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_course_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("slug", name=op.f("uq_course_slug")),
    )
    op.create_index(op.f("ix_course_institution_id"), "course", ["institution_id"], unique=False)
    op.create_table(
        "export",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("requested_by_id", ID, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("rows_total", ID, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("byte_size", ID, nullable=True),
        sa.Column("path", sa.String(length=80), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("downloaded_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("format IN ('xlsx', 'csv')", name=op.f("ck_export_format")),
        sa.CheckConstraint("kind IN ('completions')", name=op.f("ck_export_kind")),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_export_language")),
        sa.CheckConstraint("(sha256 IS NULL) = (path IS NULL)", name=op.f("ck_export_made")),
        sa.CheckConstraint(
            "downloaded_at IS NULL OR path IS NOT NULL", name=op.f("ck_export_downloaded")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_export_job_id_job")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_export_requested_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_expiry", "export", ["expires_at"], unique=False)
    op.create_index("ix_export_mine", "export", ["requested_by_id", "created_at"], unique=False)
    op.create_table(
        "half_sign_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_half_sign_in_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_half_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_half_sign_in_person_id"), "half_sign_in", ["person_id"], unique=False)
    op.create_table(
        "option",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("text", JSON, nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("why", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_option_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option")),
        sa.UniqueConstraint("question_id", "key", name=op.f("uq_option_question_id_key")),
        sa.UniqueConstraint("question_id", "position", name=op.f("uq_option_question_id_position")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scope_kind", sa.String(length=20), nullable=False),
        sa.Column("scope_id", sa.String(length=36), nullable=False),
        sa.Column("granted_by_id", ID, nullable=True),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role IN ('learner', 'instructor', 'mentor', 'administrator', 'supervisor')",
            name=op.f("ck_role_grant_role"),
        ),
        sa.CheckConstraint(
            "scope_kind IN ('platform', 'county', 'institution', 'class', 'course')",
            name=op.f("ck_role_grant_scope_kind"),
        ),
        sa.CheckConstraint("granted_by_id <> person_id", name=op.f("ck_role_grant_not_to_oneself")),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["person.id"], name=op.f("fk_role_grant_granted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "uq_role_grant_live",
        "role_grant",
        ["person_id", "role", "scope_kind", "scope_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("second_factor_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "study_clock",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("credit_mark_ms", ID, nullable=False),
        sa.Column("seen_mark_ms", ID, nullable=False),
        sa.Column("day_used", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_study_clock_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_study_clock")),
    )
    op.create_table(
        "totp_secret",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("last_step", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_totp_secret_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totp_secret")),
    )
    op.create_table(
        "caption",
        sa.Column("id", ID, nullable=False),
        sa.Column("asset_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_caption_language")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_caption_asset_id_asset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caption")),
        sa.UniqueConstraint("asset_id", "language", name=op.f("uq_caption_asset_id_language")),
    )
    op.create_table(
        "material",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("lesson_key", sa.String(length=40), nullable=False),
        sa.Column("item_key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asset_id", sa.String(length=36), nullable=True),
        sa.Column("duration_ms", ID, nullable=False),
        sa.CheckConstraint(
            "(kind = 'video') = (asset_id IS NOT NULL)", name=op.f("ck_material_asset")
        ),
        sa.CheckConstraint(
            "kind IN ('video', 'reading', 'practice', 'quiz')", name=op.f("ck_material_kind")
        ),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_material_duration")),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_material_asset_id_asset")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_material_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    op.create_index(
        "uq_material_asset",
        "material",
        ["course_id", "lesson_key", "item_key", "asset_id"],
        unique=True,
        sqlite_where=sa.text("asset_id IS NOT NULL"),
        postgresql_where=sa.text("asset_id IS NOT NULL"),
    )
    op.create_index(
        "uq_material_other",
        "material",
        ["course_id", "lesson_key", "item_key", "duration_ms"],
        unique=True,
        sqlite_where=sa.text("asset_id IS NULL"),
        postgresql_where=sa.text("asset_id IS NULL"),
    )
    op.create_table(
        "rendition",
        sa.Column("id", ID, nullable=False),
        sa.Column("asset_id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("width", ID, nullable=False),
        sa.Column("height", ID, nullable=False),
        sa.Column("byte_size", ID, nullable=False),
        sa.Column("bit_rate", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("label IN ('240p', '480p')", name=op.f("ck_rendition_label")),
        sa.CheckConstraint("byte_size > 0 AND bit_rate > 0", name=op.f("ck_rendition_weight")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_rendition_picture")),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_rendition_asset_id_asset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint("asset_id", "label", name=op.f("uq_rendition_asset_id_label")),
    )
    op.create_table(
        "revision",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("outcomes", JSON, nullable=False),
        sa.Column("cover", sa.String(length=30), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=True),
        sa.Column("edits", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.CheckConstraint("origin IN ('folder', 'studio')", name=op.f("ck_revision_origin")),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'published', 'retired')",
            name=op.f("ck_revision_state"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_revision_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_revision_course_id_number")),
    )
    op.create_index(
        "uq_revision_draft",
        "revision",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'in_review')"),
        postgresql_where=sa.text("state IN ('draft', 'in_review')"),
    )
    op.create_index(
        "uq_revision_published",
        "revision",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "enrollment",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)",
            name=op.f("ck_enrollment_completed"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'completed', 'withdrawn', 'cancelled')",
            name=op.f("ck_enrollment_status"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_enrollment_county_code_county")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_enrollment_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_enrollment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_enrollment_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
    )
    op.create_index(
        "ix_enrollment_completed", "enrollment", ["county_code", "completed_at", "id"], unique=False
    )
    op.create_index(
        "ix_enrollment_desk",
        "enrollment",
        ["county_code", "course_id", "status", "id"],
        unique=False,
    )
    op.create_index("ix_enrollment_county", "enrollment", ["county_code", "id"], unique=False)
    op.create_index(
        "ix_enrollment_county_status", "enrollment", ["county_code", "status", "id"], unique=False
    )
    op.create_index(op.f("ix_enrollment_person_id"), "enrollment", ["person_id"], unique=False)
    op.create_index(
        "uq_enrollment_live",
        "enrollment",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('active', 'completed')"),
        postgresql_where=sa.text("status IN ('active', 'completed')"),
    )
    op.create_table(
        "material_progress",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("material_id", ID, autoincrement=False, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("credited", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("seen_ms", ID, nullable=False),
        sa.Column("credited_ms", ID, nullable=False),
        sa.Column("position_ms", ID, nullable=False),
        sa.Column("updated_at_ms", ID, nullable=False),
        sa.CheckConstraint(
            "0 <= credited_ms AND credited_ms <= seen_ms",
            name=op.f("ck_material_progress_credited_within_seen"),
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_progress_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_material_progress_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "material_id", name=op.f("pk_material_progress")),
    )
    op.create_table(
        "module",
        sa.Column("id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_module_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
        sa.UniqueConstraint("revision_id", "key", name=op.f("uq_module_revision_id_key")),
    )
    op.create_table(
        "item_completion",
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("lesson_key", sa.String(length=40), nullable=False),
        sa.Column("item_key", sa.String(length=40), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_item_completion_enrollment_id_enrollment"),
        ),
        sa.PrimaryKeyConstraint(
            "enrollment_id", "lesson_key", "item_key", name=op.f("pk_item_completion")
        ),
    )
    op.create_table(
        "lesson",
        sa.Column("id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("objectives", JSON, nullable=False),
        sa.Column("edits", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["module_id"], ["module.id"], name=op.f("fk_lesson_module_id_module")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_lesson_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("revision_id", "key", name=op.f("uq_lesson_revision_id_key")),
    )
    op.create_index(op.f("ix_lesson_module_id"), "lesson", ["module_id"], unique=False)
    op.create_table(
        "item",
        sa.Column("id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("lesson_id", ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("body", JSON, nullable=True),
        sa.Column("material_id", ID, nullable=True),
        sa.Column("asset_id", sa.String(length=36), nullable=True),
        sa.Column("quiz_id", ID, nullable=True),
        sa.CheckConstraint(
            "kind IN ('video', 'reading', 'practice', 'quiz')", name=op.f("ck_item_kind")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_item_asset_id_asset")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_item_lesson_id_lesson")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_item_material_id_material")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_item_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_item_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("lesson_id", "key", name=op.f("uq_item_lesson_id_key")),
    )
    op.create_index(op.f("ix_item_material_id"), "item", ["material_id"], unique=False)
    op.create_index(op.f("ix_item_revision_id"), "item", ["revision_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("quiz_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seed", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("deadline_at", MOMENT, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("points", ID, nullable=True),
        sa.Column("max_points", ID, nullable=True),
        sa.Column("percent", ID, nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (max_points IS NULL)", name=op.f("ck_attempt_graded_max_points")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (passed IS NULL)", name=op.f("ck_attempt_graded_passed")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (percent IS NULL)", name=op.f("ck_attempt_graded_percent")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (points IS NULL)", name=op.f("ck_attempt_graded_points")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (submitted_at IS NULL)", name=op.f("ck_attempt_graded_submitted_at")
        ),
        sa.CheckConstraint(
            "state <> 'expired' OR (deadline_at IS NOT NULL AND submitted_at = deadline_at)",
            name=op.f("ck_attempt_expired"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'expired')", name=op.f("ck_attempt_state")
        ),
        sa.CheckConstraint("deadline_at > started_at", name=op.f("ck_attempt_deadline")),
        sa.CheckConstraint(
            "max_points >= 1 AND points BETWEEN 0 AND max_points", name=op.f("ck_attempt_points")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_attempt_number")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_attempt_percent")),
        sa.CheckConstraint("submitted_at >= started_at", name=op.f("ck_attempt_submitted")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_attempt_enrollment_id_enrollment")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_attempt_item_id_item")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attempt_person_id_person")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_attempt_quiz_id_quiz")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "enrollment_id",
            "item_id",
            "number",
            name=op.f("uq_attempt_enrollment_id_item_id_number"),
        ),
    )
    op.create_index(op.f("ix_attempt_item_id"), "attempt", ["item_id"], unique=False)
    op.create_index(
        "ix_attempt_overdue",
        "attempt",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["person_id", "item_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "playback_lease",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("sign_in_id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("started_at_ms", ID, nullable=False),
        sa.Column("ended_at_ms", ID, nullable=True),
        sa.Column("ended_by", sa.String(length=20), nullable=True),
        sa.Column("last_seq", ID, nullable=True),
        sa.CheckConstraint(
            "ended_by IN ('lease_superseded', 'lease_ended')",
            name=op.f("ck_playback_lease_ended_by"),
        ),
        sa.CheckConstraint(
            "(ended_at_ms IS NULL) = (ended_by IS NULL)", name=op.f("ck_playback_lease_ended")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_playback_lease_enrollment_id_enrollment"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_playback_lease_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_playback_lease_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_playback_lease_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_playback_lease_sign_in_id_sign_in")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playback_lease")),
    )
    op.create_index("ix_playback_lease_sign_in", "playback_lease", ["sign_in_id"], unique=False)
    op.create_index(
        "uq_playback_lease_live",
        "playback_lease",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at_ms IS NULL"),
        postgresql_where=sa.text("ended_at_ms IS NULL"),
    )
    op.create_table(
        "attempt_question",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("option_order", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_question_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_attempt_question_question_id_question")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_attempt_question")),
        sa.UniqueConstraint(
            "attempt_id", "question_id", name=op.f("uq_attempt_question_attempt_id_question_id")
        ),
    )
    op.create_index(
        op.f("ix_attempt_question_question_id"), "attempt_question", ["question_id"], unique=False
    )
    op.create_table(
        "beat",
        sa.Column("lease_id", sa.String(length=40), nullable=False),
        sa.Column("seq", ID, autoincrement=False, nullable=False),
        sa.Column("received_at_ms", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rate_percent", ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("answer", JSON, nullable=False),
        sa.CheckConstraint(
            "state IN ('playing', 'paused', 'hidden', 'ended')", name=op.f("ck_beat_state")
        ),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["playback_lease.id"], name=op.f("fk_beat_lease_id_playback_lease")
        ),
        sa.PrimaryKeyConstraint("lease_id", "seq", name=op.f("pk_beat")),
    )
    op.create_table(
        "watch_slice",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("material_id", ID, nullable=False),
        sa.Column("lease_id", sa.String(length=40), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("day", ID, nullable=False),
        sa.Column("wall_from_ms", ID, nullable=True),
        sa.Column("wall_to_ms", ID, nullable=True),
        sa.Column("claimed", JSON, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("credited", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("claimed_ms", ID, nullable=False),
        sa.Column("seen_ms", ID, nullable=False),
        sa.Column("credited_ms", ID, nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(wall_from_ms IS NULL) = (wall_to_ms IS NULL)",
            name=op.f("ck_watch_slice_whole_period"),
        ),
        sa.CheckConstraint(
            "credited_ms <= coalesce(wall_to_ms - wall_from_ms, 0)",
            name=op.f("ck_watch_slice_paid"),
        ),
        sa.CheckConstraint(
            "credited_ms >= 0 AND seen_ms >= 0", name=op.f("ck_watch_slice_amounts")
        ),
        sa.CheckConstraint("wall_from_ms <= wall_to_ms", name=op.f("ck_watch_slice_period")),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["playback_lease.id"], name=op.f("fk_watch_slice_lease_id_playback_lease")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_watch_slice_material_id_material")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_watch_slice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_slice")),
    )
    op.create_index(op.f("ix_watch_slice_lease_id"), "watch_slice", ["lease_id"], unique=False)
    op.create_index("ix_watch_slice_person_day", "watch_slice", ["person_id", "day"], unique=False)
    op.create_index(
        "ix_watch_slice_person_wall", "watch_slice", ["person_id", "wall_to_ms"], unique=False
    )
    op.create_table(
        "response",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("rev", ID, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.CheckConstraint("rev >= 0", name=op.f("ck_response_rev")),
        sa.ForeignKeyConstraint(
            ["attempt_id", "question_id"],
            ["attempt_question.attempt_id", "attempt_question.question_id"],
            name=op.f("fk_response_attempt_id_question_id_attempt_question"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_response")),
    )
    # ### end Alembic commands ###
    for statement in PROMISES[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Drop everything."""
    op.drop_table("response")
    op.drop_index("ix_watch_slice_person_wall", table_name="watch_slice")
    op.drop_index("ix_watch_slice_person_day", table_name="watch_slice")
    op.drop_index(op.f("ix_watch_slice_lease_id"), table_name="watch_slice")
    op.drop_table("watch_slice")
    op.drop_table("beat")
    op.drop_index(op.f("ix_attempt_question_question_id"), table_name="attempt_question")
    op.drop_table("attempt_question")
    op.drop_index(
        "uq_playback_lease_live",
        table_name="playback_lease",
        sqlite_where=sa.text("ended_at_ms IS NULL"),
        postgresql_where=sa.text("ended_at_ms IS NULL"),
    )
    op.drop_index("ix_playback_lease_sign_in", table_name="playback_lease")
    op.drop_table("playback_lease")
    op.drop_index(
        "uq_attempt_open",
        table_name="attempt",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_attempt_overdue",
        table_name="attempt",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_attempt_item_id"), table_name="attempt")
    op.drop_table("attempt")
    op.drop_index(op.f("ix_item_revision_id"), table_name="item")
    op.drop_index(op.f("ix_item_material_id"), table_name="item")
    op.drop_table("item")
    op.drop_index(op.f("ix_lesson_module_id"), table_name="lesson")
    op.drop_table("lesson")
    op.drop_table("item_completion")
    op.drop_table("module")
    op.drop_table("material_progress")
    op.drop_index(
        "uq_enrollment_live",
        table_name="enrollment",
        sqlite_where=sa.text("status IN ('active', 'completed')"),
        postgresql_where=sa.text("status IN ('active', 'completed')"),
    )
    op.drop_index(op.f("ix_enrollment_person_id"), table_name="enrollment")
    op.drop_index("ix_enrollment_desk", table_name="enrollment")
    op.drop_index("ix_enrollment_county_status", table_name="enrollment")
    op.drop_index("ix_enrollment_county", table_name="enrollment")
    op.drop_index("ix_enrollment_completed", table_name="enrollment")
    op.drop_table("enrollment")
    op.drop_index(
        "uq_revision_published",
        table_name="revision",
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index(
        "uq_revision_draft",
        table_name="revision",
        sqlite_where=sa.text("state IN ('draft', 'in_review')"),
        postgresql_where=sa.text("state IN ('draft', 'in_review')"),
    )
    op.drop_table("revision")
    op.drop_table("rendition")
    op.drop_index(
        "uq_material_other",
        table_name="material",
        sqlite_where=sa.text("asset_id IS NULL"),
        postgresql_where=sa.text("asset_id IS NULL"),
    )
    op.drop_index(
        "uq_material_asset",
        table_name="material",
        sqlite_where=sa.text("asset_id IS NOT NULL"),
        postgresql_where=sa.text("asset_id IS NOT NULL"),
    )
    op.drop_table("material")
    op.drop_table("caption")
    op.drop_table("totp_secret")
    op.drop_table("study_clock")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(
        "uq_role_grant_live",
        table_name="role_grant",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_table("role_grant")
    op.drop_table("option")
    op.drop_index(op.f("ix_half_sign_in_person_id"), table_name="half_sign_in")
    op.drop_table("half_sign_in")
    op.drop_index("ix_export_mine", table_name="export")
    op.drop_index("ix_export_expiry", table_name="export")
    op.drop_table("export")
    op.drop_index(op.f("ix_course_institution_id"), table_name="course")
    op.drop_table("course")
    op.drop_index(op.f("ix_consent_person_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(
        "uq_asset_folder_content",
        table_name="asset",
        sqlite_where=sa.text("owner_id IS NULL"),
        postgresql_where=sa.text("owner_id IS NULL"),
    )
    op.drop_table("asset")
    op.drop_index(op.f("ix_quiz_bank_id"), table_name="quiz")
    op.drop_table("quiz")
    op.drop_index(
        "uq_question_current",
        table_name="question",
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.drop_table("question")
    op.drop_index("ix_person_county_town", table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_institution_county_code"), table_name="institution")
    op.drop_table("institution")
    op.drop_index(op.f("ix_sms_message_created_at"), table_name="sms_message")
    op.drop_table("sms_message")
    op.drop_index(op.f("ix_rate_counter_window_start"), table_name="rate_counter")
    op.drop_table("rate_counter")
    op.drop_table("question_bank")
    op.drop_table("programme")
    op.drop_index(
        "uq_one_time_code_live",
        table_name="one_time_code",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("one_time_code")
    op.drop_index(op.f("ix_job_owner_id"), table_name="job")
    op.drop_index("ix_job_open", table_name="job")
    op.drop_table("job")
    op.drop_table("county")
    op.drop_table("audit_head")
    op.drop_index(op.f("ix_audit_entry_subject"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
