"""Reads policy files from the repository, strictly, once a process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lms.core.errors import Message
from lms.subsidy.domain import policy_faults as faults
from lms.subsidy.domain.policy import Policy, covering
from lms.subsidy.domain.policy_file import read_policy, refuse_overlaps
from lms.subsidy.domain.reading import MalformedError, Where, sequence
from lms.subsidy.gateway.notation import Loader, StrictLoader, loaded

FOLDER = Path(__file__).parent.with_name("policies")
LONGEST_UPLOAD, MOST_VERSIONS = 100_000, 20


def read_yaml(file: Path) -> object:
    """Return what a file says. Raises ``MalformedError`` with the file, the line and the reason."""
    return loaded(str(file), file.read_text, Loader)


def read_upload(text: str) -> list[tuple[Where, Policy]]:
    """Return the versions in a text somebody sent, each with its place; at least one.

    Raises ``MalformedError`` with place and reason, also for a text that is too long.
    """
    if len(text) > LONGEST_UPLOAD:
        raise MalformedError(
            faults.FILE,
            Message("long_file", "it is longer than %(most)s characters", {"most": LONGEST_UPLOAD}),
        )
    entries = sequence(loaded(faults.FILE, lambda **_: text, StrictLoader), faults.FILE)
    if not 0 < len(entries) <= MOST_VERSIONS:
        raise MalformedError(
            faults.FILE,
            Message("versions", "1 to %(most)s versions are expected", {"most": MOST_VERSIONS}),
        )
    placed = [(faults.version(number), each) for number, each in enumerate(entries, start=1)]
    return [(where, read_policy(each, where)) for where, each in placed]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Policies, of the repository alone or with accepted ones; each programme belongs to one."""

    policies: tuple[Policy, ...]
    policy_of: Mapping[str, str]

    def covering(self, programme: str, start: date) -> Policy | None:
        """Return the version for training in the programme that begins on the day."""
        own = self.policy_of.get(programme)
        return covering((policy for policy in self.policies if policy.id == own), start)


def with_accepted(files: Shelf, accepted: Iterable[Policy]) -> Shelf:
    """Return the policies of the files and the accepted ones, which never stand in for a file's.

    A version under a name that a file has too is judged as the file says: where they differ, it
    is found altered. The policy a programme belongs to stays the one it belonged to first.
    """
    named = {policy.name for policy in files.policies}
    added = tuple(policy for policy in accepted if policy.name not in named)
    owners = dict(files.policy_of)
    for policy in added:
        for programme in policy.programmes:
            owners.setdefault(programme, policy.id)
    return Shelf((*files.policies, *added), owners)


@cache
def shelf(folder: Path = FOLDER) -> Shelf:
    """Return the policies of a folder. Raises ``MalformedError`` for the first fault."""
    placed: list[tuple[Where, Policy]] = []
    for file in sorted(folder.glob("*.yaml")):
        for number, each in enumerate(sequence(read_yaml(file), str(file)), start=1):
            where = f"{file.name}, policy {number}"
            policy = read_policy(each, where)
            placed.append((where, policy))
    refuse_overlaps(placed)
    return Shelf(tuple(policy for _, policy in placed), _owners(placed))


def _owners(placed: list[tuple[Where, Policy]]) -> dict[str, str]:
    """Return which policy each programme belongs to: the one whose catalogue lists it."""
    owners: dict[str, str] = {}
    for where, policy in placed:
        for programme in policy.programmes:
            other = owners.setdefault(programme, policy.id)
            if other != policy.id:
                raise MalformedError(where, faults.belongs(programme, other))
    return owners
