"""Identifiers nobody can guess."""

import hashlib
import secrets
import uuid


def new_token() -> str:
    """Return 192 random bits as text that is safe in addresses."""
    return secrets.token_urlsafe(24)


def new_letters(alphabet: str, count: int) -> str:
    """Return so many random letters of the alphabet."""
    return "".join(secrets.choice(alphabet) for _ in range(count))


def new_uuid() -> str:
    """Return a random UUID as text."""
    return str(uuid.uuid4())


def digest(value: str) -> str:
    """Return the SHA-256 of a random token, so that the token itself is never stored."""
    return hashlib.sha256(value.encode()).hexdigest()
