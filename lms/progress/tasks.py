"""What the worker does about time: makes good an outage, looks at the days that are over."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.jobs.service import JobRequest, enqueue
from lms.jobs.tasks import JobContext
from lms.progress import queries
from lms.progress.domain.requests import LOST_TO_OUTAGE
from lms.progress.models import TimeRequest
from lms.progress.service import looking, outages
from lms.settings import Settings

LOOK = "progress.flags"
# So many people are looked at by one round of statements.
_BATCH = 100
# A site that was off looks back so far; what is older nobody remembers well enough to explain.
_DAYS_BACK = 7


def compensate(context: JobContext) -> Mapping[str, Any]:
    """Grant everybody of a county what an outage took from them, each in a transaction.

    It may be stopped and run again: nobody is granted anything twice.
    """
    request_id = int(context.args["request"])
    with context.database.snapshot() as session:
        outage = outages.outage_of(session.get_one(TimeRequest, request_id))
        total = queries.people_of(session, outage.county_code)
    done = after = 0
    while True:
        with context.database.snapshot() as session:
            people = queries.next_people(session, outage.county_code, after=after, limit=_BATCH)
            slips = queries.slips_of(session, people, outage) if people else {}
        if not people:
            break
        for person_id, entries in slips.items():
            if any(LOST_TO_OUTAGE & each.refused.keys() for each in entries):
                with context.database.transaction() as session:
                    outages.compensate_learner(
                        session, request_id=request_id, outage=outage, person_id=person_id
                    )
        done, after = done + len(people), people[-1]
        context.report(done, max(done, total))
    with context.database.transaction() as session:
        context.go_on(session)
        request = outages.carried_out(session, request_id=request_id, now=now(session))
        return {"people": request.granted_people, "ms": request.granted_ms}


def look_at_day(context: JobContext) -> Mapping[str, Any]:
    """Look at the day named in the job."""
    day = date.fromisoformat(context.args["day"])
    return {"flags": looking.look(context.database, day, context.report)}


def look_at_missed_days(database: Database, _settings: Settings) -> None:
    """Have yesterday looked at, once, and the days before it that nobody looked at."""
    with database.snapshot() as session:
        today = local_day(now(session))
        if queries.is_asked(session, _key(today - timedelta(days=1))):
            return
    with database.transaction() as session:
        for back in range(_DAYS_BACK, 0, -1):
            day = today - timedelta(days=back)
            enqueue(session, JobRequest(LOOK, _key(day), {"day": day.isoformat()}))


def _key(day: date) -> str:
    return f"{LOOK}:{day.isoformat()}"
