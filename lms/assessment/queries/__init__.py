"""Reads questions and attempts: rows for the service, and what learners may see."""

from lms.assessment.queries.attempts import is_overdue
from lms.assessment.queries.results import Place, Result, Reviewed, place, result, review
from lms.assessment.queries.sheets import Sheet, ShownQuestion, sheet
from lms.assessment.queries.starts import StartView, has_open_attempt, start_view

__all__ = [
    "Place",
    "Result",
    "Reviewed",
    "Sheet",
    "ShownQuestion",
    "StartView",
    "has_open_attempt",
    "is_overdue",
    "place",
    "result",
    "review",
    "sheet",
    "start_view",
]
