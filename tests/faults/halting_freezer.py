"""The site's worker, which halts at a step of the freezing of a list; each row is a write."""

from collections.abc import Callable
from itertools import count
from typing import Any

from lms.jobs import service as jobs
from lms.roster import service
from lms.roster.tasks import freezing
from tests.faults.halting import Halting, work

# Where it halts: before what an earlier run wrote is cleared away, and before that is durable;
# behind the first row, before that is durable; behind the second, with the first durable; once all
# rows are; before and after the batch is closed; and once all of it is durable.
STEPS = 8


def _add_rows(halting: Halting, real: Callable[..., Any]) -> Callable[..., Any]:
    times = count(2)

    def added(*args: Any, **kwargs: Any) -> Any:
        done = real(*args, **kwargs)
        halting.at(min(next(times), 4))
        return done

    return added


if __name__ == "__main__":
    halting = Halting.as_asked()
    freezing._CHUNK = 1  # noqa: SLF001 (so that three rows are three writes)
    service.clear_rows = halting.after(1, halting.before(0, service.clear_rows))
    service.add_rows = _add_rows(halting, service.add_rows)
    service.close_batch = halting.after(6, halting.before(5, service.close_batch))
    jobs.finish = halting.finishing(7, jobs.finish)
    work()
