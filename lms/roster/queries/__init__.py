"""Reads completion rows, what filters may offer, and exports."""

from lms.roster.queries.choices import Choice, Reach, reach, towns
from lms.roster.queries.exports import ExportView, expired, open_exports, own_export, own_exports
from lms.roster.queries.lines import Page, learner, lines_of, page, people, stream
from lms.roster.queries.offers import Offers, Saved, offers
from lms.roster.queries.paging import COUNTED, MOST_PEOPLE, Window, count
from lms.roster.queries.recounting import (
    last_enrollment,
    last_person,
    lines_sql,
    wrong_lines,
    wrong_people,
)
from lms.roster.queries.selecting import Selection, listed, selected

__all__ = [
    "COUNTED",
    "MOST_PEOPLE",
    "Choice",
    "ExportView",
    "Offers",
    "Page",
    "Reach",
    "Saved",
    "Selection",
    "Window",
    "count",
    "expired",
    "last_enrollment",
    "last_person",
    "learner",
    "lines_of",
    "lines_sql",
    "listed",
    "offers",
    "open_exports",
    "own_export",
    "own_exports",
    "page",
    "people",
    "reach",
    "selected",
    "stream",
    "towns",
    "wrong_lines",
    "wrong_people",
]
