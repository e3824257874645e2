"""Presence checks as people see them: a tap, or a question about what was just said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any, Protocol

from lms.progress.domain.prompts import answer_by
from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.state import Prompt

HERE = "here"
# A question is about the last minutes; what it is told apart from lies well away from them.
_LATELY_MS = 3 * 60 * 1000
_APART_MS = 60 * 1000
_SHORTEST, _LONGEST = 6, 60
_IDS = ("a", "b", "c")


class CheckKind(StrEnum):
    """What a presence check asks for."""

    TAP = "tap"
    QUESTION = "question"


class Cue(Protocol):
    """A stretch of captions: words said from ``start_ms`` up to ``end_ms``."""

    @property
    def start_ms(self) -> int:
        """When the words begin, media milliseconds."""

    @property
    def end_ms(self) -> int:
        """When they end."""

    @property
    def text(self) -> str:
        """The words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check shows; ``right`` is the option that was said, never shown to learners."""

    kind: CheckKind = CheckKind.TAP
    options: tuple[tuple[str, str], ...] = ()
    right: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is stored: the options in the order shown, and the right one."""
        return {"options": [list(option) for option in self.options], "right": self.right}


def ask_about(cues: Sequence[Cue], played_to_ms: int, random: Random) -> Asked:
    """Return a question on what was said shortly before ``played_to_ms``, or a plain tap.

    Of three sentences one was just said; the others are from other parts of the same video, so
    that who listened knows and who did not cannot tell by the words alone.
    """
    good = [cue for cue in cues if _SHORTEST <= len(cue.text) <= _LONGEST]
    since = played_to_ms - _LATELY_MS
    lately = [cue for cue in good if since <= cue.start_ms and cue.end_ms <= played_to_ms]
    heard = {cue.text for cue in lately}
    apart = [
        text
        for text in dict.fromkeys(
            cue.text
            for cue in good
            if cue.end_ms < since - _APART_MS or cue.start_ms > played_to_ms + _APART_MS
        )
        if text not in heard
    ]
    if not lately or len(apart) < len(_IDS) - 1:
        return Asked()
    said = random.choice(lately).text
    texts = [said, *random.sample(apart, len(_IDS) - 1)]
    random.shuffle(texts)
    options = tuple(zip(_IDS, texts, strict=True))
    right = next(name for name, text in options if text == said)
    return Asked(CheckKind.QUESTION, options, right)


def is_right(asked: Mapping[str, Any], answer: str) -> bool | None:
    """Say whether the answer to a stored check was right; ``None`` for a plain tap."""
    return None if asked["right"] is None else answer == asked["right"]


def is_answer(asked: Mapping[str, Any], answer: str) -> bool:
    """Say whether ``answer`` is one of those the check offers."""
    return answer in ({HERE} if asked["right"] is None else {name for name, _ in asked["options"]})


def shown(
    prompt: Prompt, kind: str, asked: Mapping[str, Any], settings: CountingSettings
) -> dict[str, Any]:
    """Return the prompt as it stands in a stored answer; ``answer_by_ms`` becomes seconds left."""
    return {
        "id": str(prompt.prompt_id),
        "kind": kind,
        "options": [{"id": name, "text": text} for name, text in asked["options"]],
        "answer_by_ms": None if prompt.is_missed else answer_by(prompt, settings),
        "more_time": not (prompt.has_more_time or prompt.is_missed),
        "missed": prompt.is_missed,
    }
