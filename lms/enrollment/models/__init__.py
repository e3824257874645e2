"""Classes, enrollments, waiting, sessions in person, attendance and what learners signed."""

from lms.enrollment.models.joined import ClassWait, Enrollment, TrainingClass
from lms.enrollment.models.sessions import AttendanceEntry, ClassSession, SessionAttendance
from lms.enrollment.models.signed import ClassConfirmation, ClassObjection

__all__ = [
    "AttendanceEntry",
    "ClassConfirmation",
    "ClassObjection",
    "ClassSession",
    "ClassWait",
    "Enrollment",
    "SessionAttendance",
    "TrainingClass",
]
