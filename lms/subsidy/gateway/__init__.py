"""Reads policy files from the repository, strictly, once a process."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lms.subsidy.domain.policy import Policy, covering
from lms.subsidy.domain.policy_file import read_policy, refuse_overlaps
from lms.subsidy.domain.reading import MalformedError, sequence

FOLDER = Path(__file__).parent.with_name("policies")
LONGEST_UPLOAD, MOST_VERSIONS = 100_000, 20


class _Loader(yaml.SafeLoader):
    """Reads plain values only and refuses a key that stands twice: the first would be lost."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 (as the library calls it)
    ) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for place, key in enumerate(keys) if key in keys[:place]]
        if twice:
            raise yaml.MarkedYAMLError(problem=f"“{twice[0]}” twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


class _StrictLoader(_Loader):
    """Refuses besides what makes a short text long: one that refers to parts of itself."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the library names no type
            raise yaml.MarkedYAMLError(problem="“*” is not taken: write it out", problem_mark=mark)
        return super().compose_node(parent, index)


def read_yaml(file: Path) -> object:
    """Return what a file says. Raises ``MalformedError`` with the file, the line and the reason."""
    return _loaded(str(file), file.read_text, _Loader)


def read_upload(text: str) -> list[tuple[str, Policy]]:
    """Return the versions in a text somebody sent, each with its place; at least one.

    Raises ``MalformedError`` with place and reason, also for a text that is too long.
    """
    if len(text) > LONGEST_UPLOAD:
        raise MalformedError("the file", f"it is longer than {LONGEST_UPLOAD} characters")
    entries = sequence(_loaded("the file", lambda **_: text, _StrictLoader), "the file")
    if not 0 < len(entries) <= MOST_VERSIONS:
        raise MalformedError("the file", f"1 to {MOST_VERSIONS} versions are expected")
    places = [f"version {number}" for number in range(1, len(entries) + 1)]
    return [(where, read_policy(each, where)) for where, each in zip(places, entries, strict=True)]


def _loaded(name: str, read: Callable[..., str], loader: type[yaml.SafeLoader]) -> object:
    try:
        return yaml.load(read(encoding="utf-8"), loader)  # noqa: S506 (safe loaders alone)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise MalformedError(where, error.problem or "this is not YAML") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A day such as 30 February is no fault of the notation, but of the value.
        raise MalformedError(name, str(error)) from error


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
    placed: list[tuple[str, Policy]] = []
    for file in sorted(folder.glob("*.yaml")):
        for number, each in enumerate(sequence(read_yaml(file), str(file)), start=1):
            where = f"{file.name}, policy {number}"
            policy = read_policy(each, where)
            placed.append((where, policy))
    refuse_overlaps(placed)
    return Shelf(tuple(policy for _, policy in placed), _owners(placed))


def _owners(placed: list[tuple[str, Policy]]) -> dict[str, str]:
    """Return which policy each programme belongs to: the one whose catalogue lists it."""
    owners: dict[str, str] = {}
    for where, policy in placed:
        for programme in policy.programmes:
            other = owners.setdefault(programme, policy.id)
            if other != policy.id:
                raise MalformedError(where, f"programme {programme} already belongs to {other}")
    return owners
