"""Removes work that a killed worker left behind; what somebody works on is locked and stays."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WORK = "work"
# No folder of work has a name like this one's.
_ALONE = ".alone"


def clear_leftovers(root: Path) -> int:
    """Remove the folders of work that nobody holds, with their locks' help; return how many."""
    removed = 0
    for folder in (root / _WORK).glob("*/"):
        with _held(folder.with_suffix(".lock")) as is_ours:
            if is_ours and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


@contextmanager
def only_one(root: Path) -> Iterator[bool]:
    """Yield whether nobody else on this machine is inside; what is killed is inside no more."""
    (root / _WORK).mkdir(parents=True, exist_ok=True)
    with _held(root / _WORK / _ALONE) as is_ours:
        yield is_ours


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
