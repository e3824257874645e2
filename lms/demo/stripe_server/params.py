"""Reads what callers of the fake Stripe send: nested forms, checked as strictly as Stripe does."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lms.demo.stripe_server.refusals import Refusal

_INSIDE = re.compile(r"\[([^\]]*)\]")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_METADATA_KEYS = 50
_METADATA_KEY = 40
_METADATA_VALUE = 500


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of one level, and how their level is named in an error."""

    values: Mapping[str, Any]
    level: str = ""

    def name(self, key: str) -> str:
        """Return the parameter as an error names it: ``line_items[0][quantity]``."""
        return f"{self.level}[{key}]" if self.level else key

    def only(self, known: Iterable[str]) -> None:
        """Refuse parameters Stripe does not know, as a slip in a name must not pass."""
        for key in self.values.keys() - set(known):
            name = self.name(key)
            raise Refusal(f"Received unknown parameter: {name}", name, "parameter_unknown")

    def text(self, key: str, *, most: int = 5_000) -> str | None:
        """Return the text; an empty one is none, as in Stripe's forms."""
        value = self.values.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise Refusal("Invalid string", self.name(key))
        if len(value) > most:
            sentence = f"Invalid string: must be at most {most} characters"
            raise Refusal(sentence, self.name(key))
        return value

    def needed(self, key: str) -> str:
        """Return the text, or refuse where it is missing."""
        return self.text(key) or self._lacks(key)

    def whole(self, key: str, *, least: int = 0) -> int | None:
        """Return the whole number, which must not be below ``least``."""
        value = self.text(key)
        if value is None:
            return None
        code = "parameter_invalid_integer"
        if not _WHOLE.fullmatch(value):
            raise Refusal(f"Invalid integer: {value}", self.name(key), code)
        if int(value) < least:
            sentence = f"This value must be greater than or equal to {least}."
            raise Refusal(sentence, self.name(key), code)
        return int(value)

    def needed_whole(self, key: str, *, least: int) -> int:
        """Return the whole number, or refuse where it is missing."""
        value = self.whole(key, least=least)
        return int(self.needed(key)) if value is None else value

    def choice(self, key: str, known: Iterable[str]) -> str | None:
        """Return the word, which must be one of those Stripe knows."""
        value = self.text(key)
        name, known = self.name(key), sorted(known)
        if value is not None and value not in known:
            raise Refusal(f"Invalid {name}: must be one of {', '.join(known)}", name)
        return value

    def address(self, key: str) -> str | None:
        """Return the address of a page, which must be a whole one."""
        value = self.text(key)
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise Refusal("Not a valid URL", self.name(key), "url_invalid")
        return value

    def inside(self, key: str) -> "Params":
        """Return the parameters one level down; none where the level is not there."""
        value = self.values.get(key) or {}
        if not isinstance(value, dict):
            raise Refusal("Invalid object", self.name(key))
        return Params(value, self.name(key))

    def each(self, key: str) -> Iterator["Params"]:
        """Yield the levels of a list in order."""
        for number in self._numbers(key):
            yield self.inside(key).inside(number)

    def texts(self, key: str) -> list[str]:
        """Return the texts of a list in order."""
        level = self.inside(key)
        return [level.needed(number) for number in self._numbers(key)]

    def metadata(self) -> dict[str, str]:
        """Return what the caller wrote down for itself, within Stripe's limits."""
        level = self.inside("metadata")
        if len(level.values) > _METADATA_KEYS:
            raise Refusal(f"You can have up to {_METADATA_KEYS} keys in metadata.", level.level)
        for key in level.values:
            if len(key) > _METADATA_KEY:
                sentence = f"Metadata keys can have up to {_METADATA_KEY} characters."
                raise Refusal(sentence, level.level)
        kept = {key: level.text(key, most=_METADATA_VALUE) for key in level.values}
        return {key: value for key, value in kept.items() if value is not None}

    def _numbers(self, key: str) -> list[str]:
        given = self.inside(key).values
        if not all(number.isdecimal() for number in given):
            raise Refusal("Invalid array", self.name(key))
        return sorted(given, key=int)

    def _lacks(self, key: str) -> str:
        name = self.name(key)
        raise Refusal(f"Missing required param: {name}.", name, "parameter_missing")


def parse(fields: Iterable[tuple[str, str]]) -> Params:
    """Return the fields of a form or of an address: ``a[b][0]=c`` becomes levels."""
    whole: dict[str, Any] = {}
    for name, value in fields:
        *levels, last = [name.split("[", 1)[0], *_INSIDE.findall(name)]
        place = whole
        for level in levels:
            place = place.setdefault(level, {})
            if not isinstance(place, dict):
                raise Refusal("Invalid object", name)
        # ``expand[]`` without numbers is a list too.
        place[last or str(len(place))] = value
    return Params(whole)
