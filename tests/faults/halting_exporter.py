"""The site's worker, which takes jobs up at once and halts at a step of an export, to be killed.

Its arguments are a file to make when it has come so far, and at which step to halt; -1 is nowhere.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.cli import main

from lms.delivery import gateway, service
from lms.delivery.gateway import Sealer
from lms.jobs import service as jobs
from lms.jobs.tasks import start_chores, start_relay
from lms.roster.service import files

# Where it halts: before the rows are written, once they are, before and after the file is sealed,
# before and after it takes its place, and once all of it is durable.
STEPS = 7


class Halting:
    """Halts for good at one of the steps."""

    def __init__(self, marker: Path, halt_at: int) -> None:
        self._marker, self._halt_at = marker, halt_at

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

    def after(self, step: int, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return what takes a step last."""

        def halted(*args: Any, **kwargs: Any) -> Any:
            done = real(*args, **kwargs)
            self.at(step)
            return done

        return halted


if __name__ == "__main__":
    halting = Halting(Path(sys.argv[1]), int(sys.argv[2]))
    files.write_xlsx = halting.before(0, files.write_xlsx)
    gateway.measure = halting.before(1, gateway.measure)
    Sealer.seal = halting.before(2, Sealer.seal)  # type: ignore[method-assign]  # halted on purpose
    service.record_made = halting.before(3, service.record_made)
    gateway.put_in_place = halting.after(5, halting.before(4, gateway.put_in_place))
    jobs.finish = halting.before(6, jobs.finish)
    for repeated in (start_chores, start_relay):
        defaults: Any = repeated
        defaults.__kwdefaults__["every"] = 0.1
    sys.argv = ["flask", "worker"]
    main()
