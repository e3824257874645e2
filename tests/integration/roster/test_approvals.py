"""Lists with full numbers: another person's word first, sealed on the disk, told at each step."""

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, update

from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import LmsError
from lms.db.session import Database, now
from lms.delivery.domain import DeliveryKind, DeliveryState
from lms.delivery.models import Delivery
from lms.delivery.service import open_whole, reseal_files
from lms.delivery.tasks import clear_files
from lms.jobs.models import Job
from lms.notify.models import InboxMessage
from lms.roster import queries, service
from lms.roster.domain.filters import Filters, Status
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_sign_in, make_staff
from tests.factories.roster import NEIGHBOUR
from tests.integration.roster.exports import (
    files,
    make_administrator,
    ordered,
    place,
    refusal,
    view,
)
from tests.support.site import Jobs

UNMASKED = ordered(is_unmasked=True, filters=Filters(status=Status.ALL))


def ruler_of(database: Database, scope: Scope, *, proved: timedelta = timedelta(0)) -> Actor:
    """Make another administrator, of a place, who proved a while ago who they are."""
    with database.transaction() as session:
        person = make_staff(session, Role.ADMINISTRATOR, scope, name="吴建国")
        sign_in = make_sign_in(session, person, confirmed_at=now(session) - proved)
        return Actor(person.id, person.name, (Grant(Role.ADMINISTRATOR, scope),), sign_in.id)


@pytest.fixture
def ruler(database: Database) -> Actor:
    """Another administrator of the same county."""
    return ruler_of(database, Scope(ScopeKind.COUNTY, COUNTY))


def approve(database: Database, actor: Actor, export_id: str) -> None:
    with database.transaction() as session:
        service.approve_export(session, actor=actor, export_id=export_id, now=now(session))


def refuse(database: Database, actor: Actor, export_id: str) -> None:
    with database.transaction() as session:
        service.refuse_export(
            session, actor=actor, export_id=export_id, reason="用途不清", now=now(session)
        )


def told(database: Database, actor: Actor) -> list[str]:
    with database.snapshot() as session:
        own = select(InboxMessage.template).where(InboxMessage.person_id == actor.person_id)
        return list(session.scalars(own.order_by(InboxMessage.id)))


def waiting_for(database: Database, actor: Actor) -> list[str]:
    with database.snapshot() as session:
        return [each.id for each in queries.awaiting(session, actor, now(session))]


def acts(database: Database, export_id: str) -> list[tuple[int | None, str, int | None]]:
    with database.snapshot() as session:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == f"export:{export_id}")
            .order_by(AuditEntry.id)
        )
        return [(each.actor_id, each.action, each.details["rows"]) for each in entries]


def plain_of(database: Database, settings: Settings, actor: Actor, export_id: str) -> bytes:
    with database.snapshot() as session:
        handed = service.ready_export(session, actor=actor, export_id=export_id, now=now(session))
    with open_whole(settings, handed, DeliveryKind.EXPORT) as opened:
        return opened.read()


def other_key_alone(database: Database, settings: Settings, actor: Actor, export_id: str) -> bytes:
    """Seal the files that wait anew, and return what is read once the old key is gone."""
    newest = {"k2": b"2" * 32}
    both = replace(settings, vault_keys={**newest, **settings.vault_keys})
    assert [reseal_files(database, both) for _ in range(2)] == [1, 0]
    return plain_of(database, replace(settings, vault_keys=newest), actor, export_id)


def test_nothing_is_made_before_another_person_approved(
    database: Database, administrator: Actor, ruler: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator, UNMASKED)
    assert run_jobs() == 0
    assert view(database, administrator, export_id).state is DeliveryState.AWAITING_APPROVAL
    with database.snapshot() as session:
        assert session.scalars(select(Job)).all() == []
        [asked] = queries.awaiting(session, ruler, now(session))
    assert (asked.asked_by, asked.rows_about, asked.purpose) == ("周敏", 3, "5 月补贴申报")
    assert told(database, ruler) == ["export_awaits"]
    approve(database, ruler, export_id)
    assert waiting_for(database, ruler) == []
    run_jobs()
    assert view(database, administrator, export_id).is_ready
    assert told(database, administrator) == ["export_approved", "export_ready"]
    owner, other = administrator.person_id, ruler.person_id
    assert acts(database, export_id) == [
        (owner, "export.ordered", None),
        (other, "export.approved", None),
        (owner, "numbers.opened", 3),
        (owner, "export.made", 3),
    ]
    assert files(settings) == [f"{export_id}.xlsx"]


def test_only_another_who_holds_the_right_in_all_of_it_approves(
    database: Database, administrator: Actor, ruler: Actor
) -> None:
    export_id = place(database, administrator, UNMASKED)
    stranger = ruler_of(database, Scope(ScopeKind.COUNTY, NEIGHBOUR))
    tired = ruler_of(database, Scope(ScopeKind.COUNTY, COUNTY), proved=timedelta(minutes=11))
    for rule in (approve, refuse):
        assert refusal(rule, database, administrator, export_id) == "approval_by_another"
        assert refusal(rule, database, stranger, export_id) == "not_found"
        assert refusal(rule, database, tired, export_id) == "confirmation_required"
        assert refusal(rule, database, ruler, "unknown") == "not_found"
        assert refusal(rule, database, ruler, place(database, administrator)) == "not_found"
    assert waiting_for(database, stranger) == waiting_for(database, administrator) == []
    approve(database, ruler_of(database, Scope(ScopeKind.PLATFORM)), export_id)
    assert refusal(approve, database, ruler, export_id) == "approval_over"
    assert refusal(refuse, database, ruler, export_id) == "approval_over"


def test_a_list_of_many_counties_is_approved_by_who_holds_them_all(database: Database) -> None:
    everywhere, other = (ruler_of(database, Scope(ScopeKind.PLATFORM)) for _ in range(2))
    local = ruler_of(database, Scope(ScopeKind.COUNTY, COUNTY))
    with database.transaction() as session:
        make_administrator(session)
    everything = place(database, everywhere, ordered(is_unmasked=True))
    assert refusal(approve, database, local, everything) == "not_found"
    approve(database, other, everything)


def test_a_refusal_is_told_with_its_reason_and_ends_the_order(
    database: Database, administrator: Actor, ruler: Actor, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator, UNMASKED)
    refuse(database, ruler, export_id)
    assert run_jobs() == 0
    seen = view(database, administrator, export_id)
    assert (seen.state, seen.refusal) == (DeliveryState.REFUSED, "用途不清")
    assert told(database, administrator) == ["export_refused"]
    assert acts(database, export_id)[-1][:2] == (ruler.person_id, "export.refused")
    with pytest.raises(LmsError), database.transaction() as session:
        service.resume_export(session, actor=administrator, export_id=export_id, now=now(session))


def test_without_anybody_else_it_is_said_at_once(database: Database, administrator: Actor) -> None:
    assert refusal(place, database, administrator, UNMASKED) == "nobody_approves"
    with database.snapshot() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_who_lost_the_right_meanwhile_gets_no_list(
    database: Database, administrator: Actor, ruler: Actor
) -> None:
    export_id = place(database, administrator, UNMASKED)
    with database.transaction() as session:
        own = RoleGrant.person_id == administrator.person_id
        session.execute(update(RoleGrant).where(own).values(revoked_at=now(session)))
    assert refusal(approve, database, ruler, export_id) == "asker_may_not"


def test_an_order_nobody_approved_lapses_and_is_told_once(
    database: Database, administrator: Actor, ruler: Actor, settings: Settings
) -> None:
    export_id = place(database, administrator, UNMASKED)
    with database.transaction() as session:
        session.get_one(Delivery, export_id).expires_at = now(session) - timedelta(seconds=1)
    assert refusal(approve, database, ruler, export_id) == "approval_over"
    for _ in range(2):
        clear_files(database, settings)
    assert view(database, administrator, export_id).state is DeliveryState.EXPIRED
    assert told(database, administrator) == ["export_lapsed"]


def test_an_order_taken_back_waits_for_nobody_until_it_goes_on(
    database: Database, administrator: Actor, ruler: Actor, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator, UNMASKED)
    with database.transaction() as session:
        service.stop_export(session, actor=administrator, export_id=export_id, now=now(session))
    assert waiting_for(database, ruler) == []
    assert refusal(approve, database, ruler, export_id) == "approval_over"
    with database.transaction() as session:
        service.resume_export(session, actor=administrator, export_id=export_id, now=now(session))
    assert run_jobs() == 0
    assert waiting_for(database, ruler) == [export_id]


def test_the_file_lies_sealed_and_goes_out_plain(
    database: Database, administrator: Actor, ruler: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator, UNMASKED)
    approve(database, ruler, export_id)
    run_jobs()
    path = settings.export_dir / f"{export_id}.xlsx"
    assert b"PK\x03\x04" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    plain = plain_of(database, settings, administrator, export_id)
    assert openpyxl.load_workbook(io.BytesIO(plain)).worksheets[0].max_row == 6
    made = view(database, administrator, export_id)
    assert made.byte_size == len(plain)
    kept = path.read_bytes()
    assert other_key_alone(database, settings, administrator, export_id) == plain
    path.write_bytes(kept)
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(LmsError) as refused:
        plain_of(database, settings, administrator, export_id)
    assert refused.value.code == "export_file_gone"
    other = place(database, administrator, UNMASKED)
    approve(database, ruler, other)
    run_jobs()
    path.write_bytes((settings.export_dir / f"{other}.xlsx").read_bytes())
    with pytest.raises(LmsError):
        plain_of(database, settings, administrator, export_id)


def test_a_masked_file_that_was_changed_does_not_go_out(
    database: Database, administrator: Actor, settings: Settings, run_jobs: Jobs
) -> None:
    export_id = place(database, administrator)
    run_jobs()
    path = settings.export_dir / f"{export_id}.xlsx"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(LmsError):
        plain_of(database, settings, administrator, export_id)
