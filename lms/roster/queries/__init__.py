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
from lms.roster.queries.schedules import due_schedules, own_schedules
from lms.roster.queries.selecting import Selection, listed, selected

__all__ = [
    "COUNTED",
    "MOST_PEOPLE",
    "Awaiting",
    "BatchCheck",
    "BatchView",
    "Choice",
    "ExportView",
    "Offers",
    "Page",
    "Reach",
    "Saved",
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
    "last_enrollment",
    "last_person",
    "learner",
    "lines_of",
    "lines_sql",
    "listed",
    "manifest_lines",
    "manifest_of",
    "offers",
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
    "selected",
    "stream",
    "towns",
    "wrong_lines",
    "wrong_people",
]
