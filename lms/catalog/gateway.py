"""Reads the programmes that are known without anyone entering them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lms.db.base import Localized

_FILE = Path(__file__).with_name("programmes.yaml")


@dataclass(frozen=True, slots=True)
class Standard:
    """The published standard of an occupation, with the code its own pages print."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class KnownProgramme:
    """A work type of an occupation at a level, with the credit hours its training takes.

    ``draws_on`` names the programmes whose courses it counts where it has none of its own;
    ``counting`` is what it lays down about counting time other than is usual.
    """

    title: Localized
    occupation_code: str
    work_type: str
    level: int
    credit_hours: int
    standard: Standard | None = None
    draws_on: tuple[str, ...] = ()
    counting: Mapping[str, Any] = field(default_factory=dict)


@cache
def known_programmes() -> Mapping[str, KnownProgramme]:
    """Return the programmes by slug."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {slug: _programme(values) for slug, values in entries.items()}


def _programme(values: dict[str, Any]) -> KnownProgramme:
    standard = values.get("standard")
    made = {
        "standard": Standard(**standard) if standard else None,
        "draws_on": tuple(values.get("draws_on", ())),
    }
    return KnownProgramme(**{**values, **made})
