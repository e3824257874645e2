"""Fresh databases for tests: a copy of a template that is made once a run, on either engine."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from lms.db import session as sessions
from lms.db.session import Database
from lms.operations import migrations
from tests.support import cluster, postgres
from tests.support.run import only_one
from tests.support.summary import miss

Prepare = Callable[[str], None]
# More statements than the site has.
_STATEMENTS = 5_000


def keep_statements() -> None:
    """Let the SQL that one database of the run was asked in serve the others: it is the same.

    A sixth of what a test costs is writing it anew. Dialects of like servers count as one for it.
    """
    make, written = sessions.create_engine, LRUCache(_STATEMENTS)

    def create_engine(url: str, **options: Any) -> Engine:
        engine = make(url, **options)
        engine._compiled_cache = written  # noqa: SLF001 (there is no other door)
        return engine

    sessions.create_engine = create_engine
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))
    DefaultDialect.__eq__ = lambda dialect, other: _kind(dialect) == _kind(other)


def _kind(dialect: object) -> tuple[object, ...]:
    version = getattr(dialect, "server_version_info", None)
    return type(dialect), getattr(dialect, "paramstyle", None), version


@contextmanager
def fresh_url(engine: str, prepare: Prepare, *, template: str = "schema") -> Iterator[str]:
    """Yield the address of a database of one test.

    ``prepare`` fills the template of that name (letters, digits, ``_``) once a run.
    """
    if engine == "postgresql":
        need_postgresql()
    make = postgres.fresh_database if engine == "postgresql" else _fresh_sqlite
    with make(prepare, template) as url:
        yield url


@contextmanager
def _fresh_sqlite(prepare: Prepare, name: str) -> Iterator[str]:
    with only_one(f"sqlite-{name}") as folder:
        template, made = folder / f"template-{name}.sqlite3", folder / f"sqlite-{name}.made"
        if not made.exists():
            prepare(f"sqlite:///{template}")
            made.touch()
    own = folder / f"{uuid4().hex}.sqlite3"
    shutil.copy(template, own)
    try:
        yield f"sqlite:///{own}"
    finally:
        _remove(own)


def _remove(database: Path) -> None:
    """Remove the file and what SQLite keeps beside it."""
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink(missing_ok=True)


def need_postgresql() -> None:
    """Skip where there is no PostgreSQL, and have it named at the end of the run."""
    if cluster.programs() is None:
        miss("PostgreSQL", "no server program found; install postgresql or run make test")


def create_schema(url: str) -> None:
    """Make the schema as an installation has it: by the migrations."""
    database = Database(url)
    try:
        migrations.upgrade(database)
    finally:
        database.dispose()


def drop_trigger(database: Database, name: str, table: str) -> None:
    """Take a promise of the database away, as a superuser could."""
    where = "" if database.is_sqlite else f" ON {table}"
    with database.transaction() as session:
        session.execute(text(f"DROP TRIGGER {name}{where}"))


def hang_up(database: Database) -> None:
    """End every connection a PostgreSQL database has, as its restart does."""
    other = Database(database.url.render_as_string(hide_password=False))
    with other.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()
