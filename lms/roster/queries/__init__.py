"""Reads completion rows, what filters may offer, and exports."""

from lms.roster.queries.choices import Choice, Reach, reach, towns
from lms.roster.queries.enrolled import Columns
from lms.roster.queries.exports import ExportView, expired, open_exports, own_export, own_exports
from lms.roster.queries.lines import (
    Page,
    Selection,
    Window,
    count,
    learner,
    lines_of,
    page,
    people,
    stream,
)
from lms.roster.queries.lists import count_list, read_list

__all__ = [
    "Choice",
    "Columns",
    "ExportView",
    "Page",
    "Reach",
    "Selection",
    "Window",
    "count",
    "count_list",
    "expired",
    "learner",
    "lines_of",
    "open_exports",
    "own_export",
    "own_exports",
    "page",
    "people",
    "reach",
    "read_list",
    "stream",
    "towns",
]
