"""Puts the policies of the repository together with those that were accepted on the site."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.subsidy.domain.policy import Policy
from lms.subsidy.domain.policy_file import stored_policy
from lms.subsidy.gateway import Shelf, with_accepted
from lms.subsidy.models import PolicyAcceptance, PolicyVersion

_KEPT = 256


@dataclass(frozen=True, slots=True)
class Stored:
    """The row of a version: its id, the digest of its content, the proposal it came by if any."""

    id: int
    sha256: str
    proposal_id: int | None = None


Versions = Mapping[tuple[str, str], Stored]


class _Kept:
    """The versions this process read last, by digest: what a digest stands for never changes."""

    def __init__(self) -> None:
        self._policies: OrderedDict[str, Policy] = OrderedDict()
        self._lock = Lock()

    def get(self, sha256: str) -> Policy | None:
        with self._lock:
            return self._policies.get(sha256)

    def put(self, sha256: str, policy: Policy) -> None:
        with self._lock:
            self._policies[sha256] = policy
            while len(self._policies) > _KEPT:
                self._policies.popitem(last=False)


_kept = _Kept()


def combined(session: Session, files: Shelf, versions: Versions) -> Shelf:
    """Return the policies of the files and those accepted among the stored versions.

    What this process read before costs no statement.
    """
    wanted = [each for each in versions.values() if each.proposal_id is not None]
    return with_accepted(files, policies_of(session, wanted)) if wanted else files


def shelf_now(session: Session, files: Shelf) -> Shelf:
    """Return the same, asking which versions there are."""
    return combined(session, files, stored_versions(session))


def policies_of(session: Session, stored: Iterable[Stored]) -> tuple[Policy, ...]:
    """Return the content of stored versions, in their order."""
    wanted = list(stored)
    found = {each.id: _kept.get(each.sha256) for each in wanted}
    missing = [row_id for row_id, policy in found.items() if policy is None]
    if missing:
        rows = session.execute(
            select(PolicyVersion.id, PolicyVersion.sha256, PolicyVersion.content).where(
                PolicyVersion.id.in_(missing)
            )
        )
        for row_id, sha256, content in rows:
            read = stored_policy(content, f"policy version {row_id}")
            found[row_id] = read
            _kept.put(sha256, read)
    return tuple(policy for each in wanted if (policy := found[each.id]) is not None)


def stored_versions(session: Session) -> dict[tuple[str, str], Stored]:
    """Return each policy version that was used or accepted before."""
    version = PolicyVersion
    rows = session.execute(
        select(
            version.policy_id,
            version.version,
            version.id,
            version.sha256,
            PolicyAcceptance.proposal_id,
        ).outerjoin(PolicyAcceptance, PolicyAcceptance.policy_version_id == version.id)
    )
    return {(row[0], row[1]): Stored(row[2], row[3], row[4]) for row in rows}
