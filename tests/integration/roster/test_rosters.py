"""The county's rosters: whose rows they have, what they say, and what stays hidden."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.gateway import Keys
from lms.accounts.models import Consent
from lms.core.clock import local_day
from lms.core.errors import InvalidInput
from lms.db.session import Database, now
from lms.enrollment.domain import AttendanceStatus
from lms.enrollment.models import AttendanceEntry, SessionAttendance
from lms.progress.queries import ledger_head
from lms.roster import queries, service
from lms.roster.domain import kinds
from lms.roster.domain.fields import FIELDS
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.kinds import ExportFormat, ExportKind
from lms.roster.domain.templates import shipped, usual
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.models import NoticeRow
from tests.factories.claims import (
    Claimant,
    make_claim,
    make_claimant,
    make_draft,
    make_passed,
    make_reviewer,
    move,
)
from tests.factories.enrollment import make_class, make_enrollment, make_session
from tests.factories.identity import make_identity
from tests.factories.notices import make_listed
from tests.factories.progress import Entry, make_day
from tests.factories.roster import Small
from tests.factories.vouchers import make_paid_with_voucher
from tests.integration.roster.conftest import EVERYTHING
from tests.integration.roster.rosters import (
    NUMBER,
    acts,
    cells,
    person_of,
    rows,
    wanted,
    whole,
)


def test_the_opening_roster_says_who_is_in_which_class(
    database: Database, small: Small, keys: Keys
) -> None:
    with database.transaction() as session:
        run = make_class(
            session,
            small.course,
            title="2026常山直播五级1班",
            filing_no="CS-2026-01",
            starts_on=date(2026, 5, 4),
            ends_on=date(2026, 6, 1),
            theory_minutes=90,
            practice_minutes=45 * 96,
            host_name="常山县大溪沿村",
            host_uscc="91330822MA28FXXXX1",
        )
        made = make_enrollment(session, course=small.course, training_class_id=run.id)
        make_identity(session, person_of(session, made), keys, number=NUMBER)
    (row,) = [each for each in cells(database, wanted(ExportKind.OPENING)) if each["class_name"]]
    assert (row["class_name"], row["filing_no"]) == ("2026常山直播五级1班", "CS-2026-01")
    assert (row["institution"], row["uscc"]) == ("常山县大溪沿村", "91330822MA28FXXXX1")
    assert (row["start"], row["end"]) == (date(2026, 5, 4), date(2026, 6, 1))
    assert (row["theory"], row["practice"], row["hours_total"]) == (2.0, 96.0, 98.0)
    assert (row["sex"], row["id_number"]) == ("女", f"{'*' * 14}{NUMBER[-4:]}")
    assert row["phone"].count("*") == 4
    assert (row["education"], row["address"], row["residence_code"]) == ("", "", "330822 常山县")


def test_whole_numbers_are_opened_on_the_record_and_only_of_who_agrees(
    database: Database, small: Small, keys: Keys, tmp_path: Path
) -> None:
    with database.transaction() as session:
        make_identity(session, person_of(session, small.finished), keys, number=NUMBER)
        other = make_identity(session, person_of(session, small.half), keys)
        consent = session.scalars(
            select(Consent).where(
                Consent.person_id == small.half.person_id, Consent.subject == SENSITIVE
            )
        ).one()
        consent.withdrawn_at = now(session)
    order = wanted(ExportKind.OPENING, **whole(keys), watermark="周敏 2026-06-01")
    target = tmp_path / "list.xlsx"
    assert service.write_list(database, order, target, lambda *_: None) == 3
    page = openpyxl.load_workbook(target).worksheets[0]
    titles = [cell.value for cell in page[3]]
    found = {row[1].value: row for row in page.iter_rows(min_row=4)}
    number = titles.index("身份证号码")
    assert found["程建军"][number].value == NUMBER
    assert found["程建军"][titles.index("联系电话")].value == "13900002217"
    assert found["占小燕"][number].value == f"{'*' * 14}{other[-4:]}"
    assert list(acts(database)) == [("export:1", {"purpose": "核对", "rows": 3})]


def test_the_applications_are_those_handed_in_with_money_and_masked_accounts(
    database: Database, keys: Keys
) -> None:
    with database.transaction() as session:
        own, gone, begun = (make_claimant(session, keys) for _ in range(3))
        claim, back = make_claim(session, own), make_claim(session, gone)
        move(session, back.id, ClaimAct.WITHDRAW, gone.person.id)
        make_draft(session, begun)
    (row,) = rows(database, wanted(ExportKind.APPLICATION))
    said = row.cells
    assert (row.subject_id, row.person_id) == (claim.id, own.person.id)
    assert (said["name"], said["amount"], said["subsidy_rate"]) == ("林秀芳", 600.0, 600.0)
    assert said["account"] == f"{'*' * 15}{_account(own)[-4:]}"
    assert (said["payee"], said["bank"]) == ("林秀芳", "浙江农商银行（常山）")
    assert (said["duplicate"], said["n_year"], said["n_total"]) == ("否", 0, 0)
    assert (said["review"], said["pay_state"], said["payee_kind"]) == ("待审核", "未拨付", "个人")
    assert said["work_type"] == "互联网营销师(直播销售员)"
    assert (said["level"], said["start"]) == ("五级/初级工", date(2026, 5, 1))
    (opened,) = cells(database, wanted(ExportKind.APPLICATION, **whole(keys)))
    assert opened["account"] == _account(own)
    assert len(opened["id_number"]) == 18
    assert "*" not in opened["id_number"]


def test_an_application_names_the_voucher_that_pays_for_the_course(
    database: Database, keys: Keys
) -> None:
    with database.transaction() as session:
        own, other = (make_claimant(session, keys) for _ in range(2))
        for each in (own, other):
            make_claim(session, each)
        code = make_paid_with_voucher(session, own.study.enrollment, programme_id=own.programme_id)
        column = usual(FIELDS["voucher_no"])
        template = replace(shipped(ExportKind.APPLICATION), columns=(column,))
        order, today = wanted(ExportKind.APPLICATION), local_day(now(session))
        found = [row.cells for row in queries.rows_of(session, order, template, today=today)]
    assert [dict(each) for each in found] == [{"voucher_no": code}, {"voucher_no": ""}]


def _account(own: Claimant) -> str:
    return f"6228480402564{own.person.id:06d}"


def test_the_notice_list_says_what_hangs_out_and_nothing_else(
    database: Database, keys: Keys
) -> None:
    with database.transaction() as session:
        two = make_reviewer(session), make_reviewer(session, name="鲁晓东")
        own = make_claimant(session, keys)
        make_passed(session, own, *two)
        make_listed(session, two[0], keys)
        shown = session.scalars(select(NoticeRow.shown)).one()
    (row,) = cells(database, wanted(ExportKind.NOTICE, **whole(keys)))
    assert (row["name"], row["id_number"]) == ("林*芳", shown["number"])
    assert row["id_number"].startswith("*" * 14)
    assert (row["amount"], row["group"]) == (600.0, "符合条件人员")
    assert row["residence_code"] == "常山县"
    text = " ".join(map(str, row.values()))
    assert own.person.phone not in text
    assert own.person.name not in text


def test_a_proof_of_hours_has_each_session_and_ends_with_the_ledgers_hash(
    database: Database, small: Small
) -> None:
    with database.transaction() as session:
        made = make_enrollment(session, course=small.course)
        day = date(2026, 5, 4)
        make_day(session, made, small.course, "A01/text", day, [Entry(45 * 60), Entry(90)])
        make_day(session, made, small.course, "A04/text", day + timedelta(days=1), [Entry(30 * 60)])
        head = ledger_head(session, made.person_id)
    found = [row for row in rows(database, wanted(ExportKind.HOURS)) if row.subject_id == made.id]
    first, second, total = (row.cells for row in found)
    assert (first["study_day"], first["minutes"], first["hours"]) == (day, 46, 1.0)
    assert (first["began"], first["ended"], first["study_course"]) == (
        "19:00",
        "19:46",
        "第 A01 课",
    )
    assert (second["minutes"], second["hours"]) == (30, 0.6)
    assert (total["study_course"], total["minutes"], total["hours"]) == ("合计", 76, 1.7)
    assert total["hours"] == total["hours_online_verified"]
    assert f"{head[0]} 条，SHA-256 {head[1]}" in total["note"]


def test_time_in_the_room_is_a_session_of_the_proof_and_counts_as_attendance(
    database: Database, small: Small
) -> None:
    with database.transaction() as session:
        run = make_class(session, small.course)
        made = make_enrollment(session, course=small.course, training_class_id=run.id)
        meeting = make_session(session, run, state="held")
        make_session(session, run, state="held", starts_at=meeting.starts_at + timedelta(days=1),
                     ends_at=meeting.ends_at + timedelta(days=1))  # fmt: skip
        entry = AttendanceEntry(
            class_session_id=meeting.id, person_id=made.person_id, number=1, source="staff",
            from_at=meeting.starts_at, until_at=meeting.starts_at + timedelta(minutes=90),
            attended_ms=90 * 60_000, status=AttendanceStatus.PRESENT,
            recorded_by_id=made.person_id, recorded_at=now(session),
        )  # fmt: skip
        session.add(entry)
        session.flush()
        session.add(
            SessionAttendance(
                class_session_id=meeting.id, person_id=made.person_id, entry_id=entry.id,
                attended_ms=90 * 60_000, from_at=entry.from_at, until_at=entry.until_at,
            )
        )  # fmt: skip
    found = [row for row in rows(database, wanted(ExportKind.HOURS)) if row.subject_id == made.id]
    room, total = (row.cells for row in found)
    assert room["study_course"].startswith("线下 · ")
    assert (room["hours"], total["hours"]) == (2.0, 2.0)
    assert (total["offline"], total["attendance_pct"]) == (2.0, 50.0)


def test_another_countys_rows_stay_there(database: Database, keys: Keys) -> None:
    with database.transaction() as session:
        make_claim(session, make_claimant(session, keys))
    far = queries.Selection(EVERYTHING, Filters(county="330881", status=Status.ALL))
    for kind in ExportKind:
        assert rows(database, queries.Wanted(kind, far)) == []


def test_a_list_too_long_to_print_is_refused_with_the_way_out(
    database: Database, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_MOST_PRINTED", 2)
    order = wanted(ExportKind.COMPLETIONS, form=ExportFormat.PDF)
    with pytest.raises(InvalidInput) as refused:
        service.write_list(database, order, tmp_path / "list.pdf", lambda *_: None)
    assert "XLSX" in refused.value.fields["format"].text
    assert list(tmp_path.iterdir()) == []
