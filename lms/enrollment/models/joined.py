"""Classes and enrollments: who takes a course, and in which published revision of it."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import after_create, refuse
from lms.enrollment.domain import ClassState, EnrollmentStatus, HostKind, WaitState


class TrainingClass(Base):
    """A dated run of a course for a group, pinned to a revision; the county is who runs it.

    ``filing_no`` is what the bureau calls it; ``capacity`` empty: as many as come. Without a
    ``host_name`` the institution of the course runs it.
    """

    __tablename__ = "training_class"
    __table_args__ = (
        one_of("state", ClassState),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="dates"),
        one_of("host_kind", HostKind),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("theory_minutes >= 0", name="theory"),
        CheckConstraint("practice_minutes >= 0", name="practice"),
        unique_where(
            "uq_training_class_filing", "county_code", "filing_no", where="filing_no IS NOT NULL"
        ),
        Index("ix_training_class_course", "course_id", "state"),
        # What is to begin or to end today.
        Index("ix_training_class_days", "state", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    title: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default=ClassState.DRAFT)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    filing_no: Mapped[str | None] = mapped_column(String(40))
    plan: Mapped[str | None] = mapped_column(Text)
    capacity: Mapped[int | None]
    host_kind: Mapped[str] = mapped_column(
        String(12), default=HostKind.INSTITUTION, server_default=HostKind.INSTITUTION.value
    )
    host_name: Mapped[str | None] = mapped_column(String(80))
    host_uscc: Mapped[str | None] = mapped_column(String(18))
    theory_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    practice_minutes: Mapped[int] = mapped_column(default=0, server_default="0")


class ClassWait(Base):
    """A person's place in the line for a seat of a class; who asked first is seated first."""

    __tablename__ = "class_wait"
    __table_args__ = (
        one_of("state", WaitState),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        unique_where(
            "uq_class_wait_live", "training_class_id", "person_id", where="state = 'waiting'"
        ),
        Index("ix_class_wait_line", "training_class_id", "state", "id"),
        Index("ix_class_wait_person", "person_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default=WaitState.WAITING)
    settled_at: Mapped[datetime | None]


class Enrollment(Base):
    """A learner × a course, pinned to a revision; the county is where the learner was then.

    Who joined a class has the class's revision and goes with it. ``moved_at`` is when a newer
    revision last took the place of the one before.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        one_of("status", EnrollmentStatus),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed"),
        unique_where(
            "uq_enrollment_live",
            "person_id",
            "course_id",
            where="status IN ('active', 'completed')",
        ),
        Index("ix_enrollment_desk", "county_code", "course_id", "status", "id"),
        # A county's lists are read newest first, a page at a time, with and without a status.
        Index("ix_enrollment_county_status", "county_code", "status", "id"),
        Index("ix_enrollment_county", "county_code", "id"),
        Index("ix_enrollment_completed", "county_code", "completed_at", "id"),
        # Who is on which version of a course, and who is moved next.
        Index("ix_enrollment_version", "course_id", "revision_id", "status", "id"),
        Index("ix_enrollment_class", "training_class_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    status: Mapped[str] = mapped_column(String(10), default=EnrollmentStatus.ACTIVE)
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # Of a class of the same course and revision: the triggers below hold what a key would.
    training_class_id: Mapped[int | None]
    moved_at: Mapped[datetime | None]


_CLASSES, _ENROLLMENTS = (cast(Table, model.__table__) for model in (TrainingClass, Enrollment))
# Pinned to what never was published of the course.
_MISPINNED = (
    "NOT EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id "
    "AND course_id = NEW.course_id AND published_at IS NOT NULL)"
)
refuse(_CLASSES, "INSERT", condition=_MISPINNED)
refuse(_CLASSES, "UPDATE", condition=f"NEW.course_id <> OLD.course_id OR {_MISPINNED}")
refuse(_CLASSES, "DELETE", condition="")

_OF_CLASS = (
    "EXISTS (SELECT 1 FROM training_class WHERE id = NEW.training_class_id "
    "AND course_id = NEW.course_id AND revision_id = NEW.revision_id)"
)
_ASTRAY = f"({_MISPINNED} OR (NEW.training_class_id IS NOT NULL AND NOT {_OF_CLASS}))"
_OTHER_CLASS = "coalesce(NEW.training_class_id, 0) <> coalesce(OLD.training_class_id, 0)"
_MOVED = f"NEW.revision_id <> OLD.revision_id OR {_OTHER_CLASS}"
refuse(_ENROLLMENTS, "INSERT", condition=_ASTRAY)
refuse(
    _ENROLLMENTS,
    "UPDATE",
    condition=(
        "NEW.course_id <> OLD.course_id OR NEW.person_id <> OLD.person_id "
        # What somebody completed or left stays as it was then.
        f"OR (({_MOVED}) AND (OLD.status <> 'active' OR {_ASTRAY}))"
    ),
)

# A class never has more people than seats. The class's row is locked first, so that of those who
# come at once each sees who came before.
# Who sits down does not sit there yet, so that all who are counted are others.
_FULL = (
    "(SELECT count(*) FROM enrollment WHERE training_class_id = NEW.training_class_id "
    "AND status IN ('active', 'completed')) >= "
    "(SELECT capacity FROM training_class WHERE id = NEW.training_class_id)"
)
_SITS_DOWN = "NEW.training_class_id IS NOT NULL AND NEW.status IN ('active', 'completed')"
_STOOD = (
    "coalesce(OLD.training_class_id, 0) <> NEW.training_class_id "
    "OR OLD.status NOT IN ('active', 'completed')"
)
_NO_SEAT = "the class has no free seat"


# Of a roster PostgreSQL counts once a statement: by row, ten thousand take minutes.
_SEATED = "(SELECT training_class_id FROM seated WHERE status IN ('active', 'completed'))"
_OVERFULL = (
    "EXISTS (SELECT 1 FROM training_class WHERE id IN "
    "(SELECT training_class_id FROM seated WHERE status IN ('active', 'completed')) "
    "AND capacity < (SELECT count(*) FROM enrollment WHERE training_class_id = training_class.id "
    "AND status IN ('active', 'completed')))"
)
_SEATS_AT_ONCE = (
    "CREATE FUNCTION enrollment_seats_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM 1 FROM training_class WHERE id IN {_SEATED} AND capacity IS NOT NULL "
    "ORDER BY id FOR UPDATE; "
    f"IF {_OVERFULL} THEN RAISE EXCEPTION '{_NO_SEAT}' USING ERRCODE = '23514'; END IF; "
    "RETURN NULL; END $$; "
    "CREATE TRIGGER enrollment_seats_insert AFTER INSERT ON enrollment "
    "REFERENCING NEW TABLE AS seated FOR EACH STATEMENT "
    "EXECUTE FUNCTION enrollment_seats_insert()"
)


def _seats(verb: str, condition: str, *, at_once: str = "") -> None:
    name = f"enrollment_seats_{verb.lower()}"
    when = f"WHEN {condition} AND {_FULL} "
    after_create(
        _ENROLLMENTS,
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE {verb} ON enrollment FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{_NO_SEAT}'); END"
        ),
        postgresql=at_once
        or (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN "
            "PERFORM 1 FROM training_class WHERE id = NEW.training_class_id "
            "AND capacity IS NOT NULL FOR UPDATE; "
            f"IF {_FULL} THEN RAISE EXCEPTION '{_NO_SEAT}' USING ERRCODE = '23514'; END IF; "
            "END IF; RETURN NEW; END $$; "
            f"CREATE TRIGGER {name} BEFORE {verb} ON enrollment FOR EACH ROW "
            f"EXECUTE FUNCTION {name}()"
        ),
    )


_seats("INSERT", _SITS_DOWN, at_once=_SEATS_AT_ONCE)
_seats("UPDATE", f"{_SITS_DOWN} AND ({_STOOD})")
