"""What checks packages offline: Ed25519 as RFC 8032 has it, RS256 with its padding whole."""

import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lms.credentials.domain import document as documents
from lms.credentials.domain.value import BadgeValue
from lms.credentials.gateway import keys, proofs
from lms.handover.offline.signatures import (
    ORDER,
    from_base58,
    is_ed25519,
    is_rs256,
    is_sealed,
    is_stated,
)
from tests.unit.credentials.test_document import AT, AWARD, SITE, VALUE

# RFC 8032, 7.1: public key, message, signature of TEST 1, 2, 3 and SHA(abc).
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
            "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
            "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
            "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
            "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ec"
            "fdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
]
INFO = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(b"m").digest()


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_the_standard_stand_and_nothing_beside_them(vector) -> None:
    public, message, signature = map(bytes.fromhex, vector)
    assert is_ed25519(public, signature, message)
    assert not is_ed25519(public, signature, message + b"x")
    assert not is_ed25519(public, signature[:-1] + bytes([signature[-1] ^ 1]), message)
    # The same signature with S + L: it multiplies the same, and is another text.
    again = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not is_ed25519(public, signature[:32] + again, message)
    assert not is_ed25519(b"\xff" * 32, signature, message)


@given(st.binary(max_size=80))
def test_what_the_site_signs_stands(message: bytes) -> None:
    fresh = keys.fresh_ed25519()
    private = keys.read_private(fresh.private)
    assert isinstance(private, Ed25519PrivateKey)
    assert is_ed25519(from_base58(fresh.id)[2:], from_base58(keys.sign(private, message)), message)


def test_a_token_stands_by_its_own_key_alone_and_with_all_its_padding() -> None:
    fresh, other = keys.fresh_rsa(), keys.fresh_rsa()
    document = {"id": "urn:uuid:1", "name": "结业"}
    token = keys.encode_token(
        {**document, "iss": "x"}, keys.read_private(fresh.private), f"d#{fresh.id}"
    )
    known = {fresh.id: {"public": fresh.public}}
    assert is_sealed(document, token, known)
    assert not is_sealed({**document, "name": "高级"}, token, known)
    assert not is_sealed(document, token, {fresh.id: {"public": other.public}})


@pytest.mark.parametrize("begun", [b"\0\1" + b"\xff" * 8 + b"\0" + INFO, b"\0\1" + b"\xff" * 70])
def test_what_only_begins_like_a_signature_is_none(begun: bytes) -> None:
    """With a public exponent of 3 a cube root makes it, without any key."""
    jwk = {"n": keys.fresh_rsa().public["publicKeyJwk"]["n"], "e": "Aw"}
    target = int.from_bytes(begun.ljust(256, b"\xff"), "big")
    low, high = 0, 1 << 700
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= target else (low, middle - 1)
    assert (low**3).to_bytes(256, "big").startswith(begun)
    assert not is_rs256(jwk, low.to_bytes(256, "big"), b"m")


def test_a_document_says_what_its_statements_say_and_no_more() -> None:
    said = {"id": "urn:a", "type": ["Thing"], "result": [{"value": "2.0"}, {"value": '80\n"x"'}]}
    text = (
        "<urn:a> <http://w3.org/ns#type> <urn:ns#Thing> .\n"
        "<urn:a> <urn:ns#result> _:c0 .\n<urn:a> <urn:ns#result> _:c1 .\n"
        '_:c0 <https://schema.org/value> "2.0" .\n'
        '_:c1 <https://schema.org/value> "80\\n\\"x\\"" .\n'
    )
    assert is_stated(said, text)
    assert not is_stated({**said, "result": said["result"][:1]}, text)
    assert not is_stated({**said, "name": "y"}, text)
    assert not is_stated({**said, "id": "urn:b"}, text)


@pytest.mark.parametrize("value", [VALUE, replace(VALUE, training=None, class_name=None)])
def test_every_kind_of_badge_says_what_is_signed(value: BadgeValue) -> None:
    made = documents.credential(value, replace(AWARD, valid_until=AT), SITE)
    made["id"] = "urn:uuid:697ad60b-2a8a-420a-931f-bb71aa8d0aac"
    made["credentialSubject"]["id"] = "urn:uuid:697ad60b-2a8a-420a-931f-bb71aa8d0aad"
    fresh = keys.read_private(keys.fresh_ed25519().private)
    assert isinstance(fresh, Ed25519PrivateKey)
    secured = proofs.secured(made, proofs.ProofKey("did:web:x#k", fresh), made["validFrom"])
    options, text = proofs.statements(secured)
    assert is_stated(made, text)
    (proof,) = secured["proof"]
    assert is_stated({name: each for name, each in proof.items() if name != "proofValue"}, options)
