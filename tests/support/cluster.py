"""A PostgreSQL cluster in a folder: made, started and stopped, also as root, also as by a crash."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
# Where tools/machine.py puts the programs when the machine has none.
OWN_PROGRAMS = ROOT / "var" / "postgresql"
_SUPERUSER = "app"
_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}
_PATIENCE = 30


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or nothing where the machine has none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(debian, key=lambda file: float(file.parts[4]), reverse=True)
    on_path = shutil.which("initdb")
    found = [*newest, *([Path(on_path)] if on_path else []), *OWN_PROGRAMS.rglob("bin/initdb")]
    return found[0].parent if found else None


def connect(socket: str | Path, name: str) -> psycopg.Connection:
    """Open a connection to a database of the server that listens in the folder."""
    return psycopg.connect(host=str(socket), user=_SUPERUSER, dbname=name, autocommit=True)


def address(socket: str | Path, name: str) -> str:
    """Return the address of a database as the site's settings take it."""
    return f"postgresql+psycopg://{_SUPERUSER}@/{name}?host={socket}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The data in a folder, and what it takes to run a server on it."""

    folder: Path
    programs: Path
    as_user: tuple[str, ...]

    @property
    def data(self) -> Path:
        """Return where the data lies."""
        return self.folder / "data"

    @property
    def pid_file(self) -> Path:
        """Return the file that names the server's process while there is one."""
        return self.data / "postmaster.pid"

    def launch(self, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a server and wait until it answers."""
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder)]
        for name, value in {**_OPTIONS, **options}.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            server = subprocess.Popen(
                [*self.as_user, *command],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_ready(server)
        return server

    def environment(self) -> dict[str, str]:
        """Return the whole environment of its programs."""
        return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.folder)}

    @property
    def _log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    def _wait_ready(self, server: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                connect(self.folder, "postgres").close()
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > until:
                    log = self._log.read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start:\n{log[-2000:]}") from None
                time.sleep(0.05)
            else:
                return


def make_cluster(folder: Path) -> Cluster:
    """Make an empty cluster in a new folder. Raises ``LookupError`` without PostgreSQL."""
    found = programs()
    if found is None:
        raise LookupError("PostgreSQL is not installed")
    folder.mkdir()
    if os.geteuid() == 0 and found.is_relative_to(OWN_PROGRAMS):
        # The other user may not look into our home.
        shutil.copytree(OWN_PROGRAMS, folder / "programs", symlinks=True)
        found = folder / "programs" / found.relative_to(OWN_PROGRAMS)
    made = Cluster(folder, found, _as_other_user(folder))
    command = [str(found / "initdb"), "-D", str(made.data), "-U", _SUPERUSER, "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run(
        [*made.as_user, *command], check=True, env=made.environment(), stdout=subprocess.DEVNULL
    )
    return made


def _as_other_user(folder: Path) -> tuple[str, ...]:
    """Return what makes a command run as somebody else: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return ()
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")


class Server:
    """A server of one's own that may crash and come back."""

    def __init__(self, cluster: Cluster, options: Mapping[str, str]) -> None:
        self.cluster = cluster
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, whatever state the data was left in."""
        self._process = self.cluster.launch(self._options)

    def crash(self) -> None:
        """Stop it at once (``immediate``): nothing that is not on the disk yet gets there."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(_PATIENCE)
            self._process = None


@contextmanager
def own_server(folder: Path, options: Mapping[str, str]) -> Iterator[Server]:
    """Yield a running server on a new cluster in the folder; both are gone afterwards."""
    server = Server(make_cluster(folder), options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
