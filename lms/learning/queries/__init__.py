"""Joins what a learner's page shows: the course, the enrollment and the progress."""

from lms.learning.queries.courses import (
    EnrolledCourse,
    body_of,
    menu,
    own_course,
    own_courses,
    visible_course,
)
from lms.learning.queries.quizzes import OwnAttempt, QuizFacts, own_attempts, quiz_facts
from lms.learning.queries.record import (
    LedgerRow,
    OwnPerson,
    ledger,
    lesson_titles,
    own_person,
    verified_on,
)
from lms.learning.queries.subsidies import Offer, offer_of, own_subsidies, subsidies_of

__all__ = [
    "EnrolledCourse",
    "LedgerRow",
    "Offer",
    "OwnAttempt",
    "OwnPerson",
    "QuizFacts",
    "body_of",
    "ledger",
    "lesson_titles",
    "menu",
    "offer_of",
    "own_attempts",
    "own_course",
    "own_courses",
    "own_person",
    "own_subsidies",
    "quiz_facts",
    "subsidies_of",
    "verified_on",
    "visible_course",
]
