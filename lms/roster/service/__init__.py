"""Takes orders for exports, writes their files, hands them out once, makes some each month."""

from lms.roster.service.approvals import approve_export, refuse_export
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
from lms.roster.service.schedules import add_schedule, end_schedule, make_due

__all__ = [
    "COUNTED",
    "JOB_KIND",
    "add_schedule",
    "approve_export",
    "end_schedule",
    "hand_out",
    "make_due",
    "order_export",
    "own",
    "ready_export",
    "record_made",
    "refuse_export",
    "require_reach",
    "resume_export",
    "stop_export",
    "write_list",
]
