"""Reads a whole course folder: every fault at once, or the course."""

from collections.abc import Collection
from dataclasses import dataclass

from lms.catalog.domain import COVERS, FINAL_KEY, KEY_PATTERN, MAX_SLUG, SLUG_PATTERN, ItemKind
from lms.content.domain.faults import Fault, Faults
from lms.content.domain.files import Files, FolderReader
from lms.content.domain.lessons import LessonReader, minutes
from lms.content.domain.nodes import Table, read_table
from lms.content.domain.questions import KEY_MALFORMED, read_key, twin
from lms.content.domain.schema import (
    COURSE_FILE,
    SCHEMA,
    CoursePlan,
    ItemPlan,
    LessonPlan,
    ModulePlan,
)
from lms.core.errors import Message

# 10,000 yuan: a slip of the finger should not become a price.
_MAX_PRICE_FEN = 1_000_000
# Ten years: what a course teaches of the law does not stand for longer.
_MAX_BADGE_MONTHS = 120
_SLUG = Message("slug_malformed", "Use small letters, digits and hyphens, at most 60 of them.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; there is a course only where there is no fault."""

    course: CoursePlan | None
    faults: tuple[Fault, ...]


def read_course(files: Files, *, programmes: Collection[str]) -> Checked:
    """Return the course that the files describe, or all their faults."""
    faults = Faults()
    course = _CourseReader(files, faults, programmes).read()
    return Checked(None if faults else course, faults.sorted())


class _CourseReader:
    def __init__(self, files: Files, faults: Faults, programmes: Collection[str]) -> None:
        self._folder = FolderReader(files, faults)
        self._faults = faults
        self._programmes = programmes
        self._lessons = LessonReader(self._folder, faults)
        self._seen: set[str] = set()

    def read(self) -> CoursePlan | None:
        if not self._folder.has(COURSE_FILE):
            message = Message(
                "file_missing", "The file %(file)s is missing.", {"file": COURSE_FILE}
            )
            self._faults.add(COURSE_FILE, 1, message)
            return None
        text = self._folder.text(COURSE_FILE)
        table = read_table(COURSE_FILE, text, self._faults) if text is not None else None
        return self._course(table) if table is not None else None

    def _course(self, table: Table) -> CoursePlan:
        table.allow(
            ("schema", "slug", "title", "summary", "cover", "modules"),
            ("programme", "institution", "outcomes", "price", "badge_months", "final"),
        )
        table.whole_number("schema", low=SCHEMA, high=SCHEMA)
        modules = self._modules(table)
        return CoursePlan(
            slug=_slug(table, "slug"),
            title=table.localized("title"),
            summary=table.localized("summary"),
            outcomes=table.localized_list("outcomes"),
            cover=self._cover(table),
            modules=self._with_final(table, modules),
            price_fen=table.whole_number("price", low=0, high=_MAX_PRICE_FEN, default=0) or 0,
            institution=_slug(table, "institution") or None,
            programme=self._programme(table),
            badge_months=table.whole_number("badge_months", low=1, high=_MAX_BADGE_MONTHS),
        )

    def _cover(self, table: Table) -> str:
        cover = table.text("cover")
        if cover and cover not in COVERS:
            message = Message(
                "cover_not_known",
                "“cover” has to be one of: %(names)s.",
                {"names": ", ".join(COVERS)},
            )
            table.fault("cover", message)
        return cover

    def _programme(self, table: Table) -> str | None:
        programme = table.text("programme")
        if programme and programme not in self._programmes:
            names = {"names": ", ".join(sorted(self._programmes))}
            message = Message(
                "programme_not_known", "“programme” has to be one of: %(names)s.", names
            )
            table.fault("programme", message)
        return programme or None

    def _modules(self, course: Table) -> tuple[ModulePlan, ...]:
        tables = course.tables("modules")
        if "modules" in course and not tables:
            course.fault("modules", Message("modules_missing", "The course has no module."))
        modules: list[ModulePlan] = []
        for table in tables:
            table.allow(("key", "title", "lessons"))
            key = read_key(table)
            if key and key in [module.key for module in modules]:
                table.fault("key", twin(key))
            modules.append(ModulePlan(key, table.localized("title"), self._lessons_of(table)))
        return tuple(modules)

    def _lessons_of(self, table: Table) -> tuple[LessonPlan, ...]:
        found = (self._lesson(table, line, key) for line, key in table.texts("lessons") if key)
        return tuple(lesson for lesson in found if lesson is not None)

    def _lesson(self, table: Table, line: int, key: str) -> LessonPlan | None:
        fault = self._fault_of_key(key)
        if fault is not None:
            self._faults.add(table.path, line, fault)
            return None
        self._seen.add(key)
        path = self._folder.resolve(table.path, line, f"lessons/{key}/lesson.yaml")
        return self._lessons.read(path, key) if path else None

    def _fault_of_key(self, key: str) -> Message | None:
        if not KEY_PATTERN.fullmatch(key):
            return KEY_MALFORMED
        if key == FINAL_KEY:
            return Message("key_reserved", "The key FINAL belongs to the final test.")
        return twin(key) if key in self._seen else None

    def _with_final(self, course: Table, modules: tuple[ModulePlan, ...]) -> tuple[ModulePlan, ...]:
        table = course.table("final")
        if table is None or not modules:
            return modules
        table.allow(
            ("title", "minutes", "questions", "draw", "pass_percent"),
            ("attempts", "time_limit_minutes"),
        )
        title = table.localized("title")
        item = ItemPlan(
            key="final",
            kind=ItemKind.QUIZ,
            title=title,
            minutes=minutes(table),
            quiz=self._lessons.quiz(table),
        )
        final = LessonPlan(FINAL_KEY, title, minutes(table), (), (item,))
        last = modules[-1]
        return (*modules[:-1], ModulePlan(last.key, last.title, (*last.lessons, final)))


def _slug(table: Table, name: str) -> str:
    slug = table.text(name)
    if slug and (not SLUG_PATTERN.fullmatch(slug) or len(slug) > MAX_SLUG):
        table.fault(name, _SLUG)
    return slug
