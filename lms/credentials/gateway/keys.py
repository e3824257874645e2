"""Makes keys, signs with them and checks signatures: Ed25519 for proofs, RSA for tokens."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import base58
import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.types import Options

_RSA_BITS = 2048
_RSA_EXPONENT = 65_537
# How a multikey of an Ed25519 public key begins (its multicodec).
_ED25519 = b"\xed\x01"
_KEY_BYTES = 32
# A multibase signature or key is under a hundred letters; decoding longer ones is wasted work.
_MAX_MULTIBASE = 120
_ALGORITHM = "RS256"


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A new pair: the name verifiers know it by, the public half, the private one as PEM."""

    id: str
    public: dict[str, Any]
    private: str


class BadToken(Exception):
    """A token whose signature, form or algorithm is not what the key allows."""


def fresh_ed25519() -> FreshKey:
    """Return a new key for embedded proofs; its name is the key itself."""
    key = Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    name = "z" + base58.b58encode(_ED25519 + raw).decode()
    return FreshKey(name, {"publicKeyMultibase": name}, _pem(key))


def fresh_rsa() -> FreshKey:
    """Return a new key for tokens; its name is made from its thumbprint."""
    key = generate_private_key(_RSA_EXPONENT, _RSA_BITS)
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e), "alg": _ALGORITHM}
    name = "rsa-" + hashlib.sha256(jwk["n"].encode()).hexdigest()[:24]
    return FreshKey(name, {"publicKeyJwk": jwk}, _pem(key))


def verification_method(controller: str, name: str, public: Mapping[str, Any]) -> dict[str, Any]:
    """Return a key as it stands in the DID document."""
    kind = "Multikey" if "publicKeyMultibase" in public else "JsonWebKey"
    return {"id": f"{controller}#{name}", "type": kind, "controller": controller, **public}


def read_private(private: str) -> Ed25519PrivateKey | RSAPrivateKey:
    """Return the private key of a PEM; reading one checks it, which costs as much as a badge."""
    key = load_pem_private_key(private.encode(), None)
    if not isinstance(key, Ed25519PrivateKey | RSAPrivateKey):
        raise TypeError("an issuer signs with Ed25519 and RSA keys")
    return key


def sign(key: Ed25519PrivateKey, data: bytes) -> str:
    """Return the signature of the data as a multibase proof value."""
    return "z" + base58.b58encode(key.sign(data)).decode()


def is_signed(multikey: str, data: bytes, proof_value: str) -> bool:
    """Tell whether the multibase proof value is the key's signature of the data."""
    key = ed25519_of(multikey)
    signature = _bytes_of(proof_value)
    if key is None or signature is None:
        return False
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def ed25519_of(multikey: str) -> Ed25519PublicKey | None:
    """Return the public key a multibase text spells, or ``None`` where it spells no such key."""
    raw = _bytes_of(multikey)
    if raw is None or not raw.startswith(_ED25519) or len(raw) != _KEY_BYTES + len(_ED25519):
        return None
    return Ed25519PublicKey.from_public_bytes(raw[len(_ED25519) :])


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def encode_token(payload: Mapping[str, Any], key: RSAPrivateKey, key_id: str) -> str:
    """Return the payload as a token signed with RS256; ``key_id`` is the key's DID address."""
    return jwt.encode(dict(payload), key, _ALGORITHM, headers={"kid": key_id})


def open_token(token: str, public: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a token the RSA key signed. Raises ``BadToken``.

    RS256 alone is taken, whatever the header says; dates are judged by the caller, who can say
    which one is over.
    """
    jwk = jwt.PyJWK.from_dict(dict(public["publicKeyJwk"]), algorithm=_ALGORITHM)
    unjudged: Options = {
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
        "verify_aud": False,
    }
    try:
        opened = jwt.decode(token, jwk, algorithms=[_ALGORITHM], options=unjudged)
    except (jwt.PyJWTError, ValueError) as error:
        raise BadToken(str(error)) from error
    return dict(opened)


def _pem(key: Ed25519PrivateKey | RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes_of(multibase: str) -> bytes | None:
    if not multibase.startswith("z") or len(multibase) > _MAX_MULTIBASE:
        return None
    try:
        return base58.b58decode(multibase[1:])
    except ValueError:
        return None
