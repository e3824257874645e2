"""The check page: what a stranger learns of a badge, and what not."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from lms.core.clock import utc_now
from lms.credentials.models import Credential
from lms.credentials.views import public
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.credentials import make_badge, make_graduate, make_pending
from tests.support.databases import drop_trigger
from tests.support.site import Client
from tests.support.statements import asked

_KIND = "multipart/form-data; boundary=x"


def page_of(badge: Credential) -> str:
    return f"/credentials/{badge.id}"


def send(client: Client, data: bytes, name: str = "badge.json") -> str:
    answer = client.post("/credentials/check", data=_form(data, name), content_type=_KIND)
    assert answer.status_code == 200
    return answer.text


def _form(data: bytes, name: str) -> bytes:
    """Return a form with a file; the client's own leaves a temporary file open for large ones."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + b"\r\n--x--\r\n"


def test_a_valid_badge_says_so_with_what_was_done(client: Client, badge: Credential) -> None:
    shown = client.get(page_of(badge)).text
    assert "这枚徽章现在有效" in shown
    for words in (
        "直播之星 · 主播班",
        "2.0（1 学时 45 分钟）",
        "80 分，60 分及格",
        badge.serial or "",
    ):
        assert words in shown
    assert "不是国家职业资格证书" in shown


def test_a_stranger_sees_a_part_of_the_name_and_nothing_else_of_the_person(
    client: Client, badge: Credential, database: Database
) -> None:
    shown = client.get(page_of(badge)).text
    assert "林*芳" in shown
    assert "林秀芳" not in shown
    with database.snapshot() as session:
        phone, number = session.execute(
            text("SELECT phone, number FROM person JOIN holder ON holder.person_id = person.id")
        ).one()
    assert phone not in shown
    assert number not in shown


def test_the_holder_may_show_the_whole_name_and_hide_it_again(
    client: Client, holder: Client, badge: Credential
) -> None:
    address = f"/me/badges/{badge.id}/name"
    assert holder.post(address, data={"shows": "1"}).status_code == 302
    assert "林秀芳" in client.get(page_of(badge)).text
    holder.post(address, data={"shows": "0"})
    assert "林秀芳" not in client.get(page_of(badge)).text


def test_it_speaks_english_too(client: Client, badge: Credential) -> None:
    shown = client.get(f"{page_of(badge)}?lang=en").text
    assert "This badge is valid" in shown
    assert "Live Streaming Stars" in shown
    assert "2.0 units (45 minutes each)" in shown


def test_an_unknown_badge_is_not_ours(client: Client) -> None:
    answer = client.get("/credentials/00000000-0000-4000-8000-000000000000")
    assert answer.status_code == 404
    assert "本站没有这枚徽章" in answer.text


def test_a_badge_waiting_to_be_signed_is_nobodys_business(
    client: Client, database: Database
) -> None:
    with database.transaction() as session:
        waiting = make_pending(session, make_graduate(session))
    for ending in ("", ".json", ".pdf"):
        assert client.get(f"/credentials/{waiting}{ending}").status_code == 404


def test_an_expired_badge_says_until_when_it_was_good(
    client: Client, database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings, badge_months=1)
    with time_machine.travel(utc_now() + timedelta(days=40)):
        shown = client.get(page_of(badge)).text
    assert "这枚徽章过期了" in shown
    assert "stamp-valid" not in shown
    assert "badge-noodle-void" in shown


def regrade(row: Credential) -> None:
    assert row.document
    row.document = row.document.replace('"80"', '"99"')


def add_hours(row: Credential) -> None:
    assert row.value
    row.value = {**row.value, "verified_ms": 64_800_000}


def extend(row: Credential) -> None:
    row.valid_until = utc_now() + timedelta(days=999)


@pytest.mark.parametrize("change", [regrade, add_hours, extend])
def test_a_row_somebody_changed_in_the_database_is_never_called_valid(
    client: Client, badge: Credential, database: Database, change: Callable[[Credential], None]
) -> None:
    file = badge.document or ""
    drop_trigger(database, "credential_no_update", "credential")
    with database.transaction() as session:
        change(session.get_one(Credential, badge.id))
    for shown in (client.get(page_of(badge)).text, send(client, file.encode())):
        assert "不能信" in shown
        assert "现在有效" not in shown


def test_the_signature_is_checked_on_each_view_and_costs_two_statements(
    client: Client, badge: Credential, database: Database
) -> None:
    client.get(page_of(badge))
    with asked(database) as said:
        client.get(page_of(badge))
    assert len(said) == 2


@pytest.mark.parametrize(
    "change", [str.lower, lambda s: s.replace("-", " "), lambda s: f" {s.replace('-', '')} "]
)
def test_a_number_is_found_however_it_is_typed(client: Client, badge: Credential, change) -> None:
    typed = change(badge.serial or "")
    answer = client.get("/credentials/", query_string={"number": typed})
    assert answer.location == page_of(badge)


def test_an_address_may_be_pasted_too(client: Client, badge: Credential) -> None:
    pasted = f"http://localhost{page_of(badge)}.pdf"
    assert client.get("/credentials/", query_string={"number": pasted}).location == page_of(badge)


@pytest.mark.parametrize("typed", ["XB26-0000-0000", "你好", "%00", "x" * 5000, "'; --"])
def test_a_number_nobody_has_is_answered_kindly(client: Client, typed: str) -> None:
    answer = client.get("/credentials/", query_string={"number": typed})
    assert answer.status_code == 404
    assert "没有编号是" in answer.text


@pytest.mark.parametrize("form", ["json", "jwt", "png", "svg", "pdf"])
def test_every_carrier_sent_back_is_known_as_this_badge(
    client: Client, badge: Credential, form: str
) -> None:
    file = client.get(f"{page_of(badge)}.{form}").data
    shown = send(client, file, f"badge.{form}")
    assert "这枚徽章现在有效" in shown
    assert "您的文件就是这一枚" in shown
    assert badge.serial in shown


def test_a_changed_file_is_refused_with_the_reason(client: Client, badge: Credential) -> None:
    document = json.loads(badge.document or "")
    document["credentialSubject"]["result"][0]["value"] = "24.0"
    shown = send(client, json.dumps(document).encode())
    assert "这个文件不能信" in shown
    assert "签名以后，内容被改过" in shown
    assert f'href="{page_of(badge)}"' in shown, "the real badge is one tap away"
    changed = re.sub(r"<[^>]+>", " ", shown.split(">哪里改过</h2>")[1].split("</table>")[0])
    assert changed.split() == ["哪一项", "文件里写的", "真的", "核验学时", "24.0", "2.0"]


def test_what_a_forgery_says_is_text_and_cut_to_a_line(client: Client, badge: Credential) -> None:
    document = json.loads(badge.document or "")
    document["credentialSubject"]["licenseNumber"] = "<script>alert(1)</script>" + "x" * 5000
    document["credentialSubject"]["result"] = [{"value": 7}, "odd", None]
    shown = send(client, json.dumps(document).encode())
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "x" * 201 not in shown


def test_a_forgery_without_an_original_leads_nowhere(client: Client, badge: Credential) -> None:
    document = json.loads(badge.document or "")
    document["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    shown = send(client, json.dumps(document).encode())
    assert "这个文件不能信" in shown
    assert "看真的那一枚" not in shown
    assert "哪里改过" not in shown


def test_a_strangers_badge_is_not_ours_and_its_words_are_shown_as_its_own(client: Client) -> None:
    foreign = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "http://127.0.0.1:1/", "name": "<script>alert(1)</script>"},
        "credentialSubject": {"achievement": {"name": "=cmd|' /C calc'!A0"}},
        "proof": [{"cryptosuite": "none"}],
    }
    shown = send(client, json.dumps(foreign).encode())
    assert "这枚徽章不是本站发的" in shown
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_no_file_or_an_empty_one_is_said(client: Client) -> None:
    assert "文件是空的" in send(client, b"")
    answer = client.post("/credentials/check", data={})
    assert answer.status_code == 200
    assert "文件是空的" in answer.text


def test_ten_megabytes_are_refused_with_the_reason(client: Client) -> None:
    shown = send(client, b"\x89PNG\r\n\x1a\n" + bytes(10 * 1024 * 1024))
    assert "文件太大了" in shown
    answer = client.post(
        "/credentials/check",
        data=bytes(13 * 1024 * 1024),
        content_type=_KIND,
    )
    assert answer.status_code == 413


def test_checking_files_has_a_limit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "_FILES", public.Limit("badge-files", 2, 3600))
    for _ in range(2):
        send(client, b"{}")
    answer = client.post("/credentials/check", data={"file": (io.BytesIO(b"{}"), "x.json")})
    assert answer.status_code == 429


def test_a_form_without_its_token_is_refused(client: Client) -> None:
    sent = {"file": (io.BytesIO(b"{}"), "x.json")}
    assert client.post("/credentials/check", data=sent, csrf=False).status_code == 400
