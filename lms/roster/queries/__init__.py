"""Reads completion rows, what filters may offer, exports, and who may approve them."""

from lms.roster.queries.approvals import Awaiting, awaiting, extent_of, rulers, scopes_now
from lms.roster.queries.choices import Choice, Reach, reach, towns
from lms.roster.queries.exports import ExportView, own_export, own_exports
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
from lms.roster.queries.schedules import due_schedules, own_schedules

__all__ = [
    "Awaiting",
    "Choice",
    "ExportView",
    "Page",
    "Reach",
    "Selection",
    "Window",
    "awaiting",
    "count",
    "due_schedules",
    "extent_of",
    "learner",
    "lines_of",
    "own_export",
    "own_exports",
    "own_schedules",
    "page",
    "people",
    "reach",
    "rulers",
    "scopes_now",
    "stream",
    "towns",
]
