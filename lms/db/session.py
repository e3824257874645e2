"""One transaction a piece of work: opens, commits and closes the unit of work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, local
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker

from lms.db.bus import Bus

# Wait this long for another writer before giving up, milliseconds (SQLite has one writer).
_BUSY_MS = 15_000
_SQLITE_NOW = text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
_POSTGRESQL_NOW = text("SELECT clock_timestamp()")


class Database:
    """The engine and the two ways to open a session on it."""

    def __init__(
        self, url: str, *, bus: Bus | None = None, dispatch: Callable[[str], None] | None = None
    ) -> None:
        """``dispatch`` is told the id of each job once the transaction that wrote it is durable."""
        self.url = make_url(url)
        self._info: dict[str, Any] = {"bus": bus or Bus(), "dispatch": dispatch}
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._writing = Lock()
        self._kept = local()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded engine."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that may write; commit at the end, roll back on an error.

        Work registered with ``after_commit`` runs once the commit is durable.
        """
        self.let_go()
        with self._sessions(info=dict(self._info)) as session:
            with self._turn():
                session.connection(execution_options={"lms_write": True})
                yield session
                session.commit()
            for work in session.info.get("after_commit", ()):
                work()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let the threads of this process write one after the other where the engine does so.

        Waiting here ends at once when it is our turn; SQLite's own waiting sleeps and looks again.
        Whoever waited too long tries SQLite's, which keeps the order between processes and says no.
        """
        is_held = self.is_sqlite and self._writing.acquire(timeout=_BUSY_MS / 1000)
        try:
            yield
        finally:
            if is_held:
                self._writing.release()

    @contextmanager
    def snapshot(self, *, keep: bool = False) -> Iterator[Session]:
        """Open a session that only reads.

        With ``keep`` this thread's next snapshot goes on in the same session, as long as nothing
        was written in between; ``let_go`` ends what nobody took up.
        """
        session = self._taken_up() or self._sessions()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        if keep:
            self._kept.session = session
        else:
            session.close()

    def let_go(self) -> None:
        """Close the session a snapshot of this thread kept, if there is one."""
        session = self._taken_up()
        if session is not None:
            session.close()

    def _taken_up(self) -> Session | None:
        session: Session | None = getattr(self._kept, "session", None)
        self._kept.session = None
        return session

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Run ``work`` after this transaction has committed; never when it rolls back."""
    session.info.setdefault("after_commit", []).append(work)


def now(session: Session) -> datetime:
    """Return the database's clock: what earns or expires is measured by it alone."""
    if session.get_bind().dialect.name == "sqlite":
        value = session.scalar(_SQLITE_NOW)
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    moment: datetime | None = session.scalar(_POSTGRESQL_NOW)
    if moment is None:
        raise RuntimeError("the database gave no time")
    return moment.astimezone(UTC)


def _postgresql_engine(url: str) -> Engine:
    # Workers of a busy machine share few connections; a stuck statement must not hold a thread.
    return create_engine(
        url,
        pool_size=16,
        max_overflow=16,
        pool_pre_ping=True,
        connect_args={"options": "-c statement_timeout=30000 -c timezone=UTC"},
    )


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=16, max_overflow=48, connect_args={"timeout": _BUSY_MS / 1000}
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Set what SQLite forgets with each connection: the driver must not begin by itself."""
    setattr(connection, "isolation_level", None)  # noqa: B010 (the driver's own, untyped)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: an acknowledged write survives a power cut, as on PostgreSQL.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where a transaction will write.

    A read lock that is raised later fails at once when another writer came between.
    """
    write = connection.get_execution_options().get("lms_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
