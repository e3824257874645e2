"""Screen, file, frozen list and badge show the same number for the same learner."""

import io
import json
import re
from pathlib import Path

import openpyxl
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.roster.models import FrozenCells
from lms.settings import Settings
from tests.factories.accounts import COUNTY, make_staff, sign_in
from tests.factories.credentials import HOLDER, make_badge
from tests.support.site import Client, Jobs


def on_the_screen(browser: Client) -> tuple[str, str]:
    line = browser.get("/staff/completions").text.split(f">{HOLDER}<")[1].split("</tr>")[0]
    hours = re.search(r'data-l="核验学时">([\d.]+)<', line)
    percent = re.search(r'<td class="n pc">([\d.]+)%<', line)
    assert hours, line
    assert percent, line
    return hours[1], percent[1]


def in_the_file(app: Flask, folder: Path, kind: str) -> dict[str, object]:
    out = folder / f"{kind}.xlsx"
    told = app.test_cli_runner().invoke(
        args=["roster", "export", "--kind", kind, "--format", "xlsx", "--out", str(out)]
    )
    assert told.exit_code == 0, told.output
    rows = list(openpyxl.load_workbook(out).worksheets[0].iter_rows(min_row=3, values_only=True))
    return dict(zip(map(str, rows[0]), rows[-1], strict=True))


def frozen(browser: Client, database: Database, run_jobs: Jobs) -> tuple[float, float]:
    """Return the hours of the cell that was frozen, and of the file that was made of it."""
    place = browser.post("/staff/batches", data={"purpose": "5 月申报"}).location
    run_jobs()
    with database.snapshot() as session:
        cells = session.scalars(select(FrozenCells.cells)).one()
    assert browser.post(f"{place}/export", data={"purpose": "报送", "format": "xlsx"}).location
    run_jobs()
    (link,) = re.findall(r'href="(/exports/[^"]+)"', browser.get("/staff/exports").text)
    book = openpyxl.load_workbook(io.BytesIO(browser.get(link, buffered=True).data))
    titles, row, *_ = book.worksheets[0].iter_rows(min_row=3, values_only=True)
    told = dict(zip(map(str, titles), row, strict=True))
    return cells["hours_online_verified"], told["线上核验学时"]  # type: ignore[return-value]  # openpyxl's cells


def test_screen_file_proof_frozen_list_and_badge_agree(
    app: Flask, database: Database, settings: Settings, tmp_path: Path, run_jobs: Jobs
) -> None:
    badge = make_badge(database, settings)
    with database.transaction() as session:
        scope = Scope(ScopeKind.COUNTY, COUNTY)
        person = make_staff(session, Role.ADMINISTRATOR, scope, name="周敏")
        assert session.scalar(select(Person.name).where(Person.id == badge.person_id)) == HOLDER
    browser: Client = app.test_client()
    sign_in(browser, person, confirmed_at=utc_now())
    hours, percent = on_the_screen(browser)
    results = json.loads(badge.document or "")["credentialSubject"]["result"]
    signed = {each["value"] for each in results if "value" in each}
    listed = in_the_file(app, tmp_path, "completions")
    proved = in_the_file(app, tmp_path, "hours")
    # 94 minutes are 2.088… credit hours: never rounded up, and to a tenth everywhere.
    assert hours == "2.0"
    assert signed == {hours, percent}
    assert frozen(browser, database, run_jobs) == (float(hours), float(hours))
    assert listed["线上核验学时"] == proved["线上核验学时"] == float(hours)
    assert listed["结业测验成绩"] == proved["结业考核成绩(理论)"] == float(percent)
