"""What is derived from the ledger and kept ready: sets, sums, completions."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessment.models import Attempt
from lms.catalog.outline import FINAL_LESSON
from lms.db.base import Base
from lms.db.ddl import after_create
from lms.progress.models.ledger import WatchSlice


class MaterialProgress(Base):
    """What a person saw and was credited of one material: the sum of the slices, kept ready.

    ``granted_ms`` is the part of ``credited_ms`` that people decided, not the clock.
    """

    __tablename__ = "material_progress"
    __table_args__ = (
        CheckConstraint("0 <= credited_ms AND credited_ms <= seen_ms", name="credited_within_seen"),
        CheckConstraint("0 <= granted_ms AND granted_ms <= credited_ms", name="granted"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    material_id: Mapped[int] = mapped_column(
        ForeignKey("material.id"), primary_key=True, autoincrement=False
    )
    seen: Mapped[list[Any]] = mapped_column(default=list)
    credited: Mapped[list[Any]] = mapped_column(default=list)
    held: Mapped[list[Any]] = mapped_column(default=list)
    refused: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen_ms: Mapped[int] = mapped_column(default=0)
    credited_ms: Mapped[int] = mapped_column(default=0)
    granted_ms: Mapped[int] = mapped_column(default=0)
    position_ms: Mapped[int] = mapped_column(default=0)
    updated_at_ms: Mapped[int] = mapped_column(default=0)


class ItemCompletion(Base):
    """That an item is complete, and since when; never taken away."""

    __tablename__ = "item_completion"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    lesson_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    item_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    completed_at: Mapped[datetime]


class CourseTime(Base):
    """What a person was credited of a course, over all its materials: kept by triggers alone.

    ``last_day`` is the ordinal of the newest local day on which playing counted; time that people
    granted is no studying.
    """

    __tablename__ = "course_time"
    __table_args__ = (CheckConstraint("verified_ms >= 0", name="verified"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        ForeignKey("course.id"), primary_key=True, autoincrement=False
    )
    verified_ms: Mapped[int]
    last_day: Mapped[int | None]


class FinalResult(Base):
    """The best graded final test of an enrollment, per cent: kept by triggers alone."""

    __tablename__ = "final_result"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    percent: Mapped[int]


# Lists of a million rows read one row of each, not what each learner watched and tried. Whatever
# writes the sets or grades a test, a beat, a decision, a list taken in or a repair by hand, moves
# them in the same statement.
_SETS, _ATTEMPTS, _SLICES = (
    cast(Table, model.__table__) for model in (MaterialProgress, Attempt, WatchSlice)
)
_MOVE = (
    "UPDATE course_time SET verified_ms = verified_ms {change} "
    "WHERE person_id = {row}.person_id AND course_id = "
    "(SELECT course_id FROM material WHERE id = {row}.material_id)"
)
_BEGUN = (
    "INSERT INTO course_time (person_id, course_id, verified_ms) "
    "SELECT NEW.person_id, course_id, NEW.credited_ms FROM material WHERE id = NEW.material_id "
    "ON CONFLICT (person_id, course_id) "
    "DO UPDATE SET verified_ms = course_time.verified_ms + excluded.verified_ms"
)
_WENT_ON = _MOVE.format(change="+ NEW.credited_ms - OLD.credited_ms", row="NEW")
_TAKEN_AWAY = _MOVE.format(change="- OLD.credited_ms", row="OLD")
_STUDIED = (
    "INSERT INTO course_time (person_id, course_id, verified_ms, last_day) "
    "SELECT NEW.person_id, course_id, 0, NEW.day FROM material WHERE id = NEW.material_id "
    "ON CONFLICT (person_id, course_id) DO UPDATE SET last_day = excluded.last_day "
    "WHERE coalesce(course_time.last_day, 0) < excluded.last_day"
)
_COUNTS = "NEW.credited_ms > 0 AND NEW.request_id IS NULL"
_GRADED = " ".join(
    (
        "INSERT INTO final_result (enrollment_id, percent)",
        "SELECT NEW.enrollment_id, NEW.percent FROM item",
        "JOIN lesson ON lesson.id = item.lesson_id",
        f"WHERE item.id = NEW.item_id AND lesson.key = '{FINAL_LESSON}'",
        "ON CONFLICT (enrollment_id) DO UPDATE SET percent = excluded.percent",
        "WHERE excluded.percent > final_result.percent",
    )
)
_IS_GRADED = "NEW.percent IS NOT NULL"


def _keep(table: Table, verb: str, doing: str, condition: str = "") -> None:
    trigger = f"{table.name}_kept_{verb.split(' ', 1)[0].lower()}"
    when = f"WHEN ({condition}) " if condition else ""
    head = f"CREATE TRIGGER {trigger} AFTER {verb} ON {table.name} FOR EACH ROW {when}"
    after_create(
        table,
        sqlite=f"{head}BEGIN {doing}; END",
        postgresql=(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{doing}; RETURN NULL; END $$; {head}EXECUTE FUNCTION {trigger}()"
        ),
    )


_keep(_SETS, "INSERT", _BEGUN)
_keep(_SETS, "UPDATE OF credited_ms", _WENT_ON, "NEW.credited_ms <> OLD.credited_ms")
_keep(_SETS, "DELETE", _TAKEN_AWAY)
_keep(_SLICES, "INSERT", _STUDIED, _COUNTS)
_keep(_ATTEMPTS, "INSERT", _GRADED, _IS_GRADED)
_keep(_ATTEMPTS, "UPDATE OF percent", _GRADED, _IS_GRADED)
