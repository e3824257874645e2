"""A file of a frozen list says what was frozen, whatever became of it since."""

import csv
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.gateway import Keys
from lms.accounts.models import Consent, Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database, now
from lms.delivery.domain import DeliveryKind
from lms.delivery.service import open_whole
from lms.roster import service
from lms.roster.domain.frozen_words import ERASED
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.orders import ExportFormat, FrozenOrder
from lms.roster.models import Export, FrozenCells
from lms.roster.service import frozen_files
from lms.settings import Settings
from tests.factories.identity import make_identity, make_number
from tests.factories.roster import NEIGHBOUR, Small
from tests.integration.roster.exports import make_administrator, place, refusal, view
from tests.integration.roster.rosters import acts, person_of
from tests.integration.roster.test_frozen import ORDER, freeze, seen, study_on
from tests.support.databases import drop_trigger
from tests.support.site import Jobs

PURPOSE = "报送县人社局"


def wanted(batch_id: int, form: ExportFormat = ExportFormat.XLSX, **more: Any) -> FrozenOrder:
    return FrozenOrder(batch_id, form, PURPOSE, **more)


def content(database: Database, settings: Settings, actor: Actor, export_id: str) -> bytes:
    with database.snapshot() as session:
        at = now(session)
        handed = service.ready_export(session, actor=actor, export_id=export_id, now=at)
    with open_whole(settings, handed, DeliveryKind.EXPORT) as opened:
        return opened.read()


def sheet(data: bytes) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """Return the titles, the rows by title, and what stands below them."""
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    rows = list(page.iter_rows(min_row=3, values_only=True))
    titles = [str(cell) for cell in rows[0]]
    listed = [row for row in rows[1:] if isinstance(row[0], int)]
    below = [str(row[0]) for row in rows[1 + len(listed) :]]
    return titles, [dict(zip(titles, row, strict=True)) for row in listed], below


def made(
    database: Database, settings: Settings, actor: Actor, run_jobs: Jobs, order: FrozenOrder
) -> tuple[str, bytes]:
    with database.transaction() as session:
        ruler = make_administrator(session)
    export_id = place(database, actor, order)
    if order.is_unmasked:
        with database.transaction() as session:
            at = now(session)
            service.approve_export(session, actor=ruler, export_id=export_id, now=at)
    run_jobs()
    return export_id, content(database, settings, actor, export_id)


def test_the_file_has_the_frozen_cells_and_says_which_list_of_when_it_is(
    database: Database, settings: Settings, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    study_on(database, small, "改了名")
    export_id, data = made(database, settings, administrator, run_jobs, wanted(batch_id))
    titles, rows, below = sheet(data)
    batch = seen(database, administrator, batch_id).batch
    with database.snapshot() as session:
        frozen = session.scalars(select(FrozenCells).order_by(FrozenCells.number)).all()
    assert titles == [each["title"] for each in batch.template["columns"]]
    assert [(row["序号"], row["姓名"], row["线上核验学时"]) for row in rows] == [
        tuple(row.cells[key] for key in ("seq", "name", "hours_online_verified")) for row in frozen
    ]
    days = {(str(row["报名日期"].date()), row["联系电话"]) for row in rows}
    assert days == {(row.cells["enrolled_on"], row.cells["phone"]) for row in frozen}
    assert below[0].startswith("定稿第 1 号 · 截至 20")
    assert below[1:] == [f"清单校验值 SHA-256：{batch.sha256}"]
    shown = view(database, administrator, export_id)
    assert (shown.batch_number, shown.rows_made, shown.left_masked) == (1, 3, 0)
    with database.snapshot() as session:
        act = select(AuditEntry.details).where(AuditEntry.action == "export.made")
        told = session.scalars(act).one()
        at = now(session)
        saved = service.ready_export(session, actor=administrator, export_id=export_id, now=at)
    assert (told["batch"], told["rows"], told["purpose"]) == (batch_id, 3, PURPOSE)
    assert saved.saved_as.startswith("学员结业名单-定稿第1号-20")
    assert list(acts(database)) == []


def test_a_whole_number_stands_only_where_it_is_still_the_one_behind_the_mask(
    database: Database, settings: Settings, administrator: Actor, small: Small, keys: Keys,
    run_jobs: Jobs,
) -> None:  # fmt: skip
    with database.transaction() as session:
        people = [
            person_of(session, each) for each in (small.finished, small.half, small.withdrawn)
        ]
        kept, other, taken_back = (make_identity(session, each, keys) for each in people)
        phones = [each.phone for each in people]
    batch_id = freeze(database, administrator, run_jobs, kind=ExportKind.OPENING)
    with database.transaction() as session:
        half = session.get_one(Person, small.half.person_id)
        half.phone = "13900009999"
        make_identity(session, half, keys, number=make_number())
        theirs = Consent.person_id == small.withdrawn.person_id, Consent.subject == SENSITIVE
        session.execute(update(Consent).where(*theirs).values(withdrawn_at=now(session)))
    order = wanted(batch_id, is_unmasked=True)
    export_id, data = made(database, settings, administrator, run_jobs, order)
    _, rows, below = sheet(data)
    said = {(row["身份证号码"], row["联系电话"]) for row in rows}
    assert said == {
        (kept, phones[0]),
        (f"{'*' * 14}{other[-4:]}", f"{phones[1][:3]}****{phones[1][-4:]}"),
        (f"{'*' * 14}{taken_back[-4:]}", phones[2]),
    }
    assert below[2].startswith("有 3 个号码仍按定稿时隐去")
    assert view(database, administrator, export_id).left_masked == 3
    assert list(acts(database)) == [(f"export:{export_id}", {"purpose": PURPOSE, "rows": 3})]
    lying = (settings.export_dir / f"{export_id}.xlsx").read_bytes()
    assert lying.startswith(b"XBFRAME1")


def test_whoever_was_erased_since_keeps_the_place_and_the_counts_stay(
    database: Database, settings: Settings, administrator: Actor, small: Small, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    with database.transaction() as session:
        person = session.get_one(Person, small.half.person_id)
        person.state, person.phone, person.erased_at = "closed", None, now(session)
        session.flush()
        session.execute(delete(FrozenCells).where(FrozenCells.person_id == person.id))
    _, data = made(database, settings, administrator, run_jobs, wanted(batch_id))
    _, rows, below = sheet(data)
    assert [row["序号"] for row in rows] == [1, 2, 3]
    (gone,) = [row for row in rows if row["姓名"] == ERASED]
    assert {key for key, cell in gone.items() if cell} == {"序号", "姓名"}
    assert below[0].endswith("共 3 行")
    assert below[2].startswith("定稿以后有 1 人的信息已删除")


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.CSV_GB18030, ExportFormat.PDF])
def test_other_files_have_the_same_rows(
    database: Database, settings: Settings, administrator: Actor, run_jobs: Jobs, form: ExportFormat
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    _, data = made(database, settings, administrator, run_jobs, wanted(batch_id, form))
    if form is ExportFormat.PDF:
        page = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded()
        sha256 = seen(database, administrator, batch_id).batch.sha256 or ""
        assert page.count("定稿第 1 号") == 2  # at the head, and below the rows
        assert sha256[:16] in page
        return
    coding = "gb18030" if form is ExportFormat.CSV_GB18030 else "utf-8-sig"
    lines = list(csv.reader(io.StringIO(data.decode(coding))))
    assert [line[0] for line in lines] == ["序号", "1", "2", "3"]


def test_strangers_and_lists_that_are_not_whole_have_no_file(
    database: Database, administrator: Actor, run_jobs: Jobs
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    assert refusal(place, database, administrator, wanted(batch_id + 1)) == "not_found"
    with database.transaction() as session:
        at = now(session)
        later = service.order_batch(session, actor=administrator, order=ORDER, now=at).id
    assert refusal(place, database, administrator, wanted(later)) == "batch_not_frozen"
    for scope in (Scope(ScopeKind.COUNTY, NEIGHBOUR), Scope(ScopeKind.INSTITUTION, "1")):
        stranger = replace(administrator, grants=(Grant(Role.ADMINISTRATOR, scope),))
        for each in (batch_id, later):
            assert refusal(place, database, stranger, wanted(each)) == "not_found"


@pytest.mark.parametrize("change", ["language = 'en'", "batch_id = 99", "batch_id = NULL"])
def test_the_database_refuses_another_language_no_list_and_masks_of_none(
    database: Database, settings: Settings, administrator: Actor, run_jobs: Jobs, change: str
) -> None:
    batch_id = freeze(database, administrator, run_jobs)
    made(database, settings, administrator, run_jobs, wanted(batch_id))
    with pytest.raises((IntegrityError, DBAPIError)), database.transaction() as session:
        session.execute(text(f"UPDATE export SET {change}"))  # noqa: S608 (ours)
    with database.snapshot() as session:
        assert session.scalars(select(Export.language)).all() == ["zh"]


def test_a_file_of_a_list_that_is_not_whole_gets_past_neither_the_site_nor_the_database(
    database: Database, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        at = now(session)
        batch_id = service.order_batch(session, actor=administrator, order=ORDER, now=at).id
    assert refusal(place, database, administrator, wanted(batch_id)) == "batch_not_frozen"
    monkeypatch.setattr(frozen_files, "require_frozen", lambda _batch: None)
    with pytest.raises(IntegrityError):
        place(database, administrator, wanted(batch_id))
    drop_trigger(database, "export_no_insert", "export")
    assert place(database, administrator, wanted(batch_id))
