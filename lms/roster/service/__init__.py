"""Takes orders for exports, writes their files, hands them out once, clears what is over."""

from lms.roster.service.exports import (
    JOB_KIND,
    hand_out,
    order_export,
    path_of,
    record_made,
    record_removed,
    require_reach,
    scopes_of,
    stop_export,
)
from lms.roster.service.files import clear_old_files, one_moment, write_list
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
    order_batch,
    stop_batch,
)

__all__ = [
    "FREEZE_JOB",
    "JOB_KIND",
    "FreezeOrder",
    "Snapshot",
    "add_rows",
    "clear_old_files",
    "clear_rows",
    "close_batch",
    "correct_batch",
    "hand_out",
    "one_moment",
    "order_batch",
    "order_export",
    "path_of",
    "record_made",
    "record_removed",
    "require_reach",
    "scopes_of",
    "stop_batch",
    "stop_export",
    "write_list",
]
