"""Verifiers that nobody here wrote, asked about the running site's badges and about broken ones."""

import base64
import copy
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import jwt
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib import baking
from openbadgeslib.ob3 import encode_bitstring
from sqlalchemy import select, update

from lms.accounts.gateway import Vault
from lms.core.clock import utc_now
from lms.credentials import tasks
from lms.credentials.domain import document as documents
from lms.credentials.domain.addresses import Site
from lms.credentials.gateway import keys, proofs
from lms.credentials.models import Credential, IssuerKey, StatusList
from lms.credentials.service import keys as issuer_keys
from lms.credentials.service import lists
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.credentials import make_badge
from tests.support.site import Client, LiveSite
from tests.support.verifiers import Verdict, Verifiers, assert_refused, assert_valid

Document = dict[str, Any]
Ask = Callable[..., dict[str, Verdict]]


def _attached(sheet: bytes) -> str:
    return bytes(pypdfium2.PdfDocument(sheet).get_attachment(0).get_data()).decode()


# What takes the badge out of its carrier was written by others, too.
_READERS: dict[str, Callable[[bytes], str | None]] = {
    "json": bytes.decode,
    "jwt": bytes.decode,
    "png": partial(baking.extract_png, keyword=baking.ITXT_KEYWORD_OB3),
    "svg": partial(baking.extract_svg, element=baking.SVG_ELEMENT_OB3, text_fallback=True),
    "pdf": _attached,
}


@pytest.fixture
def ask(verifiers: Verifiers, live_site: LiveSite, settings: Settings, badge: Credential) -> Ask:
    """Call it to have a badge judged by others, against the site as it answers now."""
    return lambda credential, **given: verifiers.verdicts(
        credential, settings.base_url, at=live_site.url, **given
    )


def document_of(badge: Credential) -> Document:
    return json.loads(badge.document or "")


@pytest.mark.parametrize("form", list(_READERS))
def test_every_carrier_holds_a_badge_that_others_find_valid(
    client: Client, badge: Credential, ask: Ask, form: str
) -> None:
    file = client.get(f"/credentials/{badge.id}.{form}").data
    taken_out = _READERS[form](file)
    assert taken_out
    verdicts = ask(taken_out)
    assert_valid(verdicts)
    if form != "jwt":
        assert verdicts["dcc"].schema is True


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["credentialSubject"]["result"][0].update(value="24.0"),
        lambda d: d["credentialSubject"].update(licenseNumber="XB26-0000-0000"),
        lambda d: d.update(validFrom="2020-01-01T00:00:00Z"),
        lambda d: d["credentialStatus"].update(statusListIndex="7"),
        lambda d: d["proof"][0].update(proofValue="z" + "3" * 87),
    ],
)
def test_a_changed_member_is_refused_by_all(
    badge: Credential, ask: Ask, change: Callable[[Document], object]
) -> None:
    changed = copy.deepcopy(document_of(badge))
    change(changed)
    assert not any(verdict.verified for verdict in ask(changed).values())


def test_a_key_that_is_not_in_our_list_is_refused_by_all(badge: Credential, ask: Ask) -> None:
    plain = document_of(badge)
    del plain["proof"]
    stranger = keys.fresh_ed25519()
    key = proofs.ProofKey(f"did:web:localhost#{stranger.id}", keys.read_private(stranger.private))
    assert_refused(ask(proofs.secured(plain, key, plain["validFrom"])))


def test_tokens_that_prove_nothing_are_refused(
    badge: Credential, ask: Ask, database: Database
) -> None:
    token = badge.jwt or ""
    kid = {"kid": jwt.get_unverified_header(token)["kid"]}
    payload = jwt.decode(token, options={"verify_signature": False})
    with database.snapshot() as session:
        row = session.scalars(select(IssuerKey).where(IssuerKey.kind == "rsa")).one()
    public = jwt.PyJWK.from_dict(row.public["publicKeyJwk"], algorithm="RS256").key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    confused = _unsigned({"alg": "HS256", **kid}, payload)
    mac = hmac.digest(pem, confused.encode(), "sha256")
    for bad in (
        _unsigned({"alg": "none", **kid}, payload) + ".",
        f"{confused}.{_part(mac)}",
        jwt.encode(payload, generate_private_key(65_537, 2048), "RS256", headers=kid),
        token[:-8] + "AAAAAAAA",
    ):
        assert_refused(ask(bad))


def _unsigned(header: Document, payload: Document) -> str:
    return ".".join(_part(json.dumps(each).encode()) for each in (header, payload))


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_revoked_badge_is_refused_by_all(
    badge: Credential, ask: Ask, database: Database, settings: Settings
) -> None:
    _publish(database, settings, [badge.status_index or 0])
    for form in (document_of(badge), badge.jwt or ""):
        assert_refused(ask(form), "revoked")


def _publish(
    database: Database,
    settings: Settings,
    revoked: list[int],
    *,
    days_ago: int = 0,
    forge: bool = False,
) -> None:
    """Serve a list with these bits; a forged one keeps the proof of another."""
    signer = tasks.open_signer(database, settings)
    at = (utc_now() - timedelta(days=days_ago)).replace(microsecond=0)
    bits = encode_bitstring(revoked)
    plain = documents.status_list(1, bits, signer.site, at)
    signed = proofs.secured(plain, signer.proof, plain["validFrom"])
    if forge:
        signed["credentialSubject"]["encodedList"] = encode_bitstring([3])
    with database.transaction() as session:
        session.execute(update(StatusList).values(document=json.dumps(signed)))


@pytest.mark.parametrize("broken", [{"days_ago": 30}, {"forge": True}])
def test_a_stale_or_forged_list_vouches_for_nobody(
    badge: Credential, ask: Ask, database: Database, settings: Settings, broken: dict[str, Any]
) -> None:
    _publish(database, settings, [5], **broken)
    for form in (document_of(badge), badge.jwt or ""):
        assert_refused(ask(form), "unknown")


def test_an_expired_badge_is_refused_by_all(
    verifiers: Verifiers, live_site: LiveSite, database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings, badge_months=1)
    later = utc_now() + timedelta(days=40)
    signer = tasks.open_signer(database, settings)
    with database.transaction() as session:
        lists.publish(session, 1, signer, at=later - timedelta(days=1))
    for form in (document_of(badge), badge.jwt or ""):
        verdicts = verifiers.verdicts(form, settings.base_url, at=live_site.url, now=later)
        assert verdicts
        assert not any(verdict.verified for verdict in verdicts.values())


def test_after_a_rotation_old_and_new_badges_are_valid_and_a_withdrawn_key_takes_its_own(
    badge: Credential, ask: Ask, database: Database, settings: Settings
) -> None:
    site, vault = Site(settings.base_url), Vault(settings.vault_keys)
    with database.transaction() as session:
        issuer_keys.rotate(session, vault, site, at=now(session))
    _publish(database, settings, [])
    new = make_badge(database, settings, slug="second", programme="store-l5")
    for each in (badge, new):
        assert_valid(ask(document_of(each)))
        assert_valid(ask(each.jwt or ""))
    name = document_of(badge)["proof"][0]["verificationMethod"].partition("#")[2]
    with database.transaction() as session:
        issuer_keys.rotate(session, vault, site, at=now(session), withdraw=name)
    _publish(database, settings, [])
    assert_refused(ask(document_of(badge)))
    assert_valid(ask(document_of(new)))


def test_renaming_passes_by_others_and_not_by_us(
    badge: Credential, ask: Ask, client: Client
) -> None:
    """A proof covers statements, not words: the two libraries accept what our page refuses."""
    renamed = copy.deepcopy(document_of(badge))
    renamed["@context"].append({"bonus": "https://schema.org/value"})
    result = renamed["credentialSubject"]["result"][0]
    result["bonus"] = result.pop("value")
    assert all(verdict.verified for verdict in ask(renamed).values())
    body = json.dumps(renamed).encode()
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\n' + body
    shown = client.post(
        "/credentials/check",
        data=form + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    ).text
    assert "这个文件不能信" in shown
