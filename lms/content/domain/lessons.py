"""Reads a lesson of a course folder with its items."""

from collections.abc import Callable
from dataclasses import replace

from lms.assessment.domain import QuestionSpec
from lms.catalog.domain import ItemKind
from lms.content.domain.faults import Faults
from lms.content.domain.files import FolderReader
from lms.content.domain.nodes import LANGUAGES, Table, read_table
from lms.content.domain.questions import read_key, read_questions, twin
from lms.content.domain.schema import (
    LABELS,
    PICTURES,
    ItemPlan,
    LessonPlan,
    QuizPlan,
    VideoFiles,
    Words,
)
from lms.core.errors import Message
from lms.media.domain.captions import parse_captions

MAX_MINUTES = 600
_COMMON = ("kind", "key", "title")
_FIELDS: dict[ItemKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ItemKind.VIDEO: (("renditions",), ("poster", "captions")),
    ItemKind.READING: (("minutes", "text"), ()),
    ItemKind.PRACTICE: (("minutes", "text"), ()),
    ItemKind.QUIZ: (
        ("minutes", "questions", "draw", "pass_percent"),
        ("attempts", "time_limit_minutes"),
    ),
}
_KIND_UNKNOWN = Message("item_kind", "“kind” has to be video, reading, practice or quiz.")


class LessonReader:
    """Reads lessons; the files they name come from the folder."""

    def __init__(self, folder: FolderReader, faults: Faults) -> None:
        self._folder = folder
        self._faults = faults
        self._question_keys: set[str] = set()

    def read(self, path: str, key: str) -> LessonPlan | None:
        """Return the lesson of a ``lesson.yaml``; ``key`` is the one its folder promises."""
        text = self._folder.text(path)
        table = read_table(path, text, self._faults) if text is not None else None
        if table is None:
            return None
        table.allow(("key", "title", "minutes", "items"), ("objectives",))
        if read_key(table) not in ("", key):
            message = Message(
                "lesson_key_differs", "The key has to be %(key)s, as its folder.", {"key": key}
            )
            table.fault("key", message)
        return LessonPlan(
            key=key,
            title=table.localized("title"),
            minutes=minutes(table),
            objectives=table.localized_list("objectives"),
            items=self._items(table),
        )

    def quiz(self, table: Table) -> QuizPlan:
        """Return the quiz that an item, or the final test, describes."""
        found = self._questions(table)
        draw = table.whole_number("draw", low=1, high=500) or 1
        if found and draw > len(found):
            message = Message(
                "draw_too_large",
                "%(draw)s questions are drawn, but there are only %(count)s.",
                {"draw": draw, "count": len(found)},
            )
            table.fault("draw", message)
        return QuizPlan(
            questions=found,
            draw=draw,
            pass_percent=table.whole_number("pass_percent", low=1, high=100) or 1,
            attempts=table.whole_number("attempts", low=1, high=100),
            time_limit_minutes=table.whole_number("time_limit_minutes", low=1, high=MAX_MINUTES),
        )

    def _questions(self, table: Table) -> tuple[QuestionSpec, ...]:
        name = table.text("questions")
        line = table.line_of("questions")
        path = self._folder.resolve(table.path, line, name) if name else None
        text = self._folder.text(path) if path else None
        if path is None or text is None:
            return ()
        found = read_questions(path, text, self._faults, used=self._question_keys)
        self._question_keys |= {question.key for question in found}
        return found

    def _items(self, lesson: Table) -> tuple[ItemPlan, ...]:
        items: list[ItemPlan] = []
        tables = lesson.tables("items")
        if "items" in lesson and not tables:
            lesson.fault("items", Message("items_missing", "The lesson has nothing in it."))
        for table in tables:
            item = self._item(table)
            if item is None:
                continue
            if item.key and item.key in [other.key for other in items]:
                table.fault("key", twin(item.key))
            items.append(item)
        return tuple(items)

    def _item(self, table: Table) -> ItemPlan | None:
        kind = table.text("kind")
        if kind not in tuple(ItemKind):
            table.allow(("kind",), tuple({"key", "title", "required"}.union(*_all_fields())))
            if kind:
                table.fault("kind", _KIND_UNKNOWN)
            return None
        required, optional = _FIELDS[ItemKind(kind)]
        table.allow((*_COMMON, *required), ("required", *optional))
        plain = ItemPlan(
            key=read_key(table),
            kind=ItemKind(kind),
            title=table.localized("title"),
            is_required=table.flag("required", default=True),
        )
        return self._readers()[plain.kind](table, plain)

    def _readers(self) -> dict[ItemKind, Callable[[Table, ItemPlan], ItemPlan]]:
        return {
            ItemKind.VIDEO: self._video,
            ItemKind.READING: self._text,
            ItemKind.PRACTICE: self._text,
            ItemKind.QUIZ: self._quiz,
        }

    def _quiz(self, table: Table, item: ItemPlan) -> ItemPlan:
        return replace(item, minutes=minutes(table), quiz=self.quiz(table))

    def _text(self, table: Table, item: ItemPlan) -> ItemPlan:
        return replace(item, minutes=minutes(table), body=self._body(table))

    def _video(self, table: Table, item: ItemPlan) -> ItemPlan:
        poster = table.text("poster")
        files = VideoFiles(
            renditions=self._renditions(table),
            poster=self._folder.media(table.path, table.line_of("poster"), poster)
            if poster
            else None,
            captions=self._captions(table),
        )
        return replace(item, video=files)

    def _renditions(self, table: Table) -> dict[str, str]:
        named = table.table("renditions")
        if named is None:
            return {}
        named.allow((), LABELS)
        if not any(label in named for label in PICTURES):
            message = Message("renditions_missing", "The video needs a file for 480p or 240p.")
            named.fault(None, message)
        files = ((label, named.text(label), named.line_of(label)) for label in LABELS)
        found = (
            (label, self._folder.media(table.path, line, name))
            for label, name, line in files
            if name
        )
        return {label: path for label, path in found if path}

    def _captions(self, table: Table) -> dict[str, str]:
        named = table.table("captions")
        if named is None:
            return {}
        named.allow((), LANGUAGES)
        files = ((code, named.text(code), named.line_of(code)) for code in LANGUAGES)
        found = ((code, self._caption(table, line, name)) for code, name, line in files if name)
        return {code: path for code, path in found if path}

    def _caption(self, table: Table, line: int, name: str) -> str | None:
        path = self._folder.resolve(table.path, line, name)
        content = self._folder.content(path) if path else None
        if path is None or content is None:
            return None
        faults = parse_captions(content).faults
        for fault in faults:
            self._faults.add(path, max(fault.line, 1), fault.message)
        return None if faults else path

    def _body(self, table: Table) -> Words:
        base = table.text("text")
        if not base:
            return {"zh": ""}
        path = self._folder.resolve(table.path, table.line_of("text"), f"{base}.zh.md")
        if path is None:
            return {"zh": ""}
        english = path.removesuffix(".zh.md") + ".en.md"
        words = {"zh": self._folder.text(path) or ""}
        if self._folder.has(english):
            words["en"] = self._folder.text(english) or ""
        return words


def minutes(table: Table) -> int:
    """Return whole minutes, at least one."""
    return table.whole_number("minutes", low=1, high=MAX_MINUTES) or 1


def _all_fields() -> list[set[str]]:
    return [{*required, *optional} for required, optional in _FIELDS.values()]
