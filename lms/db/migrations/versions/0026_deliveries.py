"""Puts what exports and packages have in common into one table, and adds lists made each month.

On the way back orders of whole numbers and schedules are lost: nothing before knew them. Files that
were made stay in the folder of exports.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
_AWAITS = "is_unmasked AND approved_at IS NULL AND refused_at IS NULL AND stopped_at IS NULL"
_CHECKS = {
    "kind": "kind IN ('export', 'handover')",
    "made": "(sha256 IS NULL) = (path IS NULL) AND (byte_size IS NULL) = (path IS NULL)",
    "downloaded": "downloaded_at IS NULL OR path IS NOT NULL",
    "sealed": "path IS NULL OR (is_unmasked = (key_name IS NOT NULL))",
    "approved_first": (
        "NOT is_unmasked OR approved_at IS NOT NULL OR (path IS NULL AND job_id IS NULL)"
    ),
    "approved_by_another": "approved_by_id <> requested_by_id",
    "refused_by_another": "refused_by_id <> requested_by_id",
    "approved": "(approved_by_id IS NULL) = (approved_at IS NULL)",
    "refused": (
        "(refused_by_id IS NULL) = (refused_at IS NULL) "
        "AND (refused_at IS NULL) = (refusal IS NULL)"
    ),
    "ruled_once": "approved_at IS NULL OR refused_at IS NULL",
}
_LIST_CHECKS = {
    "kind": "kind IN ('completions')",
    "format": "format IN ('xlsx', 'csv')",
    "language": "language IN ('zh', 'en')",
}
_CHOICE_CHECKS = {
    "chosen": "(learner_id IS NULL) = (seed IS NOT NULL)",
    "drawn": "(seed IS NULL) = (wanted IS NULL) AND (seed IS NULL) = (upto IS NULL)",
    "wanted": "wanted BETWEEN 1 AND 500",
}
_SHARED = (
    "id, requested_by_id, purpose, scopes, job_id, sha256, byte_size, path, created_at, "
    "expires_at, downloaded_at, removed_at"
)
_LIST = "kind, format, language, filters, rows_total"
_CHOICE = "learner_id, seed, wanted, upto, filters, people_total, manifest_sha256"
_NOTICES_BEFORE = (
    *("claim_submitted", "claim_looked_at", "claim_passed", "claim_returned", "claim_public"),
    *("claim_objected", "claim_objection_settled", "claim_approved", "claim_paid"),
    *("claim_instalment_paid", "claim_bank_returned", "claim_paying_again", "claim_rejected"),
    *("claim_withdrawn", "claim_reopened", "claim_doubted", "claim_doubt_settled"),
    "claim_clawed_back",
)
_NOTICES = (
    *("export_awaits", "export_approved", "export_refused", "export_lapsed", "export_ready"),
    *("export_failed", "export_schedule_ended", "handover_ready", "handover_failed"),
)
# The texts stand beside the model too and a test compares both.
_SAID = ("id", "person_id", "key", "template", "params", "created_at")
_NEW, _OLD = (", ".join(f"{row}.{each}" for each in _SAID) for row in ("NEW", "OLD"))
_ERASED = "EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND erased_at IS NOT NULL)"
_REFUSED = {
    "UPDATE": f"OLD.read_at IS NOT NULL OR NEW.read_at IS NULL OR ({_NEW}) <> ({_OLD})",
    "DELETE": f"NOT {_ERASED}",
}


def upgrade() -> None:
    """Carry what was ordered over; each file stays where it lies, and each link good for once."""
    _deliveries()
    _schedules()
    for table in ("export", "handover"):
        _set_aside(table)
        op.execute(
            f"INSERT INTO delivery ({_SHARED}, kind, is_unmasked) "
            f"SELECT {_SHARED}, '{table}', false FROM {table}_before"
        )
    _exports()
    op.execute(f"INSERT INTO export (id, {_LIST}) SELECT id, {_LIST} FROM export_before")
    _handovers()
    op.execute(f"INSERT INTO handover (id, {_CHOICE}) SELECT id, {_CHOICE} FROM handover_before")
    for table in ("export", "handover"):
        op.drop_table(f"{table}_before")
    _tell((*_NOTICES_BEFORE, *_NOTICES))


def downgrade() -> None:
    """Write both tables as they were."""
    op.execute("DELETE FROM export WHERE id IN (SELECT id FROM delivery WHERE is_unmasked)")
    for table in ("export", "handover"):
        _set_aside(table)
    _exports_before()
    _handovers_before()
    shared = _SHARED.replace("id, ", "d.id, ", 1)
    for table, own in (("export", _LIST), ("handover", _CHOICE)):
        listed = ", ".join(f"t.{each}" for each in own.split(", "))
        op.execute(
            f"INSERT INTO {table} ({_SHARED}, {own}) SELECT {shared}, {listed} "
            f"FROM {table}_before t JOIN delivery d ON d.id = t.id"
        )
        op.drop_table(f"{table}_before")
    op.drop_table("export_schedule")
    op.drop_table("delivery")
    _tell(_NOTICES_BEFORE)


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        *_asked(),
        sa.Column("is_unmasked", sa.Boolean(), nullable=False),
        *_made(),
        sa.Column("key_name", sa.String(length=40), nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("refused_by_id", ID, nullable=True),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.Column("refusal", sa.String(length=200), nullable=True),
        *_checks("delivery", _CHECKS),
        *(_person("delivery", f"{verb}_by_id") for verb in ("requested", "approved", "refused")),
        _job("delivery"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_mine", "delivery", ["requested_by_id", "kind", "created_at"])
    op.create_index("ix_delivery_job", "delivery", ["job_id"])
    _index_where("ix_delivery_expiry", "delivery", ["expires_at"], "removed_at IS NULL")
    _index_where("ix_delivery_awaits", "delivery", ["kind", "created_at"], _AWAITS)


def _schedules() -> None:
    op.create_table(
        "export_schedule",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        *_list_columns(),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("day_of_month", ID, nullable=False),
        sa.Column("last_period", sa.String(length=7), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.String(length=12), nullable=True),
        *_checks(
            "export_schedule",
            {
                **_LIST_CHECKS,
                "ended_why": "ended_why IN ('owner', 'no_right', 'out_of_reach')",
                "day": "day_of_month BETWEEN 1 AND 28",
                "ended": "(ended_at IS NULL) = (ended_why IS NULL)",
            },
        ),
        _person("export_schedule", "owner_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_schedule")),
    )
    op.create_index("ix_export_schedule_owner", "export_schedule", ["owner_id", "id"])
    _index_where(
        "ix_export_schedule_goes_on", "export_schedule", ["last_period"], "ended_at IS NULL"
    )


def _exports() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.String(length=40), nullable=False),
        *_list_columns(),
        sa.Column("rows_about", ID, nullable=True),
        sa.Column("rows_total", ID, nullable=True),
        sa.Column("schedule_id", ID, nullable=True),
        sa.Column("period", sa.String(length=7), nullable=True),
        *_checks(
            "export", {**_LIST_CHECKS, "scheduled": "(schedule_id IS NULL) = (period IS NULL)"}
        ),
        sa.ForeignKeyConstraint(["id"], ["delivery.id"], name=op.f("fk_export_id_delivery")),
        sa.ForeignKeyConstraint(
            *(["schedule_id"], ["export_schedule.id"]),
            name=op.f("fk_export_schedule_id_export_schedule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    _index_where(
        *("uq_export_schedule_period", "export", ["schedule_id", "period"]),
        where="schedule_id IS NOT NULL",
        unique=True,
    )


def _handovers() -> None:
    made = {"made": "(manifest_sha256 IS NULL) = (people_total IS NULL)"}
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=40), nullable=False),
        *_choice_columns(),
        *_checks("handover", {**_CHOICE_CHECKS, **made}),
        _person("handover", "learner_id"),
        sa.ForeignKeyConstraint(["id"], ["delivery.id"], name=op.f("fk_handover_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )


def _exports_before() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.String(length=40), nullable=False),
        *_list_columns(),
        *_asked(),
        sa.Column("rows_total", ID, nullable=True),
        *_made(),
        *_checks(
            "export",
            {
                **_LIST_CHECKS,
                "made": "(sha256 IS NULL) = (path IS NULL)",
                "downloaded": _CHECKS["downloaded"],
            },
        ),
        _job("export"),
        _person("export", "requested_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_mine", "export", ["requested_by_id", "created_at"])
    op.create_index("ix_export_expiry", "export", ["expires_at"])


def _handovers_before() -> None:
    made = "(sha256 IS NULL) = (path IS NULL) AND (manifest_sha256 IS NULL) = (path IS NULL)"
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=40), nullable=False),
        *_choice_columns(),
        *_asked(),
        *_made(),
        *_checks(
            "handover",
            {**_CHOICE_CHECKS, "made": made, "downloaded": _CHECKS["downloaded"]},
        ),
        _person("handover", "learner_id"),
        _person("handover", "requested_by_id"),
        _job("handover"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_mine", "handover", ["requested_by_id", "created_at"])
    op.create_index("ix_handover_expiry", "handover", ["expires_at"])


def _asked() -> list[sa.Column]:
    return [
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("requested_by_id", ID, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
    ]


def _made() -> list[sa.Column]:
    return [
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("byte_size", ID, nullable=True),
        sa.Column("path", sa.String(length=80), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("downloaded_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
    ]


def _list_columns() -> list[sa.Column]:
    return [
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("filters", JSON, nullable=False),
    ]


def _choice_columns() -> list[sa.Column]:
    return [
        sa.Column("learner_id", ID, nullable=True),
        sa.Column("seed", sa.String(length=40), nullable=True),
        sa.Column("wanted", ID, nullable=True),
        sa.Column("upto", ID, nullable=True),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("people_total", ID, nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
    ]


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(each, name=op.f(f"ck_{table}_{name}")) for name, each in rules.items()
    ]


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["person.id"], name=op.f(f"fk_{table}_{column}_person")
    )


def _job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f(f"fk_{table}_job_id_job"))


def _index_where(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    rows = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


def _set_aside(table: str) -> None:
    """Keep the rows beside: both engines then write the table anew, under the same names."""
    op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")
    op.drop_table(table)


def _tell(templates: tuple[str, ...]) -> None:
    """Let the inbox hold these templates and no others; what was told by others is forgotten."""
    listed = ", ".join(f"'{each}'" for each in templates)
    _let_change()
    op.execute(f"DELETE FROM inbox_message WHERE template NOT IN ({listed})")
    with op.batch_alter_table("inbox_message") as table:
        table.drop_constraint(op.f("ck_inbox_message_template"), type_="check")
        table.create_check_constraint(op.f("ck_inbox_message_template"), f"template IN ({listed})")
    for verb, condition in _REFUSED.items():
        _refuse(verb, condition)
    _leave_out_the_erased()


def _let_change() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in ("no_update", "no_delete", "not_of_erased"):
        name = f"inbox_message_{trigger}"
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP FUNCTION {name} CASCADE")


def _refuse(verb: str, condition: str) -> None:
    trigger = f"inbox_message_no_{verb.lower()}"
    text = "inbox_message rows of this kind never change"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON inbox_message FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON inbox_message FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )


def _leave_out_the_erased() -> None:
    trigger = "inbox_message_not_of_erased"
    if op.get_bind().dialect.name == "sqlite":
        erased = "SELECT 1 FROM person WHERE id = NEW.person_id AND erased_at IS NOT NULL"
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON inbox_message FOR EACH ROW "
            f"WHEN true AND EXISTS ({erased}) BEGIN SELECT RAISE(IGNORE); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        "SELECT erased_at INTO gone FROM person WHERE id = NEW.person_id FOR KEY SHARE; "
        "IF gone IS NOT NULL THEN RETURN NULL; END IF; END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON inbox_message FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger}()"
    )
