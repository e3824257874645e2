"""One PostgreSQL server per test run, also as root; a fresh database for each test."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.support.run import only_one, run_folder, run_process

ROOT = Path(__file__).resolve().parents[2]
# Where tools/machine.py puts the programs when the machine has none.
OWN_PROGRAMS = ROOT / "var" / "postgresql"
_SUPERUSER = "app"
_TEMPLATE = "template_xiangbo"
# Durability is not what these tests are about; a lost server is made anew.
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or nothing where the machine has none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(debian, key=lambda file: float(file.parts[4]), reverse=True)
    on_path = shutil.which("initdb")
    found = [*newest, *([Path(on_path)] if on_path else []), *OWN_PROGRAMS.rglob("bin/initdb")]
    return found[0].parent if found else None


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
def fresh_database(prepare: Callable[[str], None]) -> Iterator[str]:
    """Yield the address of a new database; ``prepare`` fills the template once a run."""
    socket, name = server_url(), f"t_{uuid4().hex}"
    _make_template(socket, prepare)
    with _connect(socket, "postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}{_strategy(connection)}")
    try:
        yield _address(socket, name)
    finally:
        with _connect(socket, "postgres") as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _make_template(socket: str, prepare: Callable[[str], None]) -> None:
    with only_one("postgres-template") as folder:
        made = folder / "postgres-template.made"
        if made.exists():
            return
        with _connect(socket, "postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {_TEMPLATE}")
        prepare(_address(socket, _TEMPLATE))
        made.touch()


def _strategy(connection: psycopg.Connection) -> str:
    # Copying files is twice as fast as logging pages where nothing is flushed to disk.
    return " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""


def _connect(socket: str, name: str) -> psycopg.Connection:
    return psycopg.connect(host=socket, user=_SUPERUSER, dbname=name, autocommit=True)


def _address(socket: str, name: str) -> str:
    return f"postgresql+psycopg://{_SUPERUSER}@/{name}?host={socket}"


def _start(folder: Path) -> dict[str, str | int]:
    """Make a cluster and start it; return its socket folder and its process."""
    found = programs()
    if found is None:
        raise LookupError("PostgreSQL is not installed")
    folder.mkdir()
    if os.geteuid() == 0 and found.is_relative_to(OWN_PROGRAMS):
        # The other user may not look into our home.
        shutil.copytree(OWN_PROGRAMS, folder / "programs", symlinks=True)
        found = folder / "programs" / found.relative_to(OWN_PROGRAMS)
    before = _as_other_user(folder)
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}
    data = str(folder / "data")
    make = [str(found / "initdb"), "-D", data, "-U", _SUPERUSER, "-A", "trust", "-E", "UTF8"]
    make += ["--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run([*before, *make], check=True, env=environment, stdout=subprocess.DEVNULL)
    command = [str(found / "postgres"), "-D", data, "-k", str(folder)]
    for name, value in _OPTIONS.items():
        command += ["-c", f"{name}={value}"]
    with (folder.parent / "postgres.log").open("wb") as log:
        server = subprocess.Popen(
            [*before, *command], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    _wait_ready(str(folder), server)
    _let_go(server)
    return {"socket": str(folder), "pid": server.pid, "watchdog": _watch(server.pid)}


def _as_other_user(folder: Path) -> list[str]:
    """Return what makes a command run as somebody else: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _wait_ready(socket: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            _connect(socket, "postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                log = (run_folder() / "postgres.log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log[-2000:]}") from None
            time.sleep(0.05)
        else:
            return


def _wait_stopped(folder: Path) -> None:
    """Wait until the server has cleaned up after itself."""
    until = time.monotonic() + 10
    while (folder / "pg" / "data" / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.05)


def _watch(server: int) -> int:
    """Start a watchdog that ends the server when the test run is gone without a word."""
    folder = run_folder()
    command = [sys.executable, str(Path(__file__).with_name("watchdog.py"))]
    command += [str(run_process(folder)), str(server), str(folder)]
    # It must not hold the run's output open.
    silent = subprocess.DEVNULL
    watchdog = subprocess.Popen(
        command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
    )
    _let_go(watchdog)
    return watchdog.pid


def _let_go(process: subprocess.Popen) -> None:
    """Tell Python that the process is not its business: it outlives the worker that made it."""
    process.returncode = 0
