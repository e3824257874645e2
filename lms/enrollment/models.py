"""The enrollment: a learner takes a course, in the revision that was published then."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.enrollment.domain import EnrollmentStatus


class Enrollment(Base):
    """A learner × a course, pinned to a revision; the county is where the learner was then."""

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
