"""Reads packages, whom they hold, and the evidence that goes into them."""

from lms.handover.queries.attempts import attempts
from lms.handover.queries.choosing import Choice, choose, name_of
from lms.handover.queries.claims import claims
from lms.handover.queries.orders import HandoverView, Packages, packages
from lms.handover.queries.people import Subject, subject_of

__all__ = [
    "Choice",
    "HandoverView",
    "Packages",
    "Subject",
    "attempts",
    "choose",
    "claims",
    "name_of",
    "packages",
    "subject_of",
]
