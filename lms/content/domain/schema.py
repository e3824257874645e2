"""A course as its folder describes it, in plain frozen values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lms.assessment.domain import QuestionSpec
from lms.catalog.domain import ItemKind

SCHEMA = 1
COURSE_FILE = "course.yaml"
PICTURES = ("480p", "240p")
LABELS = (*PICTURES, "audio")

Words = Mapping[str, str]  # {"zh": …, "en": …}; zh always stands


@dataclass(frozen=True, slots=True)
class VideoFiles:
    """The files of a video, as paths below the course folder."""

    renditions: Mapping[str, str]
    poster: str | None = None
    captions: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """Return all of them."""
        poster = [self.poster] if self.poster else []
        return [*self.renditions.values(), *poster, *self.captions.values()]


@dataclass(frozen=True, slots=True)
class QuizPlan:
    """The questions of a quiz and its terms; ``None`` is no limit on tries or minutes."""

    questions: tuple[QuestionSpec, ...]
    draw: int
    pass_percent: int
    attempts: int | None = None
    time_limit_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """One thing to do; ``minutes`` is the most it may earn, a video's length speaks for itself."""

    key: str
    kind: ItemKind
    title: Words
    is_required: bool = True
    minutes: int | None = None
    body: Words | None = None
    video: VideoFiles | None = None
    quiz: QuizPlan | None = None


@dataclass(frozen=True, slots=True)
class LessonPlan:
    """A lesson with its items in order."""

    key: str
    title: Words
    minutes: int
    objectives: tuple[Words, ...]
    items: tuple[ItemPlan, ...]


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module with its lessons in order."""

    key: str
    title: Words
    lessons: tuple[LessonPlan, ...]


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A whole course; the final test is the last lesson of the last module."""

    slug: str
    title: Words
    summary: Words
    outcomes: tuple[Words, ...]
    cover: str
    modules: tuple[ModulePlan, ...]
    price_fen: int = 0
    institution: str | None = None
    programme: str | None = None
    badge_months: int | None = None

    @property
    def lessons(self) -> list[LessonPlan]:
        """Return the lessons of all modules in order."""
        return [lesson for module in self.modules for lesson in module.lessons]

    @property
    def media_paths(self) -> list[str]:
        """Return the path of every video, poster and caption file."""
        return [path for item in self.items() if item.video for path in item.video.paths]

    def items(self) -> Iterator[ItemPlan]:
        """Yield the items of all lessons in order."""
        for lesson in self.lessons:
            yield from lesson.items
