"""What is frozen with a list: its template, its sums, and marks of what its masks hide."""

from typing import Any

from sqlalchemy import select, update

from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.gateway import Keys
from lms.accounts.models import Consent, Identity, Person
from lms.core.access import Actor
from lms.db.session import Database, now
from lms.roster import queries, service
from lms.roster.domain.filters import Filters
from lms.roster.domain.frozen import Tally
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.marks import mark_of
from lms.roster.domain.masks import SIX_AND_FOUR
from lms.roster.domain.templates import shipped
from lms.roster.models import FrozenCells, RosterBatch
from lms.subsidy.models import SubsidyClaim
from tests.factories.accounts import COUNTY
from tests.factories.claims import make_claim, make_claimant
from tests.factories.identity import make_identity
from tests.factories.roster import Small
from tests.integration.roster.rosters import acts, person_of
from tests.integration.roster.test_frozen import ORDER, freeze, seen, study_on
from tests.support.site import Jobs

MASKED = "330822********"


def wish(
    database: Database, actor: Actor, kind: ExportKind, *keys: str, seen_version: int = 0
) -> None:
    """Let the county have the columns named, identity numbers by six and four."""
    content = shipped(kind).as_content()
    forms = {"id_number": SIX_AND_FOUR, "enrolled_on": "YYYY/MM/DD"}
    titles = {"name": "学员姓名"}
    content["columns"] = [
        {"key": each["key"], "title": titles.get(each["key"], each["title"]),
         "form": forms.get(each["key"], each["form"])}
        for each in content["columns"]
        if each["key"] in keys
    ]  # fmt: skip
    with database.transaction() as session:
        service.keep_template(
            *(session,), actor=actor, place=(COUNTY, kind), seen=seen_version,
            content=content, now=now(session),
        )  # fmt: skip


def frozen(database: Database, batch_id: int) -> list[FrozenCells]:
    with database.snapshot() as session:
        wanted = select(FrozenCells).where(FrozenCells.batch_id == batch_id)
        return list(session.scalars(wanted.order_by(FrozenCells.number)))


def batch(database: Database, batch_id: int) -> RosterBatch:
    with database.snapshot() as session:
        return session.get_one(RosterBatch, batch_id)


def test_a_list_is_frozen_by_the_form_of_its_order_and_corrected_by_the_same(
    database: Database, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    columns = ("seq", "name", "hours_online_verified")
    wish(database, administrator, ExportKind.COMPLETIONS, *columns)
    with database.transaction() as session:
        at = now(session)
        first = service.order_batch(session, actor=administrator, order=ORDER, now=at).id
    # The county wants it otherwise before a worker comes to it.
    wish(database, administrator, ExportKind.COMPLETIONS, "name", "phone", seen_version=1)
    run_jobs()
    assert {tuple(sorted(row.cells)) for row in frozen(database, first)} == {tuple(sorted(columns))}
    template = batch(database, first).template
    assert [each["title"] for each in template["columns"]] == ["序号", "学员姓名", "线上核验学时"]
    with database.snapshot() as session:
        assert queries.check(session, session.get_one(RosterBatch, first)).is_whole
    study_on(database, small, "占小燕")
    with database.transaction() as session:
        again: dict[str, Any] = {"actor": administrator, "batch_id": first, "now": now(session)}
        second = service.correct_batch(session, **again, reason="补学时").id
    run_jobs()
    assert batch(database, second).template == template
    assert seen(database, administrator, second).tally == Tally(changed=1)
    # The next one is of the new form: only what both have is held together.
    third = freeze(database, administrator, run_jobs)
    assert set(frozen(database, third)[0].cells) == {"name", "phone"}
    assert seen(database, administrator, third).tally == Tally()


def test_the_sums_are_those_of_the_cells_to_the_last_fen_and_tenth(
    database: Database, administrator: Actor, small: Small, keys: Keys, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        odd = (10_010, 20_020, 30_031)
        for fen in odd:
            claim = make_claim(session, make_claimant(session, keys))
            own = SubsidyClaim.id == claim.id
            session.execute(update(SubsidyClaim).where(own).values(amount_fen=fen))
    listed = freeze(database, administrator, run_jobs)
    assert batch(database, listed).sums == {"hours_online_verified": 20 + 10}
    paid = {"kind": ExportKind.APPLICATION, "filters": Filters(county=COUNTY)}
    applied = freeze(database, administrator, run_jobs, **paid)
    sums, rows = batch(database, applied).sums, frozen(database, applied)
    assert len(rows) == len(odd)
    assert (sums["amount"], sums["living"]) == (sum(odd), 0)
    for key, parts in (("amount", 100), ("hours_online_verified", 10)):
        assert sums[key] == sum(round((row.cells[key] or 0) * parts) for row in rows)


def test_marks_are_copied_digests_of_who_agrees_and_no_number_is_opened(
    database: Database, administrator: Actor, small: Small, keys: Keys, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        for made in (small.finished, small.half):
            make_identity(session, person_of(session, made), keys)
        taken_back = Consent.person_id == small.half.person_id, Consent.subject == SENSITIVE
        session.execute(update(Consent).where(*taken_back).values(withdrawn_at=now(session)))
    batch_id = freeze(database, administrator, run_jobs, kind=ExportKind.OPENING)
    rows = {row.person_id: row.marks for row in frozen(database, batch_id)}
    with database.snapshot() as session:
        card = session.get_one(Identity, small.finished.person_id)
        phone = session.get_one(Person, small.finished.person_id).phone or ""
    assert rows[small.finished.person_id] == {
        "id_number": card.number_index,
        "phone": mark_of("phone", phone, keys.index.of),
    }
    assert phone not in str(rows)
    assert set(rows[small.half.person_id]) == {"phone"}
    assert list(acts(database)) == []


def test_a_mask_that_needs_the_number_has_its_opening_written_down_first(
    database: Database, administrator: Actor, small: Small, keys: Keys, run_jobs: Jobs
) -> None:
    with database.transaction() as session:
        number = make_identity(session, person_of(session, small.finished), keys)
    wish(database, administrator, ExportKind.OPENING, "seq", "name", "id_number")
    batch_id = freeze(database, administrator, run_jobs, kind=ExportKind.OPENING)
    said = {row.person_id: row.cells["id_number"] for row in frozen(database, batch_id)}
    assert said[small.finished.person_id] == MASKED + number[-4:]
    assert list(acts(database)) == [(f"batch:{batch_id}", {"purpose": ORDER.purpose, "rows": 3})]
