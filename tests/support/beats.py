"""Sends a beat past HTTP: counted and written as the site's own view does it."""

from lms.core.access import Actor
from lms.db.session import Database
from lms.progress import service
from lms.progress.domain.report import PlayerReport

_PHONE = "0" * 64


def send_beat(
    database: Database, actor: Actor, lease_id: str, report: PlayerReport
) -> service.BeatReply:
    """Return the answer, durable. Raises what ``take_beat`` raises."""
    sent = service.SentBeat(actor, lease_id, report, _PHONE)
    counted = service.count_beat(database, sent)
    if counted is not None:
        written = counted.written
        if written is None or database.write_at_once(written.statements, written.values):
            return counted.reply
    with database.transaction() as session:
        return service.take_beat(session, sent)
