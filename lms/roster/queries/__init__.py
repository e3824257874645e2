"""Reads completion rows, what filters may offer, and exports."""

from lms.roster.queries.choices import (
    Choice,
    counties,
    courses,
    reaches_institution,
    towns,
)
from lms.roster.queries.exports import ExportView, expired, open_exports, own_export, own_exports
from lms.roster.queries.lines import (
    Page,
    Selection,
    Window,
    count,
    learner,
    page,
    stream,
    verified_ms,
)

__all__ = [
    "Choice",
    "ExportView",
    "Page",
    "Selection",
    "Window",
    "count",
    "counties",
    "courses",
    "expired",
    "learner",
    "open_exports",
    "own_export",
    "own_exports",
    "page",
    "reaches_institution",
    "stream",
    "towns",
    "verified_ms",
]
