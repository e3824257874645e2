"""Reads attempts as learners work on them: nothing here ever reads which option is right."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.domain import LETTERS, AttemptState, letters_of
from lms.assessment.models import AttemptQuestion, Option, Question, Response
from lms.assessment.queries import attempts
from lms.core.errors import NotFound
from lms.db.base import Localized


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option as a learner sees it; ``id`` is its letter in this attempt."""

    id: str
    text: Localized


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as a learner sees it, with the answer saved so far."""

    id: int
    position: int
    kind: str
    stem: Localized
    options: tuple[ShownOption, ...]
    answer: tuple[str, ...]
    rev: int
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attempt as a learner works on it."""

    attempt_id: int
    number: int
    state: str
    item_id: int
    revision_id: int
    title: Localized
    deadline_at: datetime | None
    questions: tuple[ShownQuestion, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether answers are still taken."""
        return self.state == AttemptState.OPEN

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Return the positions of the questions without an answer."""
        return tuple(question.position for question in self.questions if not question.answer)

    @property
    def next_open(self) -> int:
        """Return the position of the first question without an answer, else of the last one."""
        return self.unanswered[0] if self.unanswered else len(self.questions)

    def at(self, position: int) -> ShownQuestion:
        """Return the question at the position. Raises ``NotFound`` where there is none."""
        found = next((one for one in self.questions if one.position == position), None)
        if found is None:
            raise NotFound
        return found


def sheet(session: Session, *, person_id: int, attempt_id: int) -> Sheet:
    """Return the person's attempt to work on. Raises ``NotFound`` for anyone else's."""
    attempt, quiz, revision_id = attempts.own_attempt(
        session, person_id=person_id, attempt_id=attempt_id
    )
    return Sheet(
        attempt_id=attempt.id,
        number=attempt.number,
        state=attempt.state,
        item_id=attempt.item_id,
        revision_id=revision_id,
        title=quiz.title,
        deadline_at=attempt.deadline_at,
        questions=_questions(session, attempt_id),
    )


def _questions(session: Session, attempt_id: int) -> tuple[ShownQuestion, ...]:
    texts = _texts(session, attempt_id)
    given = {
        response.question_id: response
        for response in session.scalars(select(Response).where(Response.attempt_id == attempt_id))
    }
    rows = session.execute(
        select(AttemptQuestion, Question.kind, Question.stem)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .where(AttemptQuestion.attempt_id == attempt_id)
        .order_by(AttemptQuestion.position)
    )
    return tuple(
        _question(asked, kind, stem, texts[asked.question_id], given.get(asked.question_id))
        for asked, kind, stem in rows
    )


def _question(
    asked: AttemptQuestion,
    kind: str,
    stem: Localized,
    texts: dict[str, Localized],
    given: Response | None,
) -> ShownQuestion:
    order = asked.option_order
    return ShownQuestion(
        id=asked.question_id,
        position=asked.position,
        kind=kind,
        stem=stem,
        options=tuple(
            ShownOption(letter, texts[key]) for letter, key in zip(LETTERS, order, strict=False)
        ),
        answer=letters_of(given.answer, order) if given else (),
        rev=given.rev if given else 0,
        saved_at=given.saved_at if given else None,
    )


def _texts(session: Session, attempt_id: int) -> dict[int, dict[str, Localized]]:
    rows = session.execute(
        select(Option.question_id, Option.key, Option.text)
        .join(AttemptQuestion, AttemptQuestion.question_id == Option.question_id)
        .where(AttemptQuestion.attempt_id == attempt_id)
    )
    texts: dict[int, dict[str, Localized]] = defaultdict(dict)
    for question_id, key, text in rows:
        texts[question_id][key] = text
    return texts
