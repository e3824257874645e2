"""Enrolls learners, runs classes, moves people to newer versions and records completion."""

from lms.enrollment.service.classes import NewClass, open_class
from lms.enrollment.service.joining import complete, enroll, withdraw
from lms.enrollment.service.moving import (
    MOVE,
    Order,
    ask_to_move,
    move_one,
    order_of,
    record_moved,
    stop_moving,
)

__all__ = [
    "MOVE",
    "NewClass",
    "Order",
    "ask_to_move",
    "complete",
    "enroll",
    "move_one",
    "open_class",
    "order_of",
    "record_moved",
    "stop_moving",
    "withdraw",
]
