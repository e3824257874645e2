"""The texts people agree to: their versions, and a county's own words in the place of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Raise a version when its text changes in substance.
OURS = MappingProxyType(
    {"terms": "2", "privacy": "5", "sensitive": "1", "handover": "1", "guardian": "1"}
)
# What signing up takes; the others are asked for by themselves, when they are needed.
TO_SIGN_UP = ("terms", "privacy")
# That the identity number and the account may be kept, and that data goes to the bureau.
SENSITIVE, HANDOVER, GUARDIAN = "sensitive", "handover", "guardian"


@dataclass(frozen=True, slots=True)
class OwnText:
    """A county's own text: its version, and its Markdown by language; Chinese always stands."""

    version: str
    words: Mapping[str, str]


class _Texts:
    """The texts of this installation; set once when the application starts."""

    own: Mapping[str, OwnText] = MappingProxyType({})


def use_own(texts: Mapping[str, OwnText]) -> None:
    """Put a county's own texts in the place of ours, in this process."""
    _Texts.own = dict(texts)


def own_text(subject: str) -> OwnText | None:
    """Return the county's own words, ``None`` where ours stand."""
    return _Texts.own.get(subject)


def version_of(subject: str) -> str:
    """Return the version a consent to the text is recorded with today."""
    own = _Texts.own.get(subject)
    return own.version if own else OURS[subject]
