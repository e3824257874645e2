"""An issuer of badges that shares nothing with the site: other libraries, its own small server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from openbadgeslib.ob3 import add_data_integrity_proof, encode_bitstring, multikey_from_pem

from lms.core.clock import rfc3339, utc_now

VC = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0"
CONTEXTS = [VC, f"{OPEN_BADGES}/context-3.0.3.json", f"{OPEN_BADGES}/extensions.json"]
SCHEMA = f"{OPEN_BADGES}/schema/json/ob_v3p0_achievementcredential_schema.json"
INDEX = 4711
DAY = timedelta(days=1)


def moment(later: timedelta = timedelta()) -> str:
    """Return the moment so much later than now, as badges write it."""
    return rfc3339((utc_now() + later).replace(microsecond=0))


def pem(private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private.private_bytes(*form, serialization.NoEncryption())


def public_pem(private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(*form)


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Return one of a few keys: making them takes long, and none is secret."""
    return rsa.generate_private_key(65537, 2048)


@dataclass(slots=True)
class Issuer:
    """Signs badges and publishes what verifiers need, at an address of this machine."""

    base: str
    key: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)
    published: dict[str, Any] = field(default_factory=dict)

    @property
    def did(self) -> str:
        return "did:web:" + self.base.removeprefix("http://").replace(":", "%3A")

    @property
    def list_address(self) -> str:
        return f"{self.base}/status/1"

    @property
    def token_key_address(self) -> str:
        return f"{self.did}#rsa"

    def key_address(self, key: ed25519.Ed25519PrivateKey) -> str:
        return f"{self.did}#{multikey_from_pem(public_pem(key))}"

    def publish(self) -> None:
        """Answer with the DID document, and a status list in which nothing is revoked."""
        address = self.key_address(self.key)
        multikey = {"type": "Multikey", "publicKeyMultibase": address.partition("#")[2]}
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key("own").public_key(), as_dict=True)
        json_key = {"type": "JsonWebKey", "publicKeyJwk": {name: jwk[name] for name in "ne"}}
        json_key["publicKeyJwk"]["kty"] = "RSA"
        self.published["/.well-known/did.json"] = {
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": self.did,
            "verificationMethod": [
                {"id": address, "controller": self.did, **multikey},
                {"id": self.token_key_address, "controller": self.did, **json_key},
            ],
            "assertionMethod": [address, self.token_key_address],
        }
        self.publish_list(self.status_list())

    def publish_list(self, document: dict[str, Any]) -> None:
        self.published["/status/1"] = self.sign(document)

    def status_list(self, *revoked: int, **changes: Any) -> dict[str, Any]:
        subject = {"id": f"{self.list_address}#list", "type": "BitstringStatusList"}
        bits = {"statusPurpose": "revocation", "encodedList": encode_bitstring(revoked)}
        return {
            "@context": [VC],
            "id": self.list_address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.did,
            "validFrom": moment(-DAY),
            "validUntil": moment(DAY),
            "credentialSubject": subject | bits,
        } | changes

    def badge(self, **changes: Any) -> dict[str, Any]:
        """Return an unsigned badge that is valid for a day."""
        achievement = {
            "id": f"{self.base}/achievements/1",
            "type": ["Achievement"],
            "name": "直播销售员",
            "description": "Completing the course.",
            "criteria": {"narrative": "All lessons, and 80 per cent in the final test."},
            "tag": ["live"],
        }
        subject = {"id": uuid4().urn, "type": ["AchievementSubject"], "achievement": achievement}
        result = [{"type": ["Result"], "value": "87"}]
        entry = {"id": f"{self.list_address}#{INDEX}", "type": "BitstringStatusListEntry"}
        place = {"statusListIndex": str(INDEX), "statusListCredential": self.list_address}
        return {
            "@context": list(CONTEXTS),
            "id": uuid4().urn,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": "Badge",
            "issuer": {"id": self.did, "type": ["Profile"], "name": "Training centre"},
            "validFrom": moment(-DAY),
            "validUntil": moment(DAY),
            "credentialSubject": subject | {"result": result},
            "credentialStatus": entry | {"statusPurpose": "revocation"} | place,
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        } | changes

    def sign(
        self, document: dict[str, Any], key: ed25519.Ed25519PrivateKey | None = None
    ) -> dict[str, Any]:
        """Return the document with a proof; another key is named as if it were the issuer's."""
        used = key or self.key
        return add_data_integrity_proof(document, pem(used), self.key_address(used))

    def claims(self, badge: dict[str, Any]) -> dict[str, Any]:
        """Return the badge as the claims of a token."""
        times = {"nbf": badge["validFrom"], "exp": badge["validUntil"]}
        seconds = {name: int(datetime.fromisoformat(at).timestamp()) for name, at in times.items()}
        about = {"iss": self.did, "jti": badge["id"], "sub": badge["credentialSubject"]["id"]}
        return {**badge, **about, **seconds}

    def token(self, badge: dict[str, Any], *, key: str = "own", **header: Any) -> str:
        """Return the badge as a token."""
        headers = {"kid": self.token_key_address, **header}
        return jwt.encode(self.claims(badge), pem(rsa_key(key)), "RS256", headers=headers)


@contextmanager
def open_issuer() -> Iterator[Issuer]:
    """Serve an issuer with fresh keys on a free port of this machine."""
    published: dict[str, Any] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = published.get(self.path)
            body = json.dumps(document).encode() if document else b"{}"
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        issuer = Issuer(f"http://127.0.0.1:{server.server_port}", published=published)
        try:
            issuer.publish()
            yield issuer
        finally:
            server.shutdown()
            thread.join()
