"""The site's worker, which halts at a step of an export."""

from lms.delivery import gateway, service
from lms.delivery.gateway import Sealer
from lms.jobs import service as jobs
from lms.roster.service import files
from tests.faults.halting import Halting, work

# Where it halts: before the rows are written, once they are, before and after the file is sealed,
# before and after it takes its place, and once all of it is durable.
STEPS = 7

if __name__ == "__main__":
    halting = Halting.as_asked()
    files.write_xlsx = halting.before(0, files.write_xlsx)
    gateway.measure = halting.before(1, gateway.measure)
    Sealer.seal = halting.before(2, Sealer.seal)  # type: ignore[method-assign]  # halted on purpose
    service.record_made = halting.before(3, service.record_made)
    gateway.put_in_place = halting.after(5, halting.before(4, gateway.put_in_place))
    jobs.finish = halting.finishing(6, jobs.finish)
    work()
