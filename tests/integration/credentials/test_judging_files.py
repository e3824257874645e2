"""Files that hold no badge of ours: what they are is said, whatever they look like."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import jwt
import pytest

from lms.credentials.domain.verdict import Finding, Verdict
from lms.credentials.models import Credential
from tests.integration.credentials.conftest import Document, Judge


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"   \n", "empty_file"),
        (b"hello", "not_json"),
        (b"[1, 2]", "not_json"),
        (b'{"a": 1, "a": 2}', "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a":' * 50_000, "not_json"),
        (b"{}", "not_a_badge"),
        (b"\xff\xfe{}", "damaged"),
        (b"x" * (5 * 1024 * 1024), "too_large"),
        (b"{" + b" " * 300_000 + b"}", "too_large"),
        (b"a.b.c", "not_json"),
        (b"<html><body>hi</body></html>", "not_json"),
        (b"%PDF-1.7\n%%EOF", "no_credential"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
    ],
)
def test_what_holds_no_badge_is_told_apart(judge: Judge, data: bytes, reason: str) -> None:
    assert judge(data) == Finding(Verdict.UNREADABLE, (reason,))


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A host on this machine, and the addresses somebody asked it for."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_address_in_a_file_is_ever_asked(
    badge: Credential, judge: Judge, listener: tuple[str, list[str]]
) -> None:
    host, asked = listener
    base = f"http://{host}"
    did = f"did:web:{host.replace(':', '%3A')}"
    ours = json.loads(badge.document or "")
    stranger = {**ours, "issuer": {**ours["issuer"], "id": did}}
    method = {"verificationMethod": f"{did}#key-1"}
    tried: list[Document | bytes] = [
        {**ours, "@context": [*ours["@context"], f"{base}/context"]},
        {**stranger, "@context": [f"{base}/context"]},
        {**stranger, "proof": [{**ours["proof"][0], **method}]},
        {**stranger, "credentialStatus": {"statusListCredential": f"{base}/list"}},
        {**stranger, "credentialSchema": [{"id": f"{base}/schema", "type": "x"}]},
        {**ours, "proof": [{**ours["proof"][0], "verificationMethod": f"{base}/key"}]},
        f'<!DOCTYPE svg SYSTEM "{base}/dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'.encode(),
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{base}/x"/></svg>'.encode(),
        jwt.encode({**stranger, "vc": None}, "k" * 32, "HS256", {"jku": f"{base}/keys"}).encode(),
    ]
    for file in tried:
        assert judge(file).verdict is not Verdict.VALID
    assert asked == []


# What each real file is, by its name or its source; the second is the reason given first or last.
FIELD = {
    "bakery/baked_heart.png": (Verdict.UNREADABLE, "old_badge"),
    "bakery/public_domain_heart.png": (Verdict.UNREADABLE, "no_credential"),
    "contexts/credentials-v2.json": (Verdict.UNREADABLE, "not_a_badge"),
    "contexts/ob-v3p0-context-3.0.3.json": (Verdict.UNREADABLE, "not_a_badge"),
    "contexts/security-data-integrity-v2.json": (Verdict.UNREADABLE, "not_a_badge"),
    "contexts/security-multikey-v1.json": (Verdict.UNREADABLE, "not_a_badge"),
    # Examples of the specification without a signature.
    "impierce/alignment_case.json": (Verdict.BROKEN, "no_proof"),
    "impierce/basic_achievement_credential.json": (Verdict.BROKEN, "no_proof"),
    # Its embedded endorsement uses a term that the contexts it names do not define.
    "validator_ob30/complete.json": (Verdict.FOREIGN, "partly_unsigned"),
    "validator_ob30/endorsement-valid.json": (Verdict.UNREADABLE, "endorsement"),
    "validator_ob30/simple-did-key-method.json": (Verdict.FOREIGN, "intact_by_its_key"),
    "validator_ob30/simple-eddsa-2022.json": (Verdict.FOREIGN, "unsupported_proof"),
    "validator_ob30/simple-err-context.json": (Verdict.BROKEN, "altered"),
    "validator_ob30/simple-err-expired.json": (Verdict.FOREIGN, "expired"),
    "validator_ob30/simple-err-issuer.json": (Verdict.BROKEN, "no_issuer"),
    "validator_ob30/simple-err-proof-value.json": (Verdict.BROKEN, "altered"),
    "validator_ob30/simple-err-type.json": (Verdict.UNREADABLE, "not_a_badge"),
    "validator_ob30/simple-json.png": (Verdict.FOREIGN, "intact_by_its_key"),
    "validator_ob30/simple-json.svg": (Verdict.FOREIGN, "intact_by_its_key"),
    "validator_ob30/simple-noproof.json": (Verdict.BROKEN, "no_proof"),
    "validator_ob30/simple.json": (Verdict.FOREIGN, "intact_by_its_key"),
    "validator_ob30/simple.jwt": (Verdict.FOREIGN, "key_unknown"),
}


@pytest.mark.field
@pytest.mark.parametrize("engine", ["sqlite"])
def test_every_real_file_is_judged_as_its_name_or_source_says(
    judge: Judge, field_data: Path
) -> None:
    folder = field_data / "badges"
    found = {
        path.relative_to(folder).as_posix(): judge(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    said = {name: (finding.verdict, finding.reasons) for name, finding in found.items()}
    assert set(said) == set(FIELD)
    wrong = {
        name: said[name]
        for name, (verdict, reason) in FIELD.items()
        if said[name][0] is not verdict or reason not in said[name][1]
    }
    assert wrong == {}
