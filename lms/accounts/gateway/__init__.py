"""Speaks to what keeps secrets, to files of texts and to a registry of identities."""

from lms.accounts.gateway.registry import HttpRegistry, IdentityRegistry, identity_registry
from lms.accounts.gateway.sealed import SealedFolder
from lms.accounts.gateway.secrets import (
    BlindIndex,
    Keys,
    Passwords,
    UnreadableSecret,
    Vault,
    keys_of,
)
from lms.accounts.gateway.texts import read_own_texts

__all__ = [
    "BlindIndex",
    "HttpRegistry",
    "IdentityRegistry",
    "Keys",
    "Passwords",
    "SealedFolder",
    "UnreadableSecret",
    "Vault",
    "identity_registry",
    "keys_of",
    "read_own_texts",
]
