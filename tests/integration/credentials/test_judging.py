"""A file is judged as an outsider would, and each way of cheating is named for what it is."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import encode_bitstring
from sqlalchemy import select, update

from lms.core.clock import utc_now
from lms.credentials import queries, tasks
from lms.credentials.domain import document as documents
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.verdict import Difference, Finding, Verdict
from lms.credentials.gateway import art, keys, png, proofs, svg
from lms.credentials.models import Credential, IssuerKey, StatusList
from lms.credentials.service import judging
from lms.credentials.service import keys as issuer_keys
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.credentials import make_badge
from tests.integration.credentials.conftest import Document, Judge, altered, document_of


def test_each_carrier_of_our_badge_is_valid(badge: Credential, judge: Judge) -> None:
    document = badge.document or ""
    carried: list[bytes | str] = [
        document,
        badge.jwt or "",
        "\ufeff" + document,
        png.bake(art.badge_png("noodle"), document),
        svg.bake(art.badge_svg("noodle"), document),
        svg.bake(art.badge_svg("noodle"), badge.jwt or ""),
    ]
    for file in carried:
        assert judge(file) == Finding(Verdict.VALID, (), badge.id)


def test_members_in_another_order_are_the_same_badge(badge: Credential, judge: Judge) -> None:
    assert judge(json.dumps(document_of(badge), sort_keys=True)).verdict is Verdict.VALID


def rename(document: Document) -> None:
    """Keep the signed statements and hide one under another name."""
    document["@context"].append({"bonus": "https://schema.org/value"})
    result = document["credentialSubject"]["result"][0]
    result["bonus"] = result.pop("value")


def spell_out(document: Document) -> None:
    result = document["credentialSubject"]["result"][0]
    result["https://schema.org/value"] = result.pop("value")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["credentialSubject"]["result"][0].update(value="24.0"), "altered"),
        (lambda d: d.update(validFrom="2020-01-01T00:00:00Z"), "altered"),
        (lambda d: d["credentialSubject"].update(licenseNumber="XB26-0000-0000"), "altered"),
        (lambda d: d.pop("credentialStatus"), "altered"),
        (lambda d: d.update(subsidyAmount="600"), "partly_unsigned"),
        (rename, "foreign_context"),
        (spell_out, "rewritten"),
        (lambda d: d.pop("proof"), "no_proof"),
        (lambda d: d["proof"].append(d["proof"][0]), "several_proofs"),
        (lambda d: d["proof"][0].update(cryptosuite="eddsa-2022"), "unsupported_proof"),
        (lambda d: d["proof"][0].update(proofValue="z" + "3" * 87), "altered"),
        (lambda d: d["proof"][0].update(verificationMethod="did:web:localhost#zX"), "key_not_ours"),
        (lambda d: d.update(type=["VerifiableCredential"]), "not_a_badge"),
        (lambda d: d.pop("issuer"), "no_issuer"),
    ],
)
def test_a_changed_badge_is_refused_with_the_reason(
    badge: Credential, judge: Judge, change: Callable[[Document], object], reason: str
) -> None:
    found = judge(altered(document_of(badge), change))
    assert found.verdict in (Verdict.BROKEN, Verdict.UNREADABLE)
    assert found.reasons[0] == reason


def test_what_a_forgery_says_otherwise_than_the_real_badge_is_named_in_both_forms(
    badge: Credential, judge: Judge
) -> None:
    forged = altered(
        document_of(badge), lambda d: d["credentialSubject"]["achievement"].update(name="国家一级")
    )
    said = judge(forged)
    assert said.imitates == badge.id
    title = "直播之星 · 主播班 / Live Streaming Stars"
    assert said.differences == (Difference("title", "国家一级", title),)
    head, _, tail = (badge.jwt or "").split(".")
    body = base64.urlsafe_b64encode(json.dumps(forged).encode()).rstrip(b"=").decode()
    assert judge(f"{head}.{body}.{tail}").differences == said.differences


def test_a_signature_broken_alone_leaves_no_fact_to_name(badge: Credential, judge: Judge) -> None:
    forged = altered(document_of(badge), lambda d: d["proof"][0].update(proofValue="z" + "3" * 87))
    assert judge(forged).differences == ()


def resigned(badge: Credential, key: keys.FreshKey, address: str) -> Document:
    plain = document_of(badge)
    del plain["proof"]
    private = keys.read_private(key.private)
    return proofs.secured(plain, proofs.ProofKey(address, private), "2026-06-01T00:00:00Z")


def test_a_strangers_key_under_our_name_is_not_ours(badge: Credential, judge: Judge) -> None:
    key = keys.fresh_ed25519()
    forged = resigned(badge, key, f"did:web:localhost#{key.id}")
    assert judge(forged).reasons == ("key_not_ours",)
    outside = resigned(badge, key, f"did:key:{key.id}#{key.id}")
    assert judge(outside).reasons == ("key_not_ours",)


def test_a_badge_signed_by_us_that_we_never_issued_is_refused(
    badge: Credential, judge: Judge, database: Database, settings: Settings
) -> None:
    signer = tasks.open_signer(database, settings)
    plain = document_of(badge)
    del plain["proof"]
    plain["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    made = proofs.secured(plain, signer.proof, "2026-06-01T00:00:00Z")
    assert judge(made).reasons == ("not_in_our_books",)


def test_a_key_of_ours_signs_for_no_other_name(
    badge: Credential, judge: Judge, database: Database, settings: Settings
) -> None:
    """A site that moved has keys under two names; one never speaks for the other."""
    with database.transaction() as session:
        vault = tasks.Vault(settings.vault_keys)
        issuer_keys.ensure(session, vault, Site("http://elsewhere.example"), at=now(session))
    signer = tasks.open_signer(database, settings)
    plain = document_of(badge)
    del plain["proof"]
    plain["issuer"]["id"] = "did:web:elsewhere.example"
    made = proofs.secured(plain, signer.proof, "2026-06-01T00:00:00Z")
    assert judge(made).reasons == ("key_not_ours",)


def test_a_strangers_badge_without_a_required_part_is_broken(
    badge: Credential, judge: Judge
) -> None:
    key = keys.fresh_ed25519()
    plain = document_of(badge)
    del plain["proof"]
    del plain["credentialSubject"]["achievement"]["criteria"]
    plain["issuer"]["id"] = "https://stranger.example"
    private = proofs.ProofKey(f"https://stranger.example#{key.id}", keys.read_private(key.private))
    found = judge(proofs.secured(plain, private, "2026-06-01T00:00:00Z"))
    assert (found.verdict, found.reasons[0]) == (Verdict.BROKEN, "breaks_schema")


@pytest.mark.parametrize("name", ["sub", "jti"])
def test_a_token_whose_names_differ_from_the_badge_inside_is_refused(
    badge: Credential, judge: Judge, database: Database, settings: Settings, name: str
) -> None:
    signer = tasks.open_signer(database, settings)
    _, payload = token_parts(badge)
    changed = {**payload, name: "urn:uuid:00000000-0000-4000-8000-000000000000"}
    token = keys.encode_token(changed, signer.token, signer.token_address)
    assert judge(token).reasons == ("rewritten",)


def token_parts(badge: Credential) -> tuple[dict[str, Any], Document]:
    token = badge.jwt or ""
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def test_tokens_that_prove_nothing_are_refused(
    badge: Credential, judge: Judge, database: Database
) -> None:
    header, payload = token_parts(badge)
    kid = {"kid": header["kid"]}
    with database.snapshot() as session:
        row = session.scalars(select(IssuerKey).where(IssuerKey.kind == "rsa")).one()
    public = jwt.PyJWK.from_dict(row.public["publicKeyJwk"], algorithm="RS256").key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", **kid}, payload)
    )
    assert judge(f"{unsigned}.").reasons == ("algorithm_refused",)
    confused = _hs256(payload, pem, header["kid"])
    assert judge(confused).reasons == ("algorithm_refused",)
    stranger = generate_private_key(65_537, 2048)
    assert judge(jwt.encode(payload, stranger, "RS256", headers=kid)).reasons == ("altered",)
    assert judge(jwt.encode(payload, stranger, "RS256")).reasons == ("key_not_ours",)
    changed = {**payload, "name": "国家一级"}
    head, _, tail = (badge.jwt or "").split(".")
    body = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    assert judge(f"{head}.{body}.{tail}").reasons == ("altered",)


def _hs256(payload: Document, secret: bytes, kid: str) -> str:
    """Sign with the public key as a shared secret, which a careful library refuses to do."""
    parts = ({"alg": "HS256", "typ": "JWT", "kid": kid}, payload)
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    mac = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_a_withdrawn_key_takes_what_it_signed_with_it(
    badge: Credential, judge: Judge, database: Database, settings: Settings
) -> None:
    name = document_of(badge)["proof"][0]["verificationMethod"].partition("#")[2]
    with database.transaction() as session:
        vault = tasks.Vault(settings.vault_keys)
        site = Site(settings.base_url)
        issuer_keys.rotate(session, vault, site, at=now(session), withdraw=name)
        assert name not in {row.id for row in queries.standing_keys(session, site.did)}
    assert judge(badge.document or "").reasons == ("key_withdrawn",)


def set_list(database: Database, document: Document | str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with database.transaction() as session:
        session.execute(update(StatusList).values(document=text))


def test_a_stale_or_forged_list_makes_the_answer_unsure_never_valid(
    badge: Credential, judge: Judge, database: Database, settings: Settings
) -> None:
    signer = tasks.open_signer(database, settings)
    with database.transaction() as session:
        long_ago = now(session) - timedelta(days=30)
        tasks.lists.publish(session, 1, signer, at=long_ago)
    assert judge(badge.document or "") == Finding(Verdict.UNSURE, ("list_stale",), badge.id)
    with database.transaction() as session:
        tasks.lists.publish(session, 1, signer, at=now(session))
        fresh = json.loads(session.get_one(StatusList, 1).document or "")
    fresh["credentialSubject"]["encodedList"] = encode_bitstring([7])
    set_list(database, fresh)
    assert judge(badge.document or "") == Finding(Verdict.UNSURE, ("list_forged",), badge.id)
    set_list(database, "{}")
    assert judge(badge.document or "").reasons == ("list_forged",)


def test_a_bit_set_in_the_signed_list_revokes(
    badge: Credential, judge: Judge, database: Database, settings: Settings
) -> None:
    signer = tasks.open_signer(database, settings)
    bits = encode_bitstring([badge.status_index or 0])
    at = utc_now().replace(microsecond=0)
    plain = documents.status_list(1, bits, signer.site, at)
    set_list(database, proofs.secured(plain, signer.proof, "2026-06-01T00:00:00Z"))
    assert judge(badge.document or "") == Finding(Verdict.REVOKED, ("revoked",), badge.id)


def test_an_expired_badge_of_ours_says_so(
    judge: Judge, database: Database, settings: Settings
) -> None:
    badge = make_badge(database, settings, badge_months=1)
    with database.snapshot() as session:
        later = now(session) + timedelta(days=40)
        for file in (badge.document or "", badge.jwt or ""):
            found = judging.judge(session, file.encode(), at=later)
            assert found == Finding(Verdict.EXPIRED, ("expired",), badge.id)
