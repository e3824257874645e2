"""Joins what a learner's page shows: the course, the enrollment and the progress."""

from lms.learning.queries.classes import (
    ClassFile,
    Offered,
    OwnClass,
    class_file,
    classes_of_course,
    own_classes,
)
from lms.learning.queries.courses import (
    EnrolledCourse,
    body_of,
    menu,
    own_course,
    own_courses,
    visible_course,
)
from lms.learning.queries.own_data import own_data
from lms.learning.queries.quizzes import OwnAttempt, QuizFacts, quiz_facts
from lms.learning.queries.record import OwnPerson, own_person, verified_on
from lms.learning.queries.subsidies import Offer, offer_of, own_subsidies, subsidies_of
from lms.learning.queries.transcripts import CourseTexts, Place, search_course, transcript

__all__ = [
    "ClassFile",
    "CourseTexts",
    "EnrolledCourse",
    "Offer",
    "Offered",
    "OwnAttempt",
    "OwnClass",
    "OwnPerson",
    "Place",
    "QuizFacts",
    "body_of",
    "class_file",
    "classes_of_course",
    "menu",
    "offer_of",
    "own_classes",
    "own_course",
    "own_courses",
    "own_data",
    "own_person",
    "own_subsidies",
    "quiz_facts",
    "search_course",
    "subsidies_of",
    "transcript",
    "verified_on",
    "visible_course",
]
