"""Databases to measure on, one an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import cluster

ENGINES = ("sqlite", "postgresql")


@contextmanager
def fresh_database(engine: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database on the disk, which keeps what it acknowledged."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    with cluster.own_server(folder / "pg", {"shared_buffers": "256MB"}) as server:
        socket = server.cluster.folder
        with cluster.connect(socket, "postgres") as connection:
            connection.execute("CREATE DATABASE bench")
        yield cluster.address(socket, "bench")
