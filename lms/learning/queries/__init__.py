"""Joins what a learner's page shows: the course, the enrollment and the progress."""

from lms.learning.queries.courses import (
    EnrolledCourse,
    body_of,
    menu,
    own_course,
    own_courses,
    visible_course,
)
from lms.learning.queries.quizzes import OwnAttempt, QuizFacts, quiz_facts
from lms.learning.queries.record import OwnPerson, own_person, verified_on
from lms.learning.queries.subsidies import Offer, offer_of, own_subsidies, subsidies_of

__all__ = [
    "EnrolledCourse",
    "Offer",
    "OwnAttempt",
    "OwnPerson",
    "QuizFacts",
    "body_of",
    "menu",
    "offer_of",
    "own_course",
    "own_courses",
    "own_person",
    "own_subsidies",
    "quiz_facts",
    "subsidies_of",
    "verified_on",
    "visible_course",
]
