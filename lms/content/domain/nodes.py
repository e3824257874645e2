"""Reads YAML node by node, so that each fault keeps its line; values come out typed."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

import yaml

from lms.content.domain.faults import Faults
from lms.core.errors import Message

Localized = dict[str, str]

LANGUAGES = ("zh", "en")
# Written in C where the package brings it: ten times as fast, the same nodes.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 12
_MAX_WORDS = 4_000
# YAML reads 1:30 as ninety and 010 as eight; nobody who writes minutes means that.
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,8})")
_NOTHING: Localized = {"zh": ""}


class Table:
    """A mapping of a YAML file; getters take faults down and return something harmless."""

    def __init__(
        self, path: str, line: int, nodes: Mapping[str, yaml.Node], faults: Faults
    ) -> None:
        self.path = path
        self.line = line
        self._nodes = nodes
        self._faults = faults

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def fault(self, key: str | None, message: Message) -> None:
        """Take a fault of one key down, or of the whole mapping."""
        self._faults.add(self.path, self.line_of(key), message)

    def line_of(self, key: str | None) -> int:
        """Return the line of the key's value, of the mapping where it has none."""
        node = self._nodes.get(key) if key else None
        return _line(node) if node else self.line

    def allow(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Take down what is missing and what is not known here."""
        for key in required:
            if key not in self._nodes:
                self.fault(None, Message("key_missing", "“%(key)s” is missing here.", {"key": key}))
        for key, node in self._nodes.items():
            if key not in required and key not in optional:
                message = Message("key_unknown", "“%(key)s” is not known here.", {"key": key})
                self._wrong(node, message)

    def text(self, key: str, default: str = "") -> str:
        """Return a text that is not empty."""
        node = self._nodes.get(key)
        if node is None:
            return default
        return self._text(node, key) or default

    def whole_number(
        self, key: str, *, low: int, high: int, default: int | None = None
    ) -> int | None:
        """Return a whole number within bounds; ``default`` where the key is absent."""
        node = self._nodes.get(key)
        if node is None:
            return default
        if not _is_scalar(node, "int") or not _DECIMAL.fullmatch(node.value):
            self._wrong(
                node, Message("not_a_number", "“%(key)s” has to be a whole number.", {"key": key})
            )
            return default
        value = int(node.value)
        if not low <= value <= high:
            message = Message(
                "number_out_of_range",
                "“%(key)s” has to be from %(low)s to %(high)s.",
                {"key": key, "low": low, "high": high},
            )
            self._wrong(node, message)
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        node = self._nodes.get(key)
        if node is None:
            return default
        if not _is_scalar(node, "bool"):
            self._wrong(
                node, Message("not_a_flag", "“%(key)s” has to be true or false.", {"key": key})
            )
            return default
        return bool(yaml.safe_load(node.value))

    def localized(self, key: str) -> Localized:
        """Return a text in Chinese and perhaps English."""
        node = self._nodes.get(key)
        return self._localized(node) if node is not None else dict(_NOTHING)

    def localized_list(self, key: str) -> tuple[Localized, ...]:
        """Return texts in Chinese and perhaps English."""
        return tuple(self._localized(node) for node in self._items(key))

    def texts(self, key: str) -> list[tuple[int, str]]:
        """Return a list of texts, each with its line."""
        return [(_line(node), self._text(node, key)) for node in self._items(key)]

    def table(self, key: str) -> "Table | None":
        """Return a mapping below the key."""
        node = self._nodes.get(key)
        return _table(self.path, node, self._faults) if node is not None else None

    def tables(self, key: str) -> list["Table"]:
        """Return a list of mappings below the key."""
        found = (_table(self.path, node, self._faults) for node in self._items(key))
        return [table for table in found if table is not None]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield key and text of a mapping from names to texts."""
        for key, node in self._nodes.items():
            yield key, self._text(node, key)

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._nodes.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(node, Message("not_a_list", "“%(key)s” has to be a list.", {"key": key}))
            return []
        return list(node.value)

    def _text(self, node: yaml.Node, key: str) -> str:
        if not _is_scalar(node, "str"):
            message = Message(
                "not_a_text", "“%(key)s” has to be a text; put it in quotes.", {"key": key}
            )
            self._wrong(node, message)
            return ""
        text = str(node.value).strip()
        if not text or len(text) > _MAX_WORDS:
            message = Message(
                "text_length",
                "“%(key)s” has to have from 1 to %(most)s characters.",
                {"key": key, "most": _MAX_WORDS},
            )
            self._wrong(node, message)
            return ""
        return text

    def _localized(self, node: yaml.Node) -> Localized:
        table = _table(self.path, node, self._faults)
        if table is None:
            return dict(_NOTHING)
        table.allow(("zh",), ("en",))
        return {key: text for key in LANGUAGES if (text := table.text(key))} or dict(_NOTHING)

    def _wrong(self, node: yaml.Node, message: Message) -> None:
        self._faults.add(self.path, _line(node), message)


def read_table(path: str, text: str, faults: Faults) -> Table | None:
    """Return the mapping a YAML file consists of."""
    node = _compose(path, text, faults)
    return _table(path, node, faults) if node is not None else None


def read_tables(path: str, text: str, faults: Faults) -> list[Table]:
    """Return the mappings a YAML file lists."""
    node = _compose(path, text, faults)
    if node is None:
        return []
    return Table(path, 1, {"": node}, faults).tables("")


def _compose(path: str, text: str, faults: Faults) -> yaml.Node | None:
    try:
        if _is_safe(path, yaml.parse(text, Loader=_LOADER), faults):
            node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
            return node
    except yaml.YAMLError as error:
        message = Message(
            "yaml_broken", "This is not YAML: %(problem)s.", {"problem": _problem(error)}
        )
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else _line_of_sign(text, error)
        faults.add(path, line, message)
    return None


def _is_safe(path: str, events: Iterable[yaml.Event], faults: Faults) -> bool:
    """Refuse what makes a small file grow without end, before anything is built from it."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            message = Message("yaml_alias", "References (*name) are not allowed here.")
            faults.add(path, _line_of(event.start_mark), message)
            return False
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            message = Message("yaml_deep", "This is nested too deeply.")
            faults.add(path, _line_of(event.start_mark), message)
            return False
    return True


def _problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    return str(problem or error.__class__.__name__)


def _line_of_sign(text: str, error: yaml.YAMLError) -> int:
    position = getattr(error, "position", 0)
    return text[:position].count("\n") + 1


def _is_scalar(node: yaml.Node, kind: str) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == f"tag:yaml.org,2002:{kind}"


def _line(node: yaml.Node) -> int:
    return _line_of(node.start_mark)


class _Mark(Protocol):
    """Where something stands in a file; YAML counts lines from 0."""

    @property
    def line(self) -> int:
        """Return the line."""


def _line_of(mark: _Mark | None) -> int:
    return mark.line + 1 if mark else 1


def _table(path: str, node: yaml.Node, faults: Faults) -> Table | None:
    if not isinstance(node, yaml.MappingNode):
        faults.add(path, _line(node), Message("not_a_mapping", "Here “key: value” is expected."))
        return None
    nodes: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name in nodes:
            message = Message("key_twice", "“%(key)s” stands here twice.", {"key": name})
            faults.add(path, _line(key), message)
        nodes.setdefault(name, value)
    return Table(path, _line(node), nodes, faults)
