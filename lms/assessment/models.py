"""Question banks, quizzes, attempts and the answers given in them."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessment.domain import AttemptState, QuestionKind
from lms.db.base import Base, Localized, one_of, unique_where
from lms.db.ddl import append_only, refuse


class QuestionBank(Base):
    """A pool of questions that quizzes draw from."""

    __tablename__ = "question_bank"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)


class Question(Base):
    """One version of a question; its words never change, an edit makes the next version.

    ``retired_at`` takes it out of later draws. Attempts that drew it keep it for ever.
    """

    __tablename__ = "question"
    __table_args__ = (
        one_of("kind", QuestionKind),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("bank_id", "key", "version"),
        unique_where("uq_question_current", "bank_id", "key", where="retired_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    stem: Mapped[Localized]
    retired_at: Mapped[datetime | None]


class Option(Base):
    """One answer to choose; ``why`` says what is right or wrong about it."""

    __tablename__ = "option"
    __table_args__ = (
        UniqueConstraint("question_id", "key"),
        UniqueConstraint("question_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    key: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    text: Mapped[Localized]
    is_correct: Mapped[bool]
    why: Mapped[Localized | None]


class Quiz(Base):
    """How many questions of a bank are asked, what passes, how often and how long one may try.

    It is part of the revision whose item shows it, so it is frozen with the revision.
    """

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("draw >= 1", name="draw"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent"),
        CheckConstraint("max_attempts >= 1", name="max_attempts"),
        CheckConstraint("time_limit_s >= 1", name="time_limit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    title: Mapped[Localized]
    draw: Mapped[int]
    pass_percent: Mapped[int]
    max_attempts: Mapped[int | None]
    time_limit_s: Mapped[int | None]


_GRADED = ("submitted_at", "points", "max_points", "percent", "passed")


class Attempt(Base):
    """One numbered try at a quiz item; open until it is handed in or its time is up, then final.

    ``submitted_at`` of an expired attempt is its deadline: what was answered by then is graded.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        one_of("state", AttemptState),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("deadline_at > started_at", name="deadline"),
        CheckConstraint("submitted_at >= started_at", name="submitted"),
        CheckConstraint(
            "state <> 'expired' OR (deadline_at IS NOT NULL AND submitted_at = deadline_at)",
            name="expired",
        ),
        *(
            CheckConstraint(f"(state = 'open') = ({column} IS NULL)", name=f"graded_{column}")
            for column in _GRADED
        ),
        CheckConstraint("max_points >= 1 AND points BETWEEN 0 AND max_points", name="points"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        UniqueConstraint("enrollment_id", "item_id", "number"),
        unique_where("uq_attempt_open", "person_id", "item_id", where="state = 'open'"),
        Index("ix_attempt_person", "person_id", "submitted_at"),
        Index(
            "ix_attempt_overdue",
            "deadline_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=AttemptState.OPEN)
    seed: Mapped[int]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    points: Mapped[int | None]
    max_points: Mapped[int | None]
    percent: Mapped[int | None]
    passed: Mapped[bool | None]


class AttemptQuestion(Base):
    """A question of an attempt, in the version served, and the order its options stood in."""

    __tablename__ = "attempt_question"
    __table_args__ = (UniqueConstraint("attempt_id", "question_id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    option_order: Mapped[list[Any]]


class Response(Base):
    """The answer to a question of the attempt: option keys; a lower ``rev`` never overwrites."""

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(
            ["attempt_id", "question_id"],
            ["attempt_question.attempt_id", "attempt_question.question_id"],
        ),
        CheckConstraint("rev >= 0", name="rev"),
    )

    attempt_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[list[Any]]
    rev: Mapped[int]
    saved_at: Mapped[datetime]


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


def _changed(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"({new}) <> ({old})"


_DRAWN = "EXISTS (SELECT 1 FROM attempt_question WHERE question_id = {row}.question_id)"
_CLOSED = "(SELECT state FROM attempt WHERE id = {row}.attempt_id) <> 'open'"
_PUBLISHED = (
    "EXISTS (SELECT 1 FROM item JOIN revision ON revision.id = item.revision_id "
    "WHERE item.quiz_id = OLD.id AND revision.state IN ('published', 'retired'))"
)

refuse(_table(Question), "UPDATE", condition=_changed("bank_id", "key", "version", "kind", "stem"))
refuse(_table(Option), "UPDATE", condition="")
refuse(_table(Option), "INSERT", condition=_DRAWN.format(row="NEW"))
refuse(_table(Option), "DELETE", condition=_DRAWN.format(row="OLD"))

refuse(_table(Quiz), "UPDATE", condition=_PUBLISHED)

refuse(
    _table(Attempt),
    "INSERT",
    condition="NEW.number > (SELECT max_attempts FROM quiz WHERE id = NEW.quiz_id)",
)
refuse(
    _table(Attempt),
    "UPDATE",
    condition="OLD.state <> 'open' OR "
    + _changed("quiz_id", "item_id", "enrollment_id", "person_id", "number", "seed", "started_at"),
)
refuse(_table(Attempt), "DELETE", condition="")

append_only(_table(AttemptQuestion))
refuse(_table(AttemptQuestion), "INSERT", condition=_CLOSED.format(row="NEW"))

refuse(_table(Response), "INSERT", condition=_CLOSED.format(row="NEW"))
refuse(_table(Response), "UPDATE", condition=f"NEW.rev < OLD.rev OR {_CLOSED.format(row='OLD')}")
refuse(_table(Response), "DELETE", condition="")
