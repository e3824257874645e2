"""Reads completion rows, what filters may offer, exports, and who may approve them."""

from lms.roster.queries.approvals import Awaiting, awaiting, extent_of, rulers, scopes_now
from lms.roster.queries.choices import Choice, Reach, reach, towns
from lms.roster.queries.exports import ExportView, own_export, own_exports
from lms.roster.queries.freezing import rows_to_freeze
from lms.roster.queries.frozen import (
    BatchCheck,
    BatchView,
    batch,
    batches,
    by_subject,
    check,
    differences,
    in_list_order,
    manifest_lines,
    manifest_of,
    others,
)
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
    "BatchCheck",
    "BatchView",
    "Choice",
    "ExportView",
    "Page",
    "Reach",
    "Selection",
    "Window",
    "awaiting",
    "batch",
    "batches",
    "by_subject",
    "check",
    "count",
    "differences",
    "due_schedules",
    "extent_of",
    "in_list_order",
    "learner",
    "lines_of",
    "manifest_lines",
    "manifest_of",
    "others",
    "own_export",
    "own_exports",
    "own_schedules",
    "page",
    "people",
    "reach",
    "rows_to_freeze",
    "rulers",
    "scopes_now",
    "stream",
    "towns",
]
