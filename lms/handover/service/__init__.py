"""Takes orders for packages, writes them and hands them out once."""

from lms.handover.service.orders import (
    Made,
    hand_out,
    order_handover,
    own,
    ready_handover,
    record_made,
    resume_handover,
    stop_handover,
)
from lms.handover.service.packages import write_package

__all__ = [
    "Made",
    "hand_out",
    "order_handover",
    "own",
    "ready_handover",
    "record_made",
    "resume_handover",
    "stop_handover",
    "write_package",
]
