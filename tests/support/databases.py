"""Fresh databases for tests: a copy of a template that is made once a run, on either engine."""

import importlib
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pkgutil import iter_modules
from uuid import uuid4

from sqlalchemy import Table

import lms
from lms.db.base import Base
from lms.db.session import Database
from tests.support import postgres
from tests.support.run import only_one
from tests.support.summary import miss

Prepare = Callable[[str], None]


@contextmanager
def fresh_url(engine: str, prepare: Prepare) -> Iterator[str]:
    """Yield the address of a database of one test; ``prepare`` fills the template once a run."""
    if engine == "postgresql" and postgres.programs() is None:
        miss("PostgreSQL", "no server program found; install postgresql or run make test")
    make = postgres.fresh_database if engine == "postgresql" else _fresh_sqlite
    with make(prepare) as url:
        yield url


@contextmanager
def _fresh_sqlite(prepare: Prepare) -> Iterator[str]:
    with only_one("sqlite-template") as folder:
        template = folder / "template.sqlite3"
        if not (folder / "template.made").exists():
            prepare(f"sqlite:///{template}")
            (folder / "template.made").touch()
    own = folder / f"{uuid4().hex}.sqlite3"
    shutil.copy(template, own)
    try:
        yield f"sqlite:///{own}"
    finally:
        for file in folder.glob(f"{own.name}*"):
            file.unlink(missing_ok=True)


def create_schema(url: str) -> None:
    """Make every table, constraint and trigger of the models."""
    load_models()
    database = Database(url)
    try:
        Base.metadata.create_all(database.engine, tables=_whole_tables())
    finally:
        database.dispose()


def load_models() -> None:
    """Import the models of every feature, so that the metadata is whole."""
    for feature in iter_modules(lms.__path__, "lms."):
        models = f"{feature.name}.models"
        if feature.ispkg and importlib.util.find_spec(models):
            # A feature that is half built does not stop the tests of the others.
            with suppress(ImportError):
                importlib.import_module(models)


def _whole_tables() -> list[Table]:
    """Return the tables that refer only to tables that exist."""
    tables = dict(Base.metadata.tables)
    while torn := [
        name
        for name, table in tables.items()
        if any(key.target_fullname.rpartition(".")[0] not in tables for key in table.foreign_keys)
    ]:
        for name in torn:
            del tables[name]
    return list(tables.values())
