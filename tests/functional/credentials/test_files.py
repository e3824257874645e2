"""The files of a badge: the bytes that were signed, readable by every verifier."""

import json
import re

import pypdfium2
import pytest
import zxingcpp

from lms.credentials.gateway import art
from lms.credentials.models import Credential
from lms.settings import Settings
from tests.support.site import Client


def address(badge: Credential, form: str) -> str:
    return f"/credentials/{badge.id}.{form}"


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("json", "application/vc+ld+json"),
        ("jwt", "text/plain; charset=utf-8"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("pdf", "application/pdf"),
    ],
)
def test_each_file_comes_as_what_it_is_under_the_number_of_the_badge(
    client: Client, badge: Credential, form: str, kind: str
) -> None:
    answer = client.get(address(badge, form))
    assert answer.status_code == 200
    assert answer.content_type.startswith(kind)
    assert f'filename="{badge.serial}.{form}"' in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_handed_out_is_what_was_signed_and_stored(
    client: Client, badge: Credential
) -> None:
    assert client.get(address(badge, "json")).text == badge.document
    assert client.get(address(badge, "jwt")).text == badge.jwt
    assert client.get(address(badge, "json")).data == client.get(address(badge, "json")).data


@pytest.mark.parametrize("path", ["{}.json", "{}.jwt", "{}.png", "status/1", "did"])
def test_verifiers_of_other_hosts_may_read(client: Client, badge: Credential, path: str) -> None:
    asked = "/.well-known/did.json" if path == "did" else f"/credentials/{path.format(badge.id)}"
    answer = client.get(asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_the_did_document_names_the_keys_the_badge_was_signed_with(
    client: Client, badge: Credential
) -> None:
    did = client.get("/.well-known/did.json").get_json(force=True)
    used = json.loads(badge.document or "")["proof"][0]["verificationMethod"]
    assert did["id"] == "did:web:localhost"
    assert used in did["assertionMethod"]
    assert all(isinstance(each, str) for each in did["assertionMethod"])
    assert "private" not in json.dumps(did)
    assert {method["type"] for method in did["verificationMethod"]} == {"Multikey", "JsonWebKey"}


def test_a_site_that_signed_nothing_yet_names_no_key(client: Client) -> None:
    did = client.get("/.well-known/did.json").get_json(force=True)
    assert did["verificationMethod"] == did["assertionMethod"] == []


def test_the_sheet_shows_the_whole_name_to_its_holder_alone(
    client: Client, holder: Client, badge: Credential
) -> None:
    theirs, strangers = (each.get(address(badge, "pdf")) for each in (holder, client))
    assert theirs.data.startswith(b"%PDF-")
    assert theirs.data != strangers.data
    assert theirs.headers["Cache-Control"] == strangers.headers["Cache-Control"] == "no-store"


def test_every_address_of_ours_in_a_badge_answers(
    client: Client, badge: Credential, settings: Settings
) -> None:
    """A signed address stays for ever: none may lead nowhere."""
    signed = badge.document or ""
    named = {
        each.partition("#")[0]
        for each in re.findall(rf'"{re.escape(settings.base_url)}(/[^"]*)"', signed)
    }
    assert {f"/credentials/{badge.id}.png", "/credentials/art/noodle.svg", "/"} <= named
    assert {path: client.get(path).status_code for path in named} == dict.fromkeys(named, 200)
    assert client.get("/credentials/art/noodle.svg").data == art.badge_svg("noodle")


def test_a_list_that_is_not_there_and_odd_addresses_are_not_found(
    client: Client, badge: Credential
) -> None:
    for path in (
        "status/2",
        "status/99999999999999999999",
        f"{badge.id}.exe",
        "x.json",
        "art/x.svg",
    ):
        assert client.get(f"/credentials/{path}").status_code == 404


def test_addresses_take_no_changes(client: Client, badge: Credential) -> None:
    assert client.post(address(badge, "json")).status_code == 405


def test_the_printed_sheet_leads_to_the_check_page_and_carries_the_badge(
    client: Client, badge: Credential
) -> None:
    """A reader of sheets and one of codes, both written by others, take the printed page apart."""
    sheet = pypdfium2.PdfDocument(client.get(address(badge, "pdf")).data)
    page = sheet[0]
    drawn = page.render(scale=2, grayscale=True)
    points = memoryview(bytes(drawn.buffer)).cast("B", shape=[drawn.height, drawn.stride])
    (code,) = zxingcpp.read_barcodes(points)
    assert code.text == f"http://localhost/credentials/{badge.id}"
    assert "这枚徽章现在有效" in client.get(code.text).text
    words = page.get_textpage().get_text_range()
    for expected in ("直播之星 · 主播班", "林*芳", badge.serial, "不是国家职业技能等级证书"):
        assert expected in words
    assert len(sheet) == sheet.count_attachments() == 1
    carried = sheet.get_attachment(0)
    assert carried.get_name() == f"{badge.serial}.json"
    assert bytes(carried.get_data()).decode() == badge.document
