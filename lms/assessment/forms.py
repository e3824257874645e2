"""What learners may send about a quiz, and the shapes the public API answers with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lms.assessment.domain import LETTERS, GivenAnswer, Saved
from lms.assessment.queries import Result, Sheet, ShownQuestion
from lms.core.errors import InvalidInput, Message
from lms.db.base import Localized

# The largest whole number every JSON reader keeps exactly.
_MOST_REV = 2**53 - 1
_MOST_ID = 2**63 - 1
_BAD_VALUE = Message("bad_value", "This value does not fit.")
_CHECK = "check"

Letter = Annotated[str, Field(min_length=1, max_length=8)]
Words = Callable[[Localized], str]


class ResponseForm(BaseModel):
    """An answer: the id of an option, a list of ids, or nothing; what else is sent is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    answer: Letter | Annotated[list[Letter], Field(max_length=len(LETTERS))] | None
    rev: Annotated[int, Field(ge=0, le=_MOST_REV)]

    def letters(self) -> tuple[str, ...]:
        """Return the chosen options as letters."""
        if self.answer is None:
            return ()
        return (self.answer,) if isinstance(self.answer, str) else tuple(self.answer)


def parse_response(body: object, *, question_id: int) -> GivenAnswer:
    """Return the checked answer. Raises ``InvalidInput`` naming each field that does not fit."""
    try:
        form = ResponseForm.model_validate(body)
    except ValidationError as error:
        names = {str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()}
        raise InvalidInput(dict.fromkeys(sorted(names), _BAD_VALUE)) from error
    return GivenAnswer(question_id, form.letters(), form.rev)


@dataclass(frozen=True, slots=True)
class PageForm:
    """The answers of a sent page and where to go: a position, or ``None`` for the last check."""

    given: tuple[GivenAnswer, ...]
    go: int | None


def parse_page(fields: Mapping[str, Sequence[str]]) -> PageForm:
    """Return what a question page sent. Raises ``InvalidInput`` for what no page sends."""
    asked = [_number(value, _MOST_ID) for value in fields.get("question", ())][: len(fields)]
    given = tuple(
        GivenAnswer(
            question_id,
            tuple(fields.get(f"answer-{question_id}", ())),
            _number(_first(fields, f"rev-{question_id}", "0"), _MOST_REV),
        )
        for question_id in asked
    )
    go = _first(fields, "go", _CHECK)
    return PageForm(given, None if go == _CHECK else _number(go, _MOST_REV))


def _first(fields: Mapping[str, Sequence[str]], name: str, default: str) -> str:
    return next(iter(fields.get(name, ())), default)


def _number(value: str, most: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(most))):
        raise InvalidInput({"page": _BAD_VALUE})
    number = int(value)
    if number > most:
        raise InvalidInput({"page": _BAD_VALUE})
    return number


# -------------------------------------------------------------------- answers


def sheet_body(sheet: Sheet, words: Words) -> dict[str, Any]:
    """Return an attempt to work on as the API shows it; ``words`` picks the language."""
    return {
        "attempt": sheet.attempt_id,
        "number": sheet.number,
        "deadline": moment(sheet.deadline_at),
        "questions": [_question_body(question, words) for question in sheet.questions],
        "responses": {
            str(question.id): {
                "answer": list(question.answer),
                "rev": question.rev,
                "saved_at": moment(question.saved_at),
            }
            for question in sheet.questions
            if question.saved_at
        },
    }


def _question_body(question: ShownQuestion, words: Words) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": question.kind,
        "stem": words(question.stem),
        "options": [{"id": option.id, "text": words(option.text)} for option in question.options],
    }


def result_body(result: Result) -> dict[str, Any]:
    """Return how an attempt stands as the API shows it."""
    return {
        "attempt": result.attempt_id,
        "number": result.number,
        "state": result.state,
        "points": result.points,
        "max_points": result.max_points,
        "percent": result.percent,
        "passed": result.passed,
        "submitted_at": moment(result.submitted_at),
        "attempts_left": result.tries.left,
    }


def saved_body(saved: Saved) -> dict[str, Any]:
    """Return what is stored for a question as the API shows it."""
    return {"saved_at": moment(saved.saved_at), "rev": saved.rev, "answer": list(saved.letters)}


def moment(at: datetime | None) -> str | None:
    """Return the moment as RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
