"""Keeps the issuer's keys: makes them on first use, rotates them, opens them for signing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy.orm import Session

from lms.accounts.gateway import Vault
from lms.credentials import queries
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.states import KeyKind, KeyState
from lms.credentials.gateway import keys
from lms.credentials.gateway.proofs import ProofKey
from lms.credentials.models import IssuerKey
from lms.db.upsert import insert_once
from lms.jobs.service import JobRequest, enqueue

log = structlog.get_logger(__name__)
STATUS = "credentials.status"
_MAKERS: Mapping[KeyKind, Callable[[], keys.FreshKey]] = {
    KeyKind.ED25519: keys.fresh_ed25519,
    KeyKind.RSA: keys.fresh_rsa,
}


@dataclass(frozen=True, slots=True)
class Signer:
    """The opened keys of the site; workers and commands hold one, pages never do."""

    site: Site
    proof: ProofKey
    multikey: str
    token: RSAPrivateKey
    token_address: str
    token_public: Mapping[str, object]


def ensure(session: Session, vault: Vault, site: Site, *, at: datetime) -> dict[str, IssuerKey]:
    """Return the signing keys by kind, made where there are none yet."""
    found = queries.active_keys(session, site.did)
    before = [] if queries.is_ours(session, site.did) else queries.other_names(session, site.did)
    if before:
        # Strangers look for the keys of earlier badges under the earlier name, not here.
        log.warning("issuer_name_changed", before=before, now=site.did)
    for kind, make in _MAKERS.items():
        if kind not in found:
            # Two workers may come at once: the partial unique index lets one key stand.
            _add(session, vault, site, kind, make(), at)
    return found if len(found) == len(_MAKERS) else queries.active_keys(session, site.did)


def rotate(
    session: Session, vault: Vault, site: Site, *, at: datetime, withdraw: str | None = None
) -> list[IssuerKey]:
    """Put new keys in front and return them; what the old ones signed stands, they sign no more.

    ``withdraw`` names a key that was stolen: from now on nothing it signed stands.
    Raises ``KeyError`` where there is no such key.
    """
    if withdraw is not None:
        stolen = session.get(IssuerKey, withdraw)
        if stolen is None:
            raise KeyError(withdraw)
        _end(stolen, KeyState.WITHDRAWN, at)
    for row in queries.active_keys(session, site.did).values():
        _end(row, KeyState.RETIRED, at)
    session.flush()
    made = list(ensure(session, vault, site, at=at).values())
    # A list signed with a withdrawn key vouches for nobody: all are signed anew at once.
    for number in queries.list_numbers(session):
        args = {"list": number}
        enqueue(session, JobRequest(STATUS, f"{STATUS}:{number}:{made[0].id}", args))
    return made


def open_keys(vault: Vault, site: Site, rows: Mapping[str, IssuerKey]) -> Signer:
    """Return the signing keys opened; costs as much as signing a few badges."""
    proof, token = rows[KeyKind.ED25519], rows[KeyKind.RSA]
    proof_key, token_key = (_private(vault, row) for row in (proof, token))
    if not isinstance(proof_key, Ed25519PrivateKey) or not isinstance(token_key, RSAPrivateKey):
        raise TypeError("the rows hold keys of another kind")
    return Signer(
        site=site,
        proof=ProofKey(f"{site.did}#{proof.id}", proof_key),
        multikey=proof.id,
        token=token_key,
        token_address=f"{site.did}#{token.id}",
        token_public=token.public,
    )


def _private(vault: Vault, row: IssuerKey) -> Ed25519PrivateKey | RSAPrivateKey:
    if row.private is None:
        raise ValueError("this key signs nothing any more")
    return keys.read_private(vault.open(row.private, place=place(row.id)))


def _add(
    session: Session, vault: Vault, site: Site, kind: KeyKind, fresh: keys.FreshKey, at: datetime
) -> None:
    values = {
        "id": fresh.id,
        "kind": kind,
        "controller": site.did,
        "public": fresh.public,
        "private": vault.seal(fresh.private, place=place(fresh.id)),
        "state": KeyState.ACTIVE,
        "created_at": at,
    }
    insert_once(session, IssuerKey, values)


def _end(row: IssuerKey, state: KeyState, at: datetime) -> None:
    row.state = state
    row.private = None
    row.ended_at = at


def place(key_id: str) -> str:
    """Return what a sealed private key is bound to."""
    return f"issuer_key:{key_id}:private"
