"""A county with a class, somebody at its desk, and rosters to be taken in there."""

from dataclasses import dataclass

import pytest

from lms.accounts.gateway import Keys, keys_of
from lms.accounts.service.rosters import SentRoster, read_sent
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.core.ids import new_uuid
from lms.db.session import Database, now
from lms.settings import Settings
from lms.staff import service
from lms.staff.models import RosterDraft
from lms.staff.service import Found, LookedAt, TakenIn
from tests.factories.accounts import COUNTY, make_staff
from tests.factories.catalog import MadeCourse, make_course
from tests.factories.enrollment import make_class


@dataclass
class Office:
    """The desk of a county: sends rosters, looks at them and takes them in."""

    database: Database
    keys: Keys
    actor: Actor
    course: MadeCourse
    class_id: int

    def send(self, data: bytes, class_id: int | None = None) -> tuple[str, SentRoster]:
        """Keep the draft of a roster; return its id and what the file says."""
        sent = read_sent(data, self.keys.index, today=local_day(utc_now()))
        draft = RosterDraft(
            id=new_uuid(),
            county_code=COUNTY,
            training_class_id=class_id,
            filename="花名册.xlsx",
            sha256="0" * 64,
            key_name="k1",
        )
        with self.database.transaction() as session:
            service.keep_draft(session, actor=self.actor, draft=draft, now=now(session))
        return draft.id, sent

    def look(self, draft_id: str, sent: SentRoster) -> Found:
        with self.database.snapshot() as session:
            draft = session.get_one(RosterDraft, draft_id)
            return service.find(session, actor=self.actor, draft=draft, sent=sent, now=now(session))

    def take(self, draft_id: str, sent: SentRoster, seen: str) -> TakenIn:
        with self.database.transaction() as session:
            draft = session.get_one(RosterDraft, draft_id, with_for_update=True)
            looked_at = LookedAt(draft, sent, seen)
            return service.take_in(
                session, actor=self.actor, roster=looked_at, keys=self.keys, now=now(session)
            )

    def take_in(self, data: bytes, class_id: int | None = None) -> TakenIn:
        """Send a roster, look at it and take it in."""
        draft_id, sent = self.send(data, class_id)
        return self.take(draft_id, sent, self.look(draft_id, sent).seen)


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    with database.transaction() as session:
        scope = Scope(ScopeKind.COUNTY, COUNTY)
        clerk = make_staff(session, Role.ADMINISTRATOR, scope, name="周敏")
        course = make_course(session)
        row = make_class(session, course, capacity=3)
        actor = Actor(clerk.id, clerk.name, (Grant(Role.ADMINISTRATOR, scope),), 1)
        return Office(database, keys_of(settings), actor, course, row.id)
