"""Takes orders for exports, writes their files, hands them out once, makes some each month."""

from lms.roster.service.approvals import approve_export, refuse_export
from lms.roster.service.calling import show_phone
from lms.roster.service.exports import (
    COUNTED,
    JOB_KIND,
    hand_out,
    order_export,
    own,
    ready_export,
    record_made,
    require_reach,
    resume_export,
    stop_export,
)
from lms.roster.service.files import write_list
from lms.roster.service.frozen import (
    JOB_KIND as FREEZE_JOB,
)
from lms.roster.service.frozen import (
    FreezeOrder,
    Snapshot,
    add_rows,
    clear_rows,
    close_batch,
    correct_batch,
    county_of,
    order_batch,
    stop_batch,
)
from lms.roster.service.frozen_files import FrozenFile, write_frozen
from lms.roster.service.remembering import choose_columns, forget_filter, save_filter
from lms.roster.service.schedules import add_schedule, end_schedule, make_due
from lms.roster.service.templates import keep_template, require_county

__all__ = [
    "COUNTED",
    "FREEZE_JOB",
    "JOB_KIND",
    "FreezeOrder",
    "FrozenFile",
    "Snapshot",
    "add_rows",
    "add_schedule",
    "approve_export",
    "choose_columns",
    "clear_rows",
    "close_batch",
    "correct_batch",
    "county_of",
    "end_schedule",
    "forget_filter",
    "hand_out",
    "keep_template",
    "make_due",
    "order_batch",
    "order_export",
    "own",
    "ready_export",
    "record_made",
    "refuse_export",
    "require_county",
    "require_reach",
    "resume_export",
    "save_filter",
    "show_phone",
    "stop_batch",
    "stop_export",
    "write_frozen",
    "write_list",
]
