"""What the worker does about enrollments: moves many to a newer version, one after the other."""

from collections.abc import Mapping
from typing import Any

from lms.db.session import now
from lms.enrollment import queries, service
from lms.jobs.tasks import JobContext

# So many are looked up by one statement; each is moved in a transaction of its own.
_BATCH = 100


def move(context: JobContext) -> Mapping[str, Any]:
    """Move everybody of an order, each in a transaction.

    It may be stopped and run again: who was moved is found moved.
    """
    order = service.order_of(context.args)
    group, revision_id = order.group, order.revision_id
    with context.database.snapshot() as session:
        total = queries.count_to_move(session, group, revision_id)
    done = after = 0
    while True:
        with context.database.snapshot() as session:
            ids = queries.next_to_move(session, group, revision_id, after=after, limit=_BATCH)
        if not ids:
            break
        for enrollment_id in ids:
            with context.database.transaction() as session:
                service.move_one(
                    session, enrollment_id=enrollment_id, revision_id=revision_id, now=now(session)
                )
        done, after = done + len(ids), ids[-1]
        context.report(done, max(done, total))
    with context.database.transaction() as session:
        context.go_on(session)
        return {"people": service.record_moved(session, order, now=now(session))}
