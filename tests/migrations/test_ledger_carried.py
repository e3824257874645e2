"""The watch ledger survives the way to chained entries and back: evidence, answers and hashes."""

from typing import Any

from sqlalchemy import text

from lms.core.access import Actor
from lms.db.session import Database
from lms.operations import migrations
from lms.progress import queries, service
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat
from lms.progress.service.recounting import recount_person
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.beats import send_beat

_KEPT = (
    "SELECT lease_id, seq, day, claimed, credited, refused, credited_ms "
    "FROM watch_slice ORDER BY id"
)


def watch(database: Database) -> tuple[Actor, str]:
    """Let a learner report three times, the last without having played."""
    with database.transaction() as session:
        person = make_person(session)
        asset = make_asset(session, duration_ms=100_000)
        made = make_course(
            session, lessons=[lesson("A01", video(asset_id=asset.id, duration_ms=100_000))]
        )
        make_enrollment(session, person=person, course=made)
        actor = Actor(person.id, person.name, (), make_sign_in(session, person).id)
    with database.transaction() as session:
        held = service.take_lease(session, actor=actor, item_id=made.items["A01/video"].id).lease
    for seq, played in enumerate((((0, 30_000),), ((30_000, 40_000),), ()), start=1):
        beat(database, actor, held, seq, played)
    return actor, held


def beat(database: Database, actor: Actor, held: str, seq: int, played: Any) -> dict[str, Any]:
    return send_beat(database, actor, held, PlayerReport(Beat(seq, played))).answer


def test_beats_keep_their_evidence_and_their_answers(database: Database) -> None:
    actor, held = watch(database)
    answers = [beat(database, actor, held, seq, ()) for seq in (1, 2, 3)]
    with database.snapshot() as session:
        before = session.execute(text(_KEPT)).all()
    migrations.downgrade(database, "0007")
    with database.snapshot() as session:
        assert session.execute(text(_KEPT)).all() == before
        assert session.scalar(text("SELECT count(*) FROM beat")) == 3
        assert session.scalar(text("SELECT last_seq FROM playback_lease")) == 3
    migrations.upgrade(database)
    with database.snapshot() as session:
        assert session.execute(text(_KEPT)).all() == before
        head = queries.ledger_head(session, actor.person_id)
    # The lease is live still: repeats are known, and the next report chains what came before.
    assert [beat(database, actor, held, seq, ()) for seq in (1, 2, 3)] == answers
    beat(database, actor, held, 4, ((40_000, 41_000),))
    with database.transaction() as session:
        found = recount_person(session, actor.person_id)
        assert (found.entries, found.sets, found.broken) == (4, {}, ())
        # What a badge was made from before still is what the ledger's beginning says.
        assert queries.ledger_head(session, actor.person_id, first=3) == head
