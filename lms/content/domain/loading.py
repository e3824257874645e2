"""What loading a course folder does, given what is there already."""

from dataclasses import dataclass
from enum import StrEnum


class StudioEdits(StrEnum):
    """What happens to a course that was edited in the studio since the last load."""

    KEEP = "keep"
    REPLACE = "replace"


class Outcome(StrEnum):
    """What a load does."""

    FIRST = "first"
    REVISION = "revision"
    UNCHANGED = "unchanged"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the course stands; fingerprints are ``None`` where there is nothing to compare.

    ``loaded`` is that of the last load, ``shown`` that of what is published now.
    """

    exists: bool
    loaded: str | None = None
    shown: str | None = None
    is_edited: bool = False


def decide(fingerprint: str, standing: Standing, edits: StudioEdits) -> Outcome:
    """Return what loading a folder with this fingerprint does."""
    if not standing.exists:
        return Outcome.FIRST
    if fingerprint == standing.shown:
        return Outcome.UNCHANGED
    if standing.is_edited:
        return Outcome.REVISION if edits is StudioEdits.REPLACE else _kept(fingerprint, standing)
    return Outcome.UNCHANGED if fingerprint == standing.loaded else Outcome.REVISION


def _kept(fingerprint: str, standing: Standing) -> Outcome:
    """Say that edits are kept only where the folder brings something they keep out."""
    return Outcome.UNCHANGED if fingerprint == standing.loaded else Outcome.EDITED
