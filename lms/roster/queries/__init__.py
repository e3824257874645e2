"""Reads completion rows, what filters may offer, exports, and who may approve them."""

from lms.roster.queries.approvals import Awaiting, awaiting, extent_of, rulers, scopes_now
from lms.roster.queries.behind import today_of
from lms.roster.queries.calling import (
    CallLine,
    CallPage,
    CallWindow,
    call_page,
    is_record_in_reach,
    to_call,
)
from lms.roster.queries.choices import Choice, Reach, reach, towns
from lms.roster.queries.enrolled import Columns
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
    in_reach,
    manifest_lines,
    manifest_of,
    others,
)
from lms.roster.queries.frozen_rows import FrozenRows
from lms.roster.queries.lines import Page, learner, lines_of, page, people, stream
from lms.roster.queries.lists import count_list, read_list
from lms.roster.queries.making import ListRow, ListRows, Report, Wanted, rows_of
from lms.roster.queries.merging import COUNTED, Window
from lms.roster.queries.offers import Offers, Saved, offers
from lms.roster.queries.paging import MOST_PEOPLE
from lms.roster.queries.recounting import (
    last_enrollment,
    last_person,
    lines_sql,
    wrong_lines,
    wrong_people,
)
from lms.roster.queries.schedules import due_schedules, own_schedules
from lms.roster.queries.selecting import Selection, count, listed, selected
from lms.roster.queries.templates import (
    VersionView,
    newest_template,
    template_for,
    template_in_force,
    templates_in_force,
    versions,
)

__all__ = [
    "COUNTED",
    "MOST_PEOPLE",
    "Awaiting",
    "BatchCheck",
    "BatchView",
    "CallLine",
    "CallPage",
    "CallWindow",
    "Choice",
    "Columns",
    "ExportView",
    "FrozenRows",
    "ListRow",
    "ListRows",
    "Offers",
    "Page",
    "Reach",
    "Report",
    "Saved",
    "Selection",
    "VersionView",
    "Wanted",
    "Window",
    "awaiting",
    "batch",
    "batches",
    "by_subject",
    "call_page",
    "check",
    "count",
    "count_list",
    "differences",
    "due_schedules",
    "extent_of",
    "in_list_order",
    "in_reach",
    "is_record_in_reach",
    "last_enrollment",
    "last_person",
    "learner",
    "lines_of",
    "lines_sql",
    "listed",
    "manifest_lines",
    "manifest_of",
    "newest_template",
    "offers",
    "others",
    "own_export",
    "own_exports",
    "own_schedules",
    "page",
    "people",
    "reach",
    "read_list",
    "rows_of",
    "rows_to_freeze",
    "rulers",
    "scopes_now",
    "selected",
    "stream",
    "template_for",
    "template_in_force",
    "templates_in_force",
    "to_call",
    "today_of",
    "towns",
    "versions",
    "wrong_lines",
    "wrong_people",
]
