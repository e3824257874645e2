"""Promises no column type can hold: triggers and extensions, declared beside the model."""

from sqlalchemy import DDL, Table, event

# Stands in what the database says where somebody was erased; the site makes a sentence of it.
ERASED = "this person was erased"


def after_create(table: Table, *, sqlite: str = "", postgresql: str = "") -> None:
    """Run the statement of the engine at hand right after the table is created.

    The migrations carry the same text; a test compares the two schemas.
    """
    for dialect, statement in (("sqlite", sqlite), ("postgresql", postgresql)):
        if statement:
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


def append_only(table: Table) -> None:
    """Make the database refuse to change or delete any row of the table."""
    for verb in ("UPDATE", "DELETE"):
        refuse(table, verb, condition="")


def is_erased(owner: str) -> str:
    """Return the condition that the person whose id ``owner`` is was erased."""
    return f"EXISTS (SELECT 1 FROM person WHERE id = {owner} AND erased_at IS NOT NULL)"  # noqa: S608 (names of columns)


def append_only_until_erased(table: Table, *, owner: str = "OLD.person_id") -> None:
    """Make the database refuse to change a row, and to delete one unless its person was erased."""
    refuse(table, "UPDATE", condition="")
    refuse(table, "DELETE", condition=f"NOT {is_erased(owner)}")


def not_of_erased(table: Table, *, owner: str, leaves_out: bool = False) -> None:
    """Make the database refuse, or quietly leave out, a new row of a person who was erased.

    Whoever erases holds the person's row FOR UPDATE. PostgreSQL waits for that here, with the lock
    the foreign key would take a moment later, and then sees who was erased meanwhile; so of a row
    and an erasing that meet, the row is there to be deleted or is never written. SQLite has one
    writer.
    """
    _when_erased(table, f"{table.name}_not_of_erased", "INSERT", owner, leaves_out=leaves_out)


def empty_when_erased(table: Table, column: str, *, owner: str) -> None:
    """Make the database refuse words in a column of a row whose person was erased."""
    said = f"coalesce(NEW.{column}, '') <> ''"
    _when_erased(
        table, f"{table.name}_{column}_of_erased", f"UPDATE OF {column}", owner, condition=said
    )


def _when_erased(
    table: Table,
    trigger: str,
    verb: str,
    owner: str,
    *,
    condition: str = "true",
    leaves_out: bool = False,
) -> None:
    text = f"{table.name}: {ERASED}"
    look = f"SELECT erased_at INTO gone FROM person WHERE id = {owner} FOR KEY SHARE"  # noqa: S608 (ours)
    on_sqlite = "IGNORE" if leaves_out else f"ABORT, '{text}'"
    refusal = "RETURN NULL" if leaves_out else f"RAISE EXCEPTION '{text}' USING ERRCODE = '23514'"
    after_create(
        table,
        sqlite=(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table.name} FOR EACH ROW "
            f"WHEN {condition} AND {is_erased(owner)} BEGIN SELECT RAISE({on_sqlite}); END"
        ),
        postgresql=(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"DECLARE gone timestamptz; BEGIN IF {condition} THEN "
            f"{look}; IF gone IS NOT NULL THEN {refusal}; END IF; END IF; RETURN NEW; END $$; "
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table.name} FOR EACH ROW "
            f"EXECUTE FUNCTION {trigger}()"
        ),
    )


def frozen_when_published(table: Table) -> None:
    """Make the database refuse to change rows whose revision is no longer a draft."""
    state = "(SELECT state FROM revision WHERE id = {row}.revision_id)"
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        refuse(table, verb, condition=f"{state.format(row=row)} IN ('published', 'retired')")


def refuse(table: Table, verb: str, *, condition: str) -> None:
    """Make the database refuse the verb on rows that fit the condition (on all, where empty).

    The condition names ``OLD`` and ``NEW`` and may hold a subquery, which PostgreSQL's WHEN may
    not; so it stands inside the function there.
    """
    name = table.name
    trigger = f"{name}_no_{verb.lower()}"
    text = f"{name} rows of this kind never change"
    when = f"WHEN {condition} " if condition else ""
    test = condition or "true"
    after_create(
        table,
        sqlite=(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {name} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        ),
        postgresql=(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {test} THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$; "
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {name} FOR EACH ROW "
            f"EXECUTE FUNCTION {trigger}()"
        ),
    )
