"""What the verifiers that others wrote accept and refuse, on badges no code of the site made.

These are the ground for the tests of the site's own badges: a verifier that accepts everything
would prove nothing.
"""

import base64
import copy
import json
from datetime import datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openbadgeslib.ob3 import add_data_integrity_proof, encode_bitstring, multikey_from_pem

from tests.support.verifiers import OF_JSON, assert_refused, assert_valid
from tests.verifiers.issuer import (
    DAY,
    INDEX,
    Issuer,
    moment,
    pem,
    public_pem,
    rsa_key,
)


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture(params=["json", "token"])
def signed(request, issuer: Issuer):
    """Call it to sign a badge in one of the two forms."""
    return issuer.sign if request.param == "json" else issuer.token


def test_a_badge_as_it_should_be_is_valid_in_both_forms(verifiers, issuer, signed):
    assert_valid(verifiers.verdicts(signed(issuer.badge()), issuer.base))


def test_the_text_of_a_badge_is_read_as_the_object_is(verifiers, issuer):
    text = json.dumps(issuer.sign(issuer.badge()), ensure_ascii=False)
    verdicts = verifiers.verdicts(text, issuer.base)
    assert tuple(verdicts) == OF_JSON
    assert_valid(verdicts)


def test_the_published_schema_is_looked_at_by_the_second_verifier(verifiers, issuer):
    badge = issuer.badge()
    assert verifiers.verify("dcc", issuer.sign(badge), issuer.base).schema is True
    del badge["credentialSubject"]["achievement"]["criteria"]
    verdict = verifiers.verify("dcc", issuer.sign(badge), issuer.base)
    # It says so, but counts the badge as verified.
    assert (verdict.schema, verdict.verified) == (False, True)


def test_the_name_a_badge_gives_its_issuer_may_be_served_elsewhere(verifiers, issuer, signed):
    public = Issuer("http://xiangbo.example", key=issuer.key, published=issuer.published)
    public.publish()
    sign = public.sign if signed == issuer.sign else public.token
    document = sign(public.badge())
    assert_valid(verifiers.verdicts(document, public.base, at=issuer.base))


@pytest.mark.parametrize("member", ["validUntil", "name", "value"])
def test_a_changed_member_is_refused(verifiers, issuer, member):
    badge = issuer.sign(issuer.badge())
    place = badge["credentialSubject"]["result"][0] if member == "value" else badge
    place[member] = {"validUntil": moment(2 * DAY), "name": "Other", "value": "88"}[member]
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_an_added_member_is_refused(verifiers, issuer):
    badge = issuer.sign(issuer.badge()) | {"subsidyAmount": "1500"}
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_a_key_the_issuer_does_not_publish_is_refused(verifiers, issuer):
    # An address of the form controller#multibase is the key; some verifiers look no further.
    badge = issuer.sign(issuer.badge(), Ed25519PrivateKey.generate())
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_a_signature_of_another_key_under_the_issuers_address_is_refused(verifiers, issuer):
    other = pem(Ed25519PrivateKey.generate())
    badge = add_data_integrity_proof(issuer.badge(), other, issuer.key_address(issuer.key))
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_somebody_elses_key_for_our_issuer_is_refused(verifiers, issuer):
    key = Ed25519PrivateKey.generate()
    name = multikey_from_pem(public_pem(key))
    badge = add_data_integrity_proof(issuer.badge(), pem(key), f"did:key:{name}#{name}")
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_a_key_that_was_withdrawn_is_refused_from_then_on(verifiers, issuer, signed):
    badge = signed(issuer.badge())
    assert_valid(verifiers.verdicts(badge, issuer.base))
    issuer.published["/.well-known/did.json"]["assertionMethod"] = []
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_a_badge_whose_issuer_does_not_answer_is_refused(verifiers, issuer, signed):
    badge = signed(issuer.badge())
    del issuer.published["/.well-known/did.json"]
    assert_refused(verifiers.verdicts(badge, issuer.base))


def test_a_badge_without_a_proof_is_refused(verifiers, issuer):
    assert_refused(verifiers.verdicts(issuer.badge(), issuer.base))


def test_an_expired_badge_is_refused(verifiers, issuer, signed):
    past = issuer.badge(validFrom=moment(-3 * DAY), validUntil=moment(-DAY))
    verdicts = verifiers.verdicts(signed(past), issuer.base).values()
    # Their word on the list differs: one of them reads it before it looks at the dates.
    assert not any(verdict.verified for verdict in verdicts)
    assert "revoked" not in {verdict.status for verdict in verdicts}


def test_a_verifiers_clock_can_be_set(verifiers, issuer, signed):
    badge = signed(issuer.badge())
    issuer.publish_list(issuer.status_list(validUntil=moment(9 * DAY)))
    now = datetime.fromisoformat(moment(timedelta(days=2)))
    assert not any(one.verified for one in verifiers.verdicts(badge, issuer.base, now=now).values())
    assert_valid(verifiers.verdicts(badge, issuer.base))


def test_a_revoked_badge_is_refused(verifiers, issuer, signed):
    badge = signed(issuer.badge())
    issuer.publish_list(issuer.status_list(1, INDEX))
    assert_refused(verifiers.verdicts(badge, issuer.base), "revoked")


def test_a_stale_list_is_not_trusted(verifiers, issuer, signed):
    issuer.publish_list(issuer.status_list(validFrom=moment(-3 * DAY), validUntil=moment(-DAY)))
    assert_refused(verifiers.verdicts(signed(issuer.badge()), issuer.base), "unknown")


def test_a_list_whose_bits_were_changed_is_not_trusted(verifiers, issuer, signed):
    issuer.publish_list(issuer.status_list(INDEX))
    served = issuer.published["/status/1"]["credentialSubject"]
    served["encodedList"] = encode_bitstring([1])
    assert_refused(verifiers.verdicts(signed(issuer.badge()), issuer.base), "unknown")


def test_a_missing_list_is_not_trusted(verifiers, issuer, signed):
    del issuer.published["/status/1"]
    assert_refused(verifiers.verdicts(signed(issuer.badge()), issuer.base), "unknown")


def test_a_list_on_another_host_is_never_asked_for(verifiers, issuer, signed):
    # 403 is the tool's own answer: the question never left it.
    elsewhere = issuer.list_address.replace("127.0.0.1", "127.0.0.2")
    badge = issuer.badge()
    badge["credentialStatus"]["statusListCredential"] = elsewhere
    verdicts = verifiers.verdicts(signed(badge), issuer.base)
    assert_refused(verdicts, "unknown")
    assert any("403" in verdict.error for verdict in verdicts.values())


def test_a_changed_token_is_refused(verifiers, issuer):
    head, _, signature = issuer.token(issuer.badge()).split(".")
    other = segment(issuer.claims(issuer.badge(name="Other")))
    assert_refused(verifiers.verdicts(f"{head}.{other}.{signature}", issuer.base))


def test_a_token_without_a_signature_is_refused(verifiers, issuer):
    claims = segment(issuer.claims(issuer.badge()))
    head = segment({"alg": "none", "kid": issuer.token_key_address})
    assert_refused(verifiers.verdicts(f"{head}.{claims}.", issuer.base))


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(verifiers, issuer):
    head = segment({"alg": "HS256", "kid": issuer.token_key_address})
    said = f"{head}.{segment(issuer.claims(issuer.badge()))}"
    # The library that signs tokens refuses to make one like this.
    method = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = method.sign(said.encode(), public_pem(rsa_key("own")))
    mark = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    assert_refused(verifiers.verdicts(f"{said}.{mark}", issuer.base))


@pytest.mark.parametrize("names_our_key", [True, False])
def test_a_token_of_another_key_is_refused(verifiers, issuer, names_our_key):
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key("other").public_key(), as_dict=True)
    header = {} if names_our_key else {"kid": f"{issuer.did}#other", "jwk": jwk}
    token = issuer.token(issuer.badge(), key="other", **header)
    assert_refused(verifiers.verdicts(token, issuer.base))


@pytest.mark.parametrize("claim", ["sub", "jti", "iss"])
def test_a_token_about_something_else_than_the_badge_inside_is_refused(verifiers, issuer, claim):
    claims = issuer.claims(issuer.badge()) | {claim: "urn:uuid:another"}
    kid = {"kid": issuer.token_key_address}
    token = jwt.encode(claims, pem(rsa_key("own")), "RS256", headers=kid)
    assert_refused(verifiers.verdicts(token, issuer.base))


def test_both_libraries_accept_members_under_other_names(verifiers, issuer):
    # A proof covers statements, not JSON: whoever adds a context of his own may call a score a
    # bonus, or spell a member as its address. Both say valid; a careful reader of the JSON, the
    # site's own check among them, must refuse contexts and names it does not know.
    renamed = issuer.sign(issuer.badge())
    spelt_out = copy.deepcopy(renamed)
    renamed["@context"].append({"bonus": "https://schema.org/value"})
    result = renamed["credentialSubject"]["result"][0]
    result["bonus"] = result.pop("value")
    achievement = spelt_out["credentialSubject"]["achievement"]
    tags = achievement.pop("tag")
    achievement["https://schema.org/keywords"] = [{"@value": tag} for tag in tags]
    assert_valid(verifiers.verdicts(renamed, issuer.base))
    assert_valid(verifiers.verdicts(spelt_out, issuer.base))


def test_the_second_library_accepts_an_issuer_of_another_method(verifiers, issuer):
    # Valid, but of somebody else: who asks must look at the issuer's name as well.
    key = Ed25519PrivateKey.generate()
    name = multikey_from_pem(public_pem(key))
    stranger = {"id": f"did:key:{name}", "type": ["Profile"], "name": "Training centre"}
    unlisted = issuer.badge(issuer=stranger)
    del unlisted["credentialStatus"]
    badge = add_data_integrity_proof(unlisted, pem(key), f"did:key:{name}#{name}")
    verdicts = verifiers.verdicts(badge, issuer.base)
    assert {name: said.verified for name, said in verdicts.items()} == {
        "digitalbazaar": False,
        "dcc": True,
    }
