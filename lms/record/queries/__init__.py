"""Reads a learner's file."""

from lms.record.queries.entries import day_entries
from lms.record.queries.file import LearnerFile, Sight, learner_file
from lms.record.queries.ledger import ledger
from lms.record.queries.people import READ, Holder, Reading, holder
from lms.record.queries.sheet import Sheet, sheet
from lms.record.queries.sittings import sittings

__all__ = [
    "READ",
    "Holder",
    "LearnerFile",
    "Reading",
    "Sheet",
    "Sight",
    "day_entries",
    "holder",
    "learner_file",
    "ledger",
    "sheet",
    "sittings",
]
