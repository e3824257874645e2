"""Reads what is known of a person and what it comes to."""

from lms.subsidy.queries.decisions import (
    Last,
    count_people,
    due,
    last_decisions,
    people_from,
    person_range,
    study_marks,
)
from lms.subsidy.queries.dossiers import Dossiers, dossiers
from lms.subsidy.queries.explained import Explained, explained, may_explain
from lms.subsidy.queries.meters import Meter, Row, meters, meters_and_facts
from lms.subsidy.queries.proposals import (
    DRY_RUN,
    Part,
    ProposalPage,
    Proposed,
    Stamp,
    Trial,
    VersionLine,
    may_load,
    proposal_page,
    proposals,
    stamp,
    version_lines,
)
from lms.subsidy.queries.shelves import (
    Stored,
    Versions,
    combined,
    policies_of,
    shelf_now,
    stored_versions,
)

__all__ = [
    "DRY_RUN",
    "Dossiers",
    "Explained",
    "Last",
    "Meter",
    "Part",
    "ProposalPage",
    "Proposed",
    "Row",
    "Stamp",
    "Stored",
    "Trial",
    "VersionLine",
    "Versions",
    "combined",
    "count_people",
    "dossiers",
    "due",
    "explained",
    "last_decisions",
    "may_explain",
    "may_load",
    "meters",
    "meters_and_facts",
    "people_from",
    "person_range",
    "policies_of",
    "proposal_page",
    "proposals",
    "shelf_now",
    "stamp",
    "stored_versions",
    "study_marks",
    "version_lines",
]
