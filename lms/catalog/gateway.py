"""Reads the programmes that are known without anyone entering them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from lms.db.base import Localized

_FILE = Path(__file__).with_name("programmes.yaml")


@dataclass(frozen=True, slots=True)
class KnownProgramme:
    """An occupation and level with the credit hours its training takes."""

    title: Localized
    occupation_code: str
    level: int
    credit_hours: int


@cache
def known_programmes() -> Mapping[str, KnownProgramme]:
    """Return the programmes by slug."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {slug: KnownProgramme(**values) for slug, values in entries.items()}
