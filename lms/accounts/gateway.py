"""Speaks to the libraries that keep secrets: password hashing and encryption at rest."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._keys[self._newest]).encrypt(nonce, secret.encode(), place.encode())
        return f"{self._newest}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, stored: str, *, place: str) -> str:
        """Return the secret. Raises ``UnreadableSecret`` for a lost key or another place."""
        name, _, encoded = stored.partition(":")
        key = self._keys.get(name)
        if key is None:
            raise UnreadableSecret(name)
        raw = base64.b64decode(encoded)
        try:
            opened = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except InvalidTag as error:
            raise UnreadableSecret(place) from error
        return opened.decode()


@dataclass(frozen=True, slots=True)
class Keys:
    """What the installation keeps secret: the pepper of codes, the vault and the hasher."""

    pepper: bytes
    vault: Vault
    passwords: Passwords


def keys_of(settings: Settings) -> Keys:
    """Return the keys of the installation; made once, for the hasher measures itself."""
    return Keys(
        settings.secret_key.encode(), Vault(settings.vault_keys), Passwords(settings.password_cost)
    )
