"""Reads YAML strictly, and says what is wrong with the notation in words that can be translated."""

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import yaml

from lms.core.errors import Message
from lms.subsidy.domain.reading import MalformedError, Where, at

_NO_DAY = Message("no_such_day", "there is no such day in the calendar")
_ALIAS = Message("alias", "“*” is not taken: write it out")
_NO_TAG = Message("tag", "words that begin with “!” are not taken")
# What the reader says, by what people do: it names the sign it stumbled over, not the slip.
_SLIPS: Mapping[str, Message] = {
    r"mapping values are not allowed": Message(
        "colon", "a “:” too many, or a line that is not indented like the ones above"
    ),
    r"could not find expected ':'": Message("no_colon", "a “:” is missing behind a name"),
    r"found character '.*' that cannot start": Message(
        "sign", "no value begins with this sign; indent with spaces, not with tabs"
    ),
    r"unexpected end of stream|but (?:found|got) '<stream end>'": Message(
        "open_end", "the text ends in the middle: a bracket or a quotation mark is not closed"
    ),
    r"expected ',' or '[\]}]'": Message("bracket", "a comma or a closing bracket is missing"),
    r"expected <block end>|did not find expected '-'|block sequence entries are not allowed": (
        Message("indent", "this line is not indented like the ones above")
    ),
    r"could not determine a constructor": _NO_TAG,
    r"unhashable key": Message("key", "a name is a word, no list"),
}


class _SlipError(yaml.MarkedYAMLError):
    """A slip the site names itself."""

    def __init__(self, slip: Message, mark: yaml.Mark) -> None:
        super().__init__(problem=str(slip), problem_mark=mark)
        self.slip = slip


class Loader(yaml.SafeLoader):
    """Reads plain values only and refuses a key that stands twice: the first would be lost."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 (as the library calls it)
    ) -> dict[Hashable, Any]:
        """Return a mapping in which each key stands once."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for place, key in enumerate(keys) if key in keys[:place]]
        if twice:
            slip = Message("key_twice", "“%(name)s” twice", {"name": str(twice[0])})
            raise _SlipError(slip, node.start_mark)
        return super().construct_mapping(node, deep)


def _day(loader: Loader, node: yaml.ScalarNode) -> object:
    """Return a day; one such as 30 February is told with its line."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise _SlipError(_NO_DAY, node.start_mark) from error


Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


class StrictLoader(Loader):
    """Refuses besides what makes a short text long: one that refers to parts of itself."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return a value that is written out."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the library names no type
            raise _SlipError(_ALIAS, mark)
        return super().compose_node(parent, index)


def loaded(name: Where, read: Callable[..., str], loader: type[yaml.SafeLoader]) -> object:
    """Return what a text says. Raises ``MalformedError`` with name, line and reason."""
    try:
        return yaml.load(read(encoding="utf-8"), loader)  # noqa: S506 (safe loaders alone)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = Message("line", "line %(number)s", {"number": mark.line + 1}) if mark else None
        raise MalformedError(at(name, line) if line else name, _slip(error)) from error
    except yaml.reader.ReaderError as error:
        why = Message("odd_sign", "it holds a sign that no text has")
        raise MalformedError(name, why) from error
    except RecursionError as error:
        why = Message("deep", "too many brackets stand inside each other")
        raise MalformedError(name, why) from error
    except (yaml.YAMLError, ValueError) as error:
        why = Message("unreadable", "it cannot be read: %(problem)s", {"problem": str(error)})
        raise MalformedError(name, why) from error


def _slip(error: yaml.MarkedYAMLError) -> Message:
    """Return what is wrong; what the site has no words for is told as the reader says it."""
    if isinstance(error, _SlipError):
        return error.slip
    said = error.problem or ""
    for pattern, slip in _SLIPS.items():
        if re.search(pattern, said):
            return slip
    return Message("not_yaml", "this is not YAML: %(problem)s", {"problem": said})
