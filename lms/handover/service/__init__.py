"""Takes orders for packages, writes them, hands them out once, clears what is over."""

from lms.handover.service.orders import (
    JOB_KIND,
    Made,
    hand_out,
    order_handover,
    own,
    path_of,
    record_made,
    stop_handover,
)
from lms.handover.service.packages import clear_old_files, write_package

__all__ = [
    "JOB_KIND",
    "Made",
    "clear_old_files",
    "hand_out",
    "order_handover",
    "own",
    "path_of",
    "record_made",
    "stop_handover",
    "write_package",
]
