"""Lets the site's worker take jobs up at once and halt for good at a step, to be killed there.

Its arguments are a file to make when it has come so far, and at which step to halt; -1 is nowhere.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.cli import main

from lms.jobs.tasks import start_chores, start_relay


class Halting:
    """Halts for good at one of the steps."""

    def __init__(self, marker: Path, halt_at: int) -> None:
        self._marker, self._halt_at = marker, halt_at

    @classmethod
    def as_asked(cls) -> "Halting":
        """Return what the arguments of the program ask for."""
        return cls(Path(sys.argv[1]), int(sys.argv[2]))

    def at(self, step: int) -> None:
        """Take a step."""
        if step == self._halt_at:
            self._marker.touch()
            threading.Event().wait()

    def before(self, step: int, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return what takes a step first."""

        def halted(*args: Any, **kwargs: Any) -> Any:
            self.at(step)
            return real(*args, **kwargs)

        return halted

    def finishing(self, step: int, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return what takes a step before a job that made rows is done; other jobs go on."""

        def halted(session: Any, job_id: str, result: Any) -> None:
            if "rows" in (result or {}):
                self.at(step)
            real(session, job_id, result)

        return halted

    def after(self, step: int, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return what takes a step last."""

        def halted(*args: Any, **kwargs: Any) -> Any:
            done = real(*args, **kwargs)
            self.at(step)
            return done

        return halted


def work() -> None:
    """Be the site's worker, looking for jobs all the time."""
    for repeated in (start_chores, start_relay):
        defaults: Any = repeated
        defaults.__kwdefaults__["every"] = 0.1
    sys.argv = ["flask", "worker"]
    main()
