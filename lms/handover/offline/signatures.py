"""核对徽章的签名：只用 Python 自带的东西。 Checks the signatures of badges with nothing but Python.

Used by verify.py beside it: Ed25519 (RFC 8032), RS256 (RFC 8017, PKCS#1 v1.5) and the signed
statements of a document (canonical N-Quads). Python 3.8 or newer.
"""

import base64
import hashlib
import json
import re
from typing import Any, Dict, FrozenSet, Optional, Set, Tuple

Json = Dict[str, Any]
Point = Tuple[int, int, int, int]
Body = FrozenSet[Any]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(one: Point, two: Point) -> Point:
    """Return the sum of two points of edwards25519, extended coordinates (RFC 8032, 5.1.4)."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """Return a multiple of a point."""
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def point_of(data: bytes) -> Optional[Point]:
    """Return the point that 32 bytes spell, if they spell one the canonical way."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature stands (RFC 8032, 5.1.7)."""
    key, s = point_of(public), int.from_bytes(signature[32:], "little")
    if key is None or BASE is None or len(signature) != 64 or s >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(hashed, "little") % ORDER
    x, y, z, _ = add(times(s, BASE), times(k, (P - key[0], key[1], 1, P - key[3])))
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def from_base64(text: str) -> bytes:
    """Return what base64url without padding spells."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def from_base58(text: str) -> bytes:
    """Return what a multibase text in base58btc spells."""
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for letter in text[1:]:
        number = number * 58 + letters.index(letter)
    if text[:1] != "z":
        raise ValueError("no base58btc")
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def is_rs256(jwk: Dict[str, str], signature: bytes, message: bytes) -> bool:
    """Tell whether an RS256 signature stands: PKCS#1 v1.5, the padding compared whole."""
    n, e = (int.from_bytes(from_base64(jwk[name]), "big") for name in ("n", "e"))
    size, number = (n.bit_length() + 7) // 8, int.from_bytes(signature, "big")
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    tail = b"\0" + info + hashlib.sha256(message).digest()
    wanted = b"\0\1" + b"\xff" * (size - 2 - len(tail)) + tail
    is_sized = len(signature) == size and number < n
    return is_sized and pow(number, e, n).to_bytes(size, "big") == wanted


TRIPLE = re.compile(
    r'<?(_:\w+|[^>]*)>? <([^>]*)> (?:(_:\w+)|<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:\^\^<[^>]*>|@\S+)?) \.'
)
ESCAPED = re.compile(r"\\(?:u(\w{4})|U(\w{8})|(.))")
PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def stated_in(text: str) -> Dict[str, Body]:
    """Return what canonical N-Quads say of each node; one without an address is what is said."""
    rows = []
    for line in text.splitlines():
        node, name, blank, address, literal = TRIPLE.fullmatch(line).groups()  # type: ignore[union-attr]  # what does not match is caught
        name, value = re.split("[/#]", name)[-1].lower(), blank or address
        if literal is not None:
            value = ESCAPED.sub(
                lambda e: PLAIN.get(e[3], e[3]) or chr(int(e[1] or e[2], 16)), literal
            )
        if name in ("type", "proofpurpose"):
            value = re.split("[/#]", value)[-1]
        rows.append((node, name, value.replace("AlignmentObject", "Alignment")))

    def body(node: str) -> Body:
        own = [each[1:] for each in rows if each[0] == node]
        return frozenset((name, body(v) if v[:2] == "_:" else v) for name, v in own)

    return {node: body(node) for node, _, _ in rows}


def said_in(document: Json, found: Dict[str, Body]) -> object:
    """Return the same of a JSON object; what has an address is noted under it."""
    body: Set[Tuple[str, object]] = set()
    for name, values in document.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                body.add((name.lower(), said_in(value, found)))
            elif name not in ("@context", "id"):
                body.add((name.lower(), str(value).lower() if value is True else str(value)))
    address = document.get("id")
    if address and body:
        found[address] = found.get(address, frozenset()) | body
    return address or frozenset(body)


def is_stated(document: Json, text: str) -> bool:
    """Tell whether a JSON document and signed statements say the same, neither of them more."""
    stated, said = stated_in(text), {}  # type: Tuple[Dict[str, Body], Dict[str, Body]]
    root = said_in(document, said)
    named = {node: body for node, body in stated.items() if node[:2] != "_:"}
    return named == said and (isinstance(root, str) or root in stated.values())


def is_proved(proof: Json, own: Json) -> bool:
    """Tell whether the embedded proof (eddsa-rdfc-2022) stands over the statements.

    The key is spelled by its name: whatever a list of keys says of it, it can be no other.
    """
    data = b"".join(
        hashlib.sha256(own[name].encode()).digest()
        for name in ("options_nquads", "document_nquads")
    )
    public = from_base58(proof["verificationMethod"].split("#")[-1])
    signature = from_base58(proof["proofValue"])
    return public[:2] == b"\xed\x01" and bool(is_ed25519(public[2:], signature, data))


def token_header(token: str) -> Json:
    """Return the header of a token."""
    found: Json = json.loads(from_base64(token.split(".", 1)[0]))
    return found


def is_sealed(document: Json, token: str, keys: Dict[str, Json]) -> bool:
    """Tell whether the signed form says the same and stands; the key's name is its thumbprint."""
    head, payload, seal = token.split(".")
    header, said = token_header(token), json.loads(from_base64(payload))
    name = header["kid"].split("#")[-1]
    jwk = keys[name]["public"]["publicKeyJwk"]
    is_named = name == "rsa-" + hashlib.sha256(jwk["n"].encode()).hexdigest()[:24]
    is_same = {name: said.get(name) for name in document} == document
    stands = is_rs256(jwk, from_base64(seal), f"{head}.{payload}".encode())
    return bool(header["alg"] == "RS256" and is_named and is_same and stands)
