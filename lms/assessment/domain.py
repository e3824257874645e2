"""The rules of quizzes: drawing, grading, deadlines, tries left and when answers are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

# What is on its way when time runs out still counts: a slow village line takes a few seconds.
GRACE = timedelta(seconds=10)
LETTERS = "ABCDEFGHIJ"
_FEWEST_OPTIONS = 2


class QuestionKind(StrEnum):
    """How many options may be chosen."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class AttemptState(StrEnum):
    """Where an attempt stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"


TRANSITIONS: Mapping[AttemptState, frozenset[AttemptState]] = {
    AttemptState.OPEN: frozenset({AttemptState.SUBMITTED, AttemptState.EXPIRED}),
    AttemptState.SUBMITTED: frozenset(),
    AttemptState.EXPIRED: frozenset(),
}


def may_become(state: AttemptState, wanted: AttemptState) -> bool:
    """Tell whether an attempt may go from one state to the other."""
    return wanted in TRANSITIONS[state]


# ------------------------------------------------------------------ questions


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """An option as an author writes it; ``why`` says what is right or wrong about it."""

    key: str
    text: Mapping[str, str]
    is_correct: bool
    why: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """A question as an author writes it; its key stays the same through all versions."""

    key: str
    kind: QuestionKind
    stem: Mapping[str, str]
    options: tuple[OptionSpec, ...]


class QuestionFault(StrEnum):
    """Why a question cannot be asked."""

    TOO_FEW_OPTIONS = "too_few_options"
    TOO_MANY_OPTIONS = "too_many_options"
    KEY_TWICE = "option_key_twice"
    NOT_ONE_CORRECT = "not_one_correct"
    NONE_CORRECT = "none_correct"
    NO_CHINESE = "no_chinese"


def fault_of(question: QuestionSpec) -> QuestionFault | None:
    """Return the first thing that makes the question impossible to ask or to grade."""
    options = question.options
    correct = sum(option.is_correct for option in options)
    texts = [question.stem, *(option.text for option in options)]
    is_single = question.kind is QuestionKind.SINGLE
    checks = (
        (len(options) < _FEWEST_OPTIONS, QuestionFault.TOO_FEW_OPTIONS),
        (len(options) > len(LETTERS), QuestionFault.TOO_MANY_OPTIONS),
        (len({option.key for option in options}) < len(options), QuestionFault.KEY_TWICE),
        (is_single and correct != 1, QuestionFault.NOT_ONE_CORRECT),
        (correct == 0, QuestionFault.NONE_CORRECT),
        (not all(text.get("zh", "").strip() for text in texts), QuestionFault.NO_CHINESE),
    )
    return next((fault for is_so, fault in checks if is_so), None)


# -------------------------------------------------------------------- drawing


@dataclass(frozen=True, slots=True)
class Drawable:
    """A question that can be drawn, with its option keys in the author's order."""

    question_id: int
    option_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn question and the order its options stand in for this attempt."""

    question_id: int
    option_order: tuple[str, ...]


def draw(questions: Sequence[Drawable], count: int, seed: int) -> tuple[Drawn, ...]:
    """Return ``count`` different questions (all, where there are fewer) with shuffled options.

    The same questions, count and seed give the same draw, so it can be checked years later.
    """
    # A learner cannot ask for a seed, and what was drawn is stored: no secret hangs on it.
    chance = Random(seed)  # noqa: S311 (not for secrets)
    chosen = chance.sample(list(questions), min(count, len(questions)))
    return tuple(
        Drawn(
            question.question_id,
            tuple(chance.sample(question.option_keys, len(question.option_keys))),
        )
        for question in chosen
    )


# -------------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The letters chosen for a question; a client raises ``rev`` with every change."""

    question_id: int
    letters: tuple[str, ...]
    rev: int


def letters_of(keys: Iterable[str], option_order: Sequence[str]) -> tuple[str, ...]:
    """Return the letters the keys go by in this attempt, in alphabetical order.

    Learners see letters only: an author's keys and numbers often tell which option came first,
    and the first is often the right one.
    """
    return tuple(sorted(LETTERS[option_order.index(key)] for key in set(keys)))


def keys_of(letters: Iterable[str], option_order: Sequence[str]) -> tuple[str, ...] | None:
    """Return the option keys behind the letters, in the order shown, or ``None`` for a stranger."""
    known = dict(zip(LETTERS, option_order, strict=False))
    chosen = set(letters)
    if not chosen <= known.keys():
        return None
    return tuple(key for letter, key in known.items() if letter in chosen)


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored for a question now: the letters, their revision and when they came."""

    letters: tuple[str, ...]
    rev: int
    saved_at: datetime


# -------------------------------------------------------------------- grading


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Which options of a question are right."""

    question_id: int
    correct: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grade:
    """The result of an attempt: one point a question, percent rounded down."""

    points: int
    max_points: int
    percent: int
    passed: bool
    right: frozenset[int]


def grade(
    keys: Sequence[AnswerKey], answers: Mapping[int, Iterable[str]], pass_percent: int
) -> Grade:
    """Grade the answers: a question earns its point where exactly the right options are chosen.

    Unanswered questions earn nothing; answers to other questions are not looked at. Raises
    ``ValueError`` where nothing was asked.
    """
    if not keys:
        raise ValueError("an attempt without questions cannot be graded")
    right = frozenset(
        key.question_id
        for key in keys
        if frozenset(answers.get(key.question_id, ())) == key.correct
    )
    percent = len(right) * 100 // len(keys)
    return Grade(len(right), len(keys), percent, percent >= pass_percent, right)


# ------------------------------------------------------------- time and tries


def deadline_of(started_at: datetime, time_limit_s: int | None) -> datetime | None:
    """Return when an attempt's time is up, or ``None`` where there is no limit."""
    return None if time_limit_s is None else started_at + timedelta(seconds=time_limit_s)


def is_late(deadline_at: datetime | None, at: datetime) -> bool:
    """Tell whether what arrives at the moment is too late, the grace included."""
    return deadline_at is not None and at > deadline_at + GRACE


def seconds_left(deadline_at: datetime | None, at: datetime) -> int | None:
    """Return the whole seconds until the deadline, never below zero; ``None`` without a limit."""
    return None if deadline_at is None else max(0, int((deadline_at - at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Tries:
    """What a learner used of the tries at a quiz item; ``most`` is ``None`` without a limit."""

    most: int | None
    started: int
    has_open: bool = False
    has_passed: bool = False

    @property
    def left(self) -> int | None:
        """Return how many new attempts may be started, or ``None`` for any number.

        A limited quiz is over once it is passed: its answers are told then.
        """
        if self.most is None:
            return None
        return 0 if self.has_passed else max(0, self.most - self.started)

    @property
    def may_start(self) -> bool:
        """Tell whether another attempt may be started."""
        return not self.has_open and self.left != 0

    @property
    def tells_answers(self) -> bool:
        """Tell whether right answers and explanations of handed-in attempts may be shown.

        A quiz without a limit is for practice: each hand-in tells. Where tries are limited the
        answers would be worth a try, so they are told when no try is left to use them in.
        """
        return self.most is None or (self.left == 0 and not self.has_open)
