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
from lms.roster.service.files import clear_old_files, write_list
from lms.roster.service.making import ListRow, Opening, Wanted, rows_of

__all__ = [
    "JOB_KIND",
    "ListRow",
    "Opening",
    "Wanted",
    "clear_old_files",
    "hand_out",
    "order_export",
    "path_of",
    "record_made",
    "record_removed",
    "require_reach",
    "rows_of",
    "scopes_of",
    "stop_export",
    "write_list",
]
