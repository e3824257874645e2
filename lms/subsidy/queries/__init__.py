"""Reads what is known of a person and what it comes to."""

from lms.subsidy.queries.decisions import (
    Last,
    due,
    last_decisions,
    people_from,
    stored_versions,
    study_marks,
)
from lms.subsidy.queries.dossiers import Dossiers, dossiers
from lms.subsidy.queries.meters import Meter, Row, meters, meters_and_facts

__all__ = [
    "Dossiers",
    "Last",
    "Meter",
    "Row",
    "dossiers",
    "due",
    "last_decisions",
    "meters",
    "meters_and_facts",
    "people_from",
    "stored_versions",
    "study_marks",
]
