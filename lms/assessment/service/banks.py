"""Brings question banks and quizzes into the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.domain import OptionSpec, QuestionFault, QuestionKind, QuestionSpec, fault_of
from lms.assessment.models import Option, Question, QuestionBank, Quiz
from lms.core.errors import InvalidInput, Message
from lms.db.base import Localized

_FAULTS = {
    QuestionFault.TOO_FEW_OPTIONS: Message(
        QuestionFault.TOO_FEW_OPTIONS, "A question needs at least two options."
    ),
    QuestionFault.TOO_MANY_OPTIONS: Message(
        QuestionFault.TOO_MANY_OPTIONS, "A question can have ten options at most."
    ),
    QuestionFault.KEY_TWICE: Message(
        QuestionFault.KEY_TWICE, "Two options of the question have the same key."
    ),
    QuestionFault.NOT_ONE_CORRECT: Message(
        QuestionFault.NOT_ONE_CORRECT, "Exactly one option of this question has to be right."
    ),
    QuestionFault.NONE_CORRECT: Message(
        QuestionFault.NONE_CORRECT, "At least one option of the question has to be right."
    ),
    QuestionFault.NO_CHINESE: Message(
        QuestionFault.NO_CHINESE, "The question and all its options need Chinese words."
    ),
}
_QUESTION_TWICE = Message("question_key_twice", "Two questions have the same key.")


@dataclass(frozen=True, slots=True)
class QuizTerms:
    """What a quiz asks and what passes; ``None`` means no limit on tries or time."""

    title: Localized
    draw: int
    pass_percent: int
    max_attempts: int | None = None
    time_limit_s: int | None = None


@dataclass(frozen=True, slots=True)
class BankReport:
    """What an import did to a bank, in numbers of questions."""

    bank_id: int
    added: int
    changed: int
    retired: int
    kept: int


def create_quiz(session: Session, *, bank_id: int, terms: QuizTerms) -> Quiz:
    """Make a quiz on the bank; it is frozen once a published item shows it."""
    quiz = Quiz(
        bank_id=bank_id,
        title=dict(terms.title),
        draw=terms.draw,
        pass_percent=terms.pass_percent,
        max_attempts=terms.max_attempts,
        time_limit_s=terms.time_limit_s,
    )
    session.add(quiz)
    session.flush()
    return quiz


def import_bank(
    session: Session, *, slug: str, questions: Sequence[QuestionSpec], now: datetime
) -> BankReport:
    """Make the bank hold exactly these questions; the same again changes nothing.

    A question whose content is unchanged keeps its row, a changed one gets its next version, one
    that is missing is retired. Attempts keep the versions they drew. Raises ``InvalidInput``
    naming each question that cannot be asked, and changes nothing then.
    """
    _check(questions)
    bank_id = _bank_id(session, slug)
    current = _current(session, bank_id)
    wanted = {question.key: question for question in questions}
    for key, (row, _spec) in current.items():
        if key not in wanted or wanted[key] != _spec:
            row.retired_at = now
    session.flush()
    fresh = [q for q in questions if q.key not in current or current[q.key][1] != q]
    _add_versions(session, bank_id, fresh)
    changed = sum(question.key in current for question in fresh)
    return BankReport(
        bank_id=bank_id,
        added=len(fresh) - changed,
        changed=changed,
        retired=len(current.keys() - wanted.keys()),
        kept=len(wanted) - len(fresh),
    )


def _check(questions: Sequence[QuestionSpec]) -> None:
    faults: dict[str, Message] = {}
    seen: set[str] = set()
    for question in questions:
        fault = fault_of(question)
        if fault is not None:
            faults[question.key] = _FAULTS[fault]
        elif question.key in seen:
            faults[question.key] = _QUESTION_TWICE
        seen.add(question.key)
    if faults:
        raise InvalidInput(faults)


def _bank_id(session: Session, slug: str) -> int:
    bank = session.scalar(select(QuestionBank).where(QuestionBank.slug == slug).with_for_update())
    if bank is None:
        bank = QuestionBank(slug=slug)
        session.add(bank)
        session.flush()
    return bank.id


def _current(session: Session, bank_id: int) -> Mapping[str, tuple[Question, QuestionSpec]]:
    """Return the questions that can be drawn now, by key, with what their authors wrote."""
    rows = session.execute(
        select(Question, Option)
        .join(Option, Option.question_id == Question.id)
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .order_by(Question.id, Option.position)
    ).all()
    options: dict[int, list[OptionSpec]] = {}
    for question, option in rows:
        spec = OptionSpec(option.key, option.text, option.is_correct, option.why)
        options.setdefault(question.id, []).append(spec)
    return {
        question.key: (
            question,
            QuestionSpec(
                question.key,
                QuestionKind(question.kind),
                question.stem,
                tuple(options[question.id]),
            ),
        )
        for question, _option in rows
    }


def _add_versions(session: Session, bank_id: int, questions: Sequence[QuestionSpec]) -> None:
    keys = [question.key for question in questions]
    latest = session.execute(
        select(Question.key, func.max(Question.version))
        .where(Question.bank_id == bank_id, Question.key.in_(keys))
        .group_by(Question.key)
    )
    versions: dict[str, int] = {row[0]: row[1] for row in latest}
    rows = [
        Question(
            bank_id=bank_id,
            key=question.key,
            version=versions.get(question.key, 0) + 1,
            kind=question.kind,
            stem=dict(question.stem),
        )
        for question in questions
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        Option(
            question_id=row.id,
            key=option.key,
            position=position,
            text=dict(option.text),
            is_correct=option.is_correct,
            why=dict(option.why) if option.why else None,
        )
        for row, question in zip(rows, questions, strict=True)
        for position, option in enumerate(question.options, start=1)
    )
    session.flush()
