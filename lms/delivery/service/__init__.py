"""Takes orders for files, lets others approve them, hands them out once, clears what is over."""

from lms.delivery.service.files import (
    clear_old_files,
    clear_parts,
    open_whole,
    reseal_files,
    sealer_of,
)
from lms.delivery.service.orders import (
    HandedOut,
    hand_out,
    order,
    record_made,
    require_few,
    require_ready,
    resume,
    scopes_of,
    start,
    stop,
)
from lms.delivery.service.ruling import approve, refuse, require_ruler
from lms.delivery.service.steps import write_down
from lms.delivery.service.telling import tell_of_failures

__all__ = [
    "HandedOut",
    "approve",
    "clear_old_files",
    "clear_parts",
    "hand_out",
    "open_whole",
    "order",
    "record_made",
    "refuse",
    "require_few",
    "require_ready",
    "require_ruler",
    "reseal_files",
    "resume",
    "scopes_of",
    "sealer_of",
    "start",
    "stop",
    "tell_of_failures",
    "write_down",
]
