"""The site's worker, which does its chores at once and halts where it is told to, to be killed.

Its arguments are a file to make when it has come so far, and at which step of erasing to halt: the
first steps delete the rows of a table each, the one after them all the file of a paper.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.cli import main

from lms.accounts.gateway import SealedFolder
from lms.jobs.tasks import start_chores
from lms.keeping import service
from lms.keeping.domain import GONE

OF_FILES = len(GONE)
_AT_ONCE = {"every": 0.05}


def _halting(real: Callable[..., Any], steps: "Steps", first: int) -> Callable[..., Any]:
    def step(*args: Any) -> Any:
        steps.take(first)
        return real(*args)

    return step


class Steps:
    """Counts the steps taken, and halts for good at one of them."""

    def __init__(self, marker: Path, halt_at: int) -> None:
        self._marker, self._halt_at, self.taken = marker, halt_at, 0

    def take(self, at_least: int = 0) -> None:
        """Take a step; ``at_least`` so many come before it."""
        self.taken = max(self.taken, at_least)
        if self.taken == self._halt_at:
            self._marker.touch()
            threading.Event().wait()
        self.taken += 1


if __name__ == "__main__":
    counted = Steps(Path(sys.argv[1]), int(sys.argv[2]))
    service.delete_rows = _halting(service.delete_rows, counted, 0)
    SealedFolder.remove = _halting(SealedFolder.remove, counted, OF_FILES)  # type: ignore[method-assign]  # halted on purpose
    defaults: Any = start_chores
    defaults.__kwdefaults__.update(_AT_ONCE)
    sys.argv = ["flask", "worker"]
    main()
