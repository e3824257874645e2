"""Reads what is known of a person and what it comes to."""

from lms.subsidy.queries.certificates import Held, Occupation, certificates, occupations
from lms.subsidy.queries.decisions import (
    Last,
    due,
    last_decisions,
    people_from,
    stored_versions,
    study_marks,
)
from lms.subsidy.queries.dossiers import Dossiers, dossiers
from lms.subsidy.queries.lists import ListBoard, list_board
from lms.subsidy.queries.meters import Meter, Row, meters, meters_and_facts
from lms.subsidy.queries.people import (
    Entry,
    Standing,
    Subject,
    history,
    oneself,
    paper,
    paper_count,
    papers,
    promise,
    reaches,
    standing,
    subject,
)

__all__ = [
    "Dossiers",
    "Entry",
    "Held",
    "Last",
    "ListBoard",
    "Meter",
    "Occupation",
    "Row",
    "Standing",
    "Subject",
    "certificates",
    "dossiers",
    "due",
    "history",
    "last_decisions",
    "list_board",
    "meters",
    "meters_and_facts",
    "occupations",
    "oneself",
    "paper",
    "paper_count",
    "papers",
    "people_from",
    "promise",
    "reaches",
    "standing",
    "stored_versions",
    "study_marks",
    "subject",
]
