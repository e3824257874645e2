"""Public lists as visitors meet them: masked, not for search engines, gone after the last day."""

import re
from importlib import import_module

import pypdfium2
import pytest
from sqlalchemy import select, text

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.models import NoticeObjection
from lms.subsidy.notice_tasks import keep_printed
from tests.factories.accounts import make_county
from tests.factories.claims import make_reviewer
from tests.factories.notices import make_listed, make_waiting
from tests.support.clock import move_days
from tests.support.site import Client, Jobs
from tests.support.statements import assert_cheap

SAID = {"row": "2", "words": "她开着店，没有失业。", "contact": "0570-5012345"}


@pytest.fixture
def number(database: Database, settings: Settings) -> str:
    """A list of three claims that hangs out since today."""
    keys = keys_of(settings)
    with database.transaction() as session:
        two = make_reviewer(session), make_reviewer(session, name="鲁晓东")
        make_waiting(session, keys, two, 3)
        return make_listed(session, two[0], keys).number


def words_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_page_and_paper_tell_no_name_number_phone_or_age(
    client: Client, database: Database, number: str
) -> None:
    page = client.get(f"/notices/{number}")
    paper = client.get(f"/notices/{number}.pdf")
    assert paper.mimetype == "application/pdf"
    for answer in (page, paper, client.get("/notices/"), client.get(f"/notices/{number}/qr.svg")):
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex' in page.text
    printed = words_of(paper.data)
    with database.snapshot() as session:
        people = session.scalars(select(Person)).all()
        born = session.scalars(text("SELECT birth_date FROM identity")).all()
    for said in (re.sub(r"<[^>]+>", " ", page.text), printed):
        assert "林*芳" in said
        assert "1,800.00 元" in said or "1800 元" in said
        assert not [each for each in people if each.name in said or (each.phone or "-") in said]
        assert not [each for each in born if str(each) in said or str(each)[:4] + "年" in said]
        # Dates, the office's phone and addresses aside, no digits stand together.
        plain = re.sub(r"0570-5010000|GS-[0-9-]+|\d{4}-\d{2}-\d{2}", "", said)
        assert re.findall(r"[0-9]{5,}", plain) in ([], ["12333"])
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", printed)
    assert code is not None
    found = client.get(f"/notices/check?code={code[0].lower().replace('-', ' ')}")
    assert "与当时发布的一致" in found.text
    assert number in found.text
    assert client.get("/notices/check?code=7K3M-9QXA-2B4C").status_code == 404


def test_an_objection_hides_the_row_at_once_everywhere_and_tells_a_number(
    client: Client, database: Database, number: str
) -> None:
    form = client.get(f"/notices/{number}/object?row=2").text
    assert "林*芳" in form
    wrong = client.post(f"/notices/{number}/object", data={"row": "x", "contact": "12"})
    assert wrong.status_code == 422
    assert re.findall(r'id="(\w+)-fault"', wrong.text) == ["row", "words", "contact"]
    answer = client.post(f"/notices/{number}/object", data=SAID)
    assert answer.status_code == 303
    next_page = client.get(answer.location).text
    with database.snapshot() as session:
        kept = session.scalars(select(NoticeObjection)).one()
    assert kept.number in next_page
    assert "5012345" not in kept.contact + next_page + answer.location
    assert "正在核实" in client.get(f"/notices/{number}").text
    assert client.get(f"/notices/{number}").text.count("林*芳") == 2
    printed = words_of(client.get(f"/notices/{number}.pdf").data)
    assert (printed.count("林*芳"), printed.count("正在核实")) == (2, 1)
    assert client.post(f"/notices/{number}/object", data=SAID, csrf=False).status_code == 400


def test_whoever_objects_to_the_whole_list_is_told_what_that_does(
    client: Client, number: str
) -> None:
    answer = client.post(f"/notices/{number}/object", data={**SAID, "row": ""})
    page = client.get(answer.location).text
    assert "核实完之前，整份名单都不审定" in page
    assert "这一行已隐藏" not in page
    assert client.get(f"/notices/{number}").text.count("林*芳") == 3


def test_one_finds_oneself_by_row_or_name_and_the_name_is_in_no_address(
    client: Client, number: str
) -> None:
    answer = client.post(f"/notices/{number}/find", data={"who": "林秀芳"})
    assert answer.location == f"/notices/{number}?rows=1,2,3"
    assert client.get(answer.location).text.count("林*芳") == 3
    assert client.post(f"/notices/{number}/find", data={"who": "3"}).location.endswith("rows=3")
    nobody = client.post(f"/notices/{number}/find", data={"who": "王五"})
    assert "没有这个序号或姓名" in client.get(nobody.location).text


def test_from_the_day_after_the_last_all_of_it_is_gone_without_any_chore(
    client: Client, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five working days with a weekend and a holiday between them are over by then.
    move_days(monkeypatch, 20)
    for path in ("", ".pdf", "/object"):
        gone = client.get(f"/notices/{number}{path}")
        assert gone.status_code == 410
        assert "按规定撤下了" in gone.text
        assert "林*芳" not in gone.text
    late = client.post(f"/notices/{number}/object", data=SAID)
    assert late.status_code == 410
    assert number not in client.get("/notices/").text
    assert client.get(f"/notices/{number}?rows=1").status_code == 410


def test_a_long_list_is_printed_by_a_worker_anew_when_a_row_is_hidden_and_cleared_away(
    client: Client,
    database: Database,
    settings: Settings,
    run_jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("views.notices", "service.notices", "notice_tasks"):
        monkeypatch.setattr(import_module(f"lms.subsidy.{name}"), "PRINTED_AT_ONCE", 2)
    keys = keys_of(settings)
    with database.transaction() as session:
        two = make_reviewer(session), make_reviewer(session, name="鲁晓东")
        make_waiting(session, keys, two, 3)
        number = make_listed(session, two[0], keys).number
    waits = client.get(f"/notices/{number}.pdf")
    assert (waits.status_code, waits.headers["Retry-After"]) == (503, "60")
    run_jobs()
    assert words_of(client.get(f"/notices/{number}.pdf").data).count("林*芳") == 3
    client.post(f"/notices/{number}/object", data=SAID)
    assert client.get(f"/notices/{number}.pdf").status_code == 503, "the old paper tells too much"
    run_jobs()
    assert words_of(client.get(f"/notices/{number}.pdf").data).count("林*芳") == 2
    folder = settings.export_dir / "notices"
    keep_printed(database, settings)
    assert len(list(folder.iterdir())) == 2, "both languages, as the list hangs out now"
    move_days(monkeypatch, 20)
    keep_printed(database, settings)
    assert list(folder.iterdir()) == []


def test_too_many_objections_from_one_network_are_told_to_wait(
    client: Client, database: Database, number: str
) -> None:
    said = [client.post(f"/notices/{number}/object", data=SAID).status_code for _ in range(11)]
    assert said == [303] * 10 + [429]
    with database.snapshot() as session:
        assert len(session.scalars(select(NoticeObjection.id)).all()) == 10


def test_lists_are_shown_by_county_and_cost_little(
    client: Client, database: Database, number: str
) -> None:
    with database.transaction() as session:
        make_county(session, code="330824")
    assert number in client.get("/notices/?county=330822").text
    assert number not in client.get("/notices/?county=330824").text
    assert client.get("/notices/?county=1").status_code == 404
    assert client.get("/notices/GS-00-00-01").status_code == 404
    for path in ("/notices/", f"/notices/{number}", f"/notices/{number}/object?row=1"):
        assert_cheap(client, database, path)
        assert len(client.get(path).data) < 12_000
