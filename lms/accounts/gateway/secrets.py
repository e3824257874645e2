"""Speaks to the libraries that keep secrets: password hashing and encryption at rest."""

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms.settings import PasswordCost, Settings

_NONCE_BYTES = 12


class UnreadableSecret(Exception):
    """A stored secret was written with a lost key, moved or changed."""


class Passwords:
    """Hashes passwords with Argon2id; a missing hash costs as much as a wrong password."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            type=Type.ID,
        )
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is the stored one; takes as long for nobody's."""
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


class Vault:
    """Encrypts small secrets with AES-256-GCM, each bound to its table, row and column.

    The first key writes; all keys read, so that a new key can be put in front.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)
        self._newest = next(iter(keys))

    def seal(self, secret: str, *, place: str) -> str:
        """Return the secret encrypted for its place (``table:row:column``)."""
        name, sealed = self.seal_bytes(secret.encode(), place=place)
        return f"{name}:{base64.b64encode(sealed).decode()}"

    def open(self, stored: str, *, place: str) -> str:
        """Return the secret. Raises ``UnreadableSecret`` for a lost key or another place."""
        name, _, encoded = stored.partition(":")
        try:
            sealed = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise UnreadableSecret(place) from error
        return self.open_bytes(name, sealed, place=place).decode()

    def seal_bytes(self, secret: bytes, *, place: str) -> tuple[str, bytes]:
        """Return the name of the key used and the bytes encrypted for their place."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._keys[self._newest]).encrypt(nonce, secret, place.encode())
        return self._newest, nonce + sealed

    def open_bytes(self, name: str, sealed: bytes, *, place: str) -> bytes:
        """Return the bytes. Raises ``UnreadableSecret`` for a lost key or another place."""
        key = self._keys.get(name)
        if key is None:
            raise UnreadableSecret(name)
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise UnreadableSecret(place) from error

    def derive(self, name: str, *, salt: bytes, place: str) -> bytes:
        """Return a key made of one of the keys, for what alone has this salt and place.

        What is too large to be sealed at once is sealed in frames by a key of its own, so that no
        two frames of anything ever share a key and a nonce. Raises ``UnreadableSecret``.
        """
        key = self._keys.get(name)
        if key is None:
            raise UnreadableSecret(name)
        return HKDF(SHA256(), len(key), salt, place.encode()).derive(key)

    @property
    def newest(self) -> str:
        """Return the name of the key that writes today."""
        return self._newest

    def is_newest(self, stored: str) -> bool:
        """Tell whether the key that writes today wrote this."""
        return stored.partition(":")[0] == self._newest


class BlindIndex:
    """Finds an encrypted number by a keyed digest; whoever lacks the key learns nothing from it.

    Numbers can be guessed, so a plain digest would protect nobody.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, kind: str, number: str) -> str:
        """Return the digest of a normalised number; each kind of number has its own digests."""
        return hmac.new(self._key, f"{kind}:{number}".encode(), sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """What the installation keeps secret: the pepper of codes, vault, index and hasher.

    ``asks_registry`` says whether there is a registry that knows whose numbers are whose.
    """

    pepper: bytes
    vault: Vault
    index: BlindIndex
    passwords: Passwords
    asks_registry: bool = False


def keys_of(settings: Settings) -> Keys:
    """Return the keys of the installation; made once, for the hasher measures itself."""
    return Keys(
        settings.secret_key.encode(),
        Vault(settings.vault_keys),
        BlindIndex(settings.index_key),
        Passwords(settings.password_cost),
        asks_registry=settings.identity_url is not None,
    )
