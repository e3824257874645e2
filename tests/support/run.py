"""One folder per test run, shared by its workers and gone when the run ends."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VARIABLE = "XIANGBO_TEST_RUN"
_PROCESS = "process"
TEMPLATES = "templates"


def open_run() -> Path:
    """Make the run's folder, in memory where the machine has room for that."""
    memory = Path("/dev/shm")  # noqa: S108 -- the folder made below is ours alone
    parent = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="xiangbo-", dir=parent))
    # The database server may be another user, who has to pass through.
    folder.chmod(0o711)
    (folder / TEMPLATES).mkdir()
    (folder / _PROCESS).write_text(str(os.getpid()), encoding="ascii")
    # Workers are started with this environment, and so find the same folder.
    os.environ[_VARIABLE] = str(folder)
    return folder


def run_folder() -> Path:
    """Return the run's folder."""
    return Path(os.environ[_VARIABLE])


def run_process(folder: Path) -> int:
    """Return the process that opened the run."""
    return int((folder / _PROCESS).read_text(encoding="ascii"))


def close_run() -> None:
    """Remove the run's folder."""
    shutil.rmtree(os.environ.pop(_VARIABLE), ignore_errors=True)


@contextmanager
def only_one(name: str) -> Iterator[Path]:
    """Let one worker of the run at a time in; yield the run's folder."""
    folder = run_folder()
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
