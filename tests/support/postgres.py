"""One PostgreSQL server per test run; a fresh database for each test."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.support.cluster import Cluster, Server, address, connect, make_cluster, own_server
from tests.support.run import only_one, run_folder, run_process

# Durability is not what these tests are about; a lost server is made anew.
_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def server_url() -> str:
    """Return where the run's server listens; the first who asks starts it."""
    with only_one("postgres") as folder:
        state = folder / "postgres.json"
        if not state.exists():
            state.write_text(json.dumps(_start(folder / "pg")), encoding="utf-8")
        return json.loads(state.read_text(encoding="utf-8"))["socket"]


def stop_server(folder: Path) -> None:
    """Stop the run's server, if one was started."""
    state = folder / "postgres.json"
    if state.exists():
        server = json.loads(state.read_text(encoding="utf-8"))
        for process, number in (
            (server["watchdog"], signal.SIGKILL),
            (server["pid"], signal.SIGINT),
        ):
            with suppress(ProcessLookupError):
                os.kill(process, number)
        _wait_stopped(folder)


@contextmanager
def fresh_database(prepare: Callable[[str], None], template: str) -> Iterator[str]:
    """Yield the address of a new database; ``prepare`` fills the template once a run."""
    socket, name = server_url(), f"t_{uuid4().hex}"
    source = _make_template(socket, prepare, template)
    with connect(socket, "postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}{_strategy(connection)}")
    try:
        yield address(socket, name)
    finally:
        with connect(socket, "postgres") as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def durable_server(**options: str) -> Iterator[Server]:
    """Yield a server of this test alone that keeps what it acknowledged, as production's does."""
    folder = run_folder() / f"pg-{uuid4().hex[:8]}"
    with own_server(folder, options) as server:
        watchdog = _watch(server.cluster)
        try:
            yield server
        finally:
            os.kill(watchdog.pid, signal.SIGKILL)
            watchdog.wait()


def _make_template(socket: str, prepare: Callable[[str], None], template: str) -> str:
    name = f"template_{template}"
    with only_one(f"postgres-{template}") as folder:
        made = folder / f"postgres-{template}.made"
        if not made.exists():
            with connect(socket, "postgres") as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {name}")
            prepare(address(socket, name))
            made.touch()
    return name


def _strategy(connection: psycopg.Connection) -> str:
    # Copying files is twice as fast as logging pages where nothing is flushed to disk.
    return " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""


def _start(folder: Path) -> dict[str, str | int]:
    """Make a cluster and start it; return its socket folder and its process."""
    cluster = make_cluster(folder)
    server = cluster.launch(_OPTIONS)
    watchdog = _watch(cluster)
    # They outlive the worker that started them.
    _let_go(server)
    _let_go(watchdog)
    return {"socket": str(folder), "pid": server.pid, "watchdog": watchdog.pid}


def _wait_stopped(folder: Path) -> None:
    """Wait until the server has cleaned up after itself."""
    until = time.monotonic() + 10
    while (folder / "pg" / "data" / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.05)


def _watch(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start a watchdog that ends the server when the test run is gone without a word."""
    folder = run_folder()
    command = [sys.executable, str(Path(__file__).with_name("watchdog.py"))]
    command += [str(run_process(folder)), str(cluster.pid_file), str(folder)]
    # It must not hold the run's output open.
    silent = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
    )


def _let_go(process: subprocess.Popen) -> None:
    """Tell Python that the process is not its business."""
    process.returncode = 0
