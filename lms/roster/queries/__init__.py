"""Reads completion rows, what filters may offer, and exports."""

from lms.roster.queries.choices import Choice, Reach, reach, towns
from lms.roster.queries.exports import ExportView, expired, open_exports, own_export, own_exports
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

__all__ = [
    "BatchCheck",
    "BatchView",
    "Choice",
    "ExportView",
    "Page",
    "Reach",
    "Selection",
    "Window",
    "batch",
    "batches",
    "by_subject",
    "check",
    "count",
    "differences",
    "expired",
    "in_list_order",
    "learner",
    "lines_of",
    "manifest_lines",
    "manifest_of",
    "open_exports",
    "others",
    "own_export",
    "own_exports",
    "page",
    "people",
    "reach",
    "rows_to_freeze",
    "stream",
    "towns",
]
