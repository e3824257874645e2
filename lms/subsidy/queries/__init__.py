"""Reads what is known of a person and what it comes to."""

from lms.subsidy.queries.decisions import (
    Last,
    due,
    last_decisions,
    people_from,
    person_range,
    study_marks,
)
from lms.subsidy.queries.dossiers import Dossiers, dossiers
from lms.subsidy.queries.meters import Meter, Row, meters, meters_and_facts
from lms.subsidy.queries.shelves import (
    Stored,
    Versions,
    combined,
    policies_of,
    shelf_now,
    stored_versions,
)

__all__ = [
    "Dossiers",
    "Last",
    "Meter",
    "Row",
    "Stored",
    "Versions",
    "combined",
    "dossiers",
    "due",
    "last_decisions",
    "meters",
    "meters_and_facts",
    "people_from",
    "person_range",
    "policies_of",
    "shelf_now",
    "stored_versions",
    "study_marks",
]
