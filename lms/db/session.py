"""One transaction a piece of work: opens, commits and closes the unit of work."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from lms.db.bus import Bus
from lms.db.hands import Hands
from lms.db.libpq import Wire
from lms.db.prepared import Prepared, Values, told
from lms.db.turns import Turns

# Wait this long for another writer before giving up, milliseconds (SQLite has one writer).
_BUSY_MS = 15_000
# What a connection to SQLite keeps of the file: its own default, and for long reading.
_USUAL_KB, _ROOMY_KB = 2_000, 48_000
# A connection nobody took for so long may have been cut by a restart or a firewall.
_REST_SECONDS = 10
# Takes the write lock at once: a read lock that is raised later fails when a writer came between.
_BEGIN_WRITING = "BEGIN IMMEDIATE"
# A stuck statement must not hold a thread; to compile one takes longer than any here gains by it;
# all else is how values are written.
_POSTGRESQL_OPTIONS = (
    "-c statement_timeout=30000 -c jit=off -c timezone=UTC -c datestyle=ISO -c client_encoding=UTF8"
)
_SQLITE_NOW = text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
_POSTGRESQL_NOW = text("SELECT clock_timestamp()")

# Every beat reads and writes a dozen JSON columns; this takes a fifth of the usual encoder's time.
_JSON_FAST: dict[str, Any] = {
    "json_serializer": lambda value: to_json(value).decode(),
    "json_deserializer": from_json,
}


class Database:
    """The engine and the two ways to open a session on it."""

    def __init__(
        self, url: str, *, bus: Bus | None = None, dispatch: Callable[[str], None] | None = None
    ) -> None:
        """``dispatch`` is told the id of each job once the transaction that wrote it is durable."""
        self.url = make_url(url)
        self._info: dict[str, Any] = {"bus": bus or Bus(), "dispatch": dispatch}
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._hands = Hands(self.engine, _BEGIN_WRITING if self.is_sqlite else None)
        self._writing_engine = self.engine.execution_options(lms_write=True)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        file = self.url.database if self.is_sqlite else None
        self._turns = (
            Turns(file, _BUSY_MS / 1000) if file and not file.startswith((":", "file:")) else None
        )
        self._turn = self._turns.turn if self._turns else nullcontext

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded engine."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that may write; commit at the end, roll back on an error.

        Work registered with ``after_commit`` runs once the commit is durable.
        """
        with (
            self._turn(),
            self._writing_engine.begin() as connection,
            self._sessions(bind=connection, info=self._info) as session,
        ):
            yield session
            session.flush()
        for work in session.info.get("after_commit", ()):
            work()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Open a session that only reads.

        It ends as what writes does: the driver forgets all it prepared when one rolls back.
        """
        with (
            self.engine.begin() as connection,
            self._sessions(bind=connection, info=self._info) as session,
        ):
            yield session

    @contextmanager
    def one_moment(self) -> Iterator[Session]:
        """Open a session that only reads, and sees one moment however long it reads."""
        with self.snapshot() as session:
            if self.is_sqlite:  # whose read transactions see one moment by nature
                with _roomy(connection_of(session)):
                    yield session
            else:
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                yield session

    def look_up(self, prepared: Prepared, values: Values) -> list[Any]:
        """Return the rows of one reading statement, by itself: the cheapest way to ask something.

        No transaction is begun and ended around it. A database that was restarted is asked again.
        """
        try:
            return self._hands.ask(prepared, values)
        except self.engine.dialect.loaded_dbapi.Error as error:
            self._let_go(error)
            with self.engine.connect() as connection:
                return prepared.run(connection, values)

    def write_at_once(self, statements: Sequence[Prepared], values: Values) -> bool:
        """Write without asking anything in between; durable where this returns True.

        The first statement must answer with a row where it wrote one; it does not where what it
        rests on has changed. Then, and where anything went wrong, nothing is written and this is
        False: a ``transaction`` finds out what there is to say. PostgreSQL takes one statement.
        """
        try:
            with self._turn():
                return self._hands.write(statements, values)
        except self.engine.dialect.loaded_dbapi.Error as error:
            self._let_go(error)
            return False

    def _let_go(self, error: Exception) -> None:
        """After a restart no connection that was made before is of any use."""
        driver: Any = self.engine.dialect.loaded_dbapi
        if isinstance(error, driver.OperationalError | driver.InterfaceError):
            self._hands.close()
            self.engine.dispose()

    def dispose(self) -> None:
        """Close all connections that rest."""
        self._hands.close()
        self.engine.dispose()
        if self._turns:
            self._turns.close()


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Run ``work`` after this transaction has committed; never when it rolls back."""
    session.info.setdefault("after_commit", []).append(work)


def connection_of(session: Session) -> Connection:
    """Return the connection of a transaction's session, for statements that need no session.

    What the session itself holds must be flushed before, where such a statement asks about it.
    """
    bound = session.get_bind()
    return bound if isinstance(bound, Connection) else session.connection()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Take back all that is written within, and that alone, where it ends with an error.

    The session by itself sets its savepoint with its own first statement: what goes through
    ``connection_of`` before that would stay.
    """
    with session.begin_nested():
        session.connection()
        yield


def run_in(session: Session, prepared: Prepared, values: Values) -> list[Any]:
    """Return the rows of a statement in the session's transaction."""
    return prepared.run(connection_of(session), values)


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
    # Workers of a busy machine share few connections.
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=16,
        # The connection used last knows the most: its statements are prepared, its pages at hand.
        pool_use_lifo=True,
        **_JSON_FAST,
        connect_args={"options": _POSTGRESQL_OPTIONS},
    )
    event.listen(engine, "do_connect", _connected)
    event.listen(engine, "checkout", _ask_rested(engine.dialect))
    return engine


def _connected(_dialect: Dialect, _entry: object, args: list[Any], how: dict[str, Any]) -> Wire:
    return Wire.connect(*args, **how)


def _ask_rested(dialect: Dialect) -> Callable[[DBAPIConnection, ConnectionPoolEntry, object], None]:
    """Return what asks a connection that rested whether it still stands, before it is used.

    Asking each time costs every request two messages. One that breaks while it is busy fails what
    is under way; then SQLAlchemy throws all away that are as old.
    """

    def ask(connection: DBAPIConnection, entry: ConnectionPoolEntry, _taken: object) -> None:
        at = monotonic()
        rested = at - entry.info.get("lms_taken_at", at)
        entry.info["lms_taken_at"] = at
        if rested < _REST_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the database hung up") from error

    return ask


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=48,
        pool_use_lifo=True,
        connect_args={"timeout": _BUSY_MS / 1000},
        **_JSON_FAST,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def _roomy(connection: Connection) -> Iterator[None]:
    """Keep more pages at hand: long lists come back to the same ones out of their order."""
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_ROOMY_KB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_USUAL_KB}")


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
    """Take the write lock at once where a transaction will write."""
    write = connection.get_execution_options().get("lms_write", False)
    say = _BEGIN_WRITING if write else "BEGIN"
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(say)
    except connection.dialect.loaded_dbapi.Error as error:
        raise told(error, say, connection.dialect) from error
