"""Reads questions and attempts: rows for the service, and what learners may see."""

from lms.assessment.queries.attempts import is_overdue
from lms.assessment.queries.results import Place, Result, Reviewed, place, result, review
from lms.assessment.queries.sheets import Sheet, ShownQuestion, sheet

__all__ = [
    "Place",
    "Result",
    "Reviewed",
    "Sheet",
    "ShownQuestion",
    "is_overdue",
    "place",
    "result",
    "review",
    "sheet",
]
