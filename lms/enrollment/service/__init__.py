"""Enrolls learners, runs classes, moves people to newer versions and records completion."""

from lms.enrollment.service.attendance import record_attendance
from lms.enrollment.service.classes import (
    NewClass,
    Plan,
    change_class,
    count_of_year,
    draft_class,
    move_on,
    open_class,
)
from lms.enrollment.service.confirming import object_to_class, sign_class, signed
from lms.enrollment.service.filling import fill_class, refusal_of_class
from lms.enrollment.service.giving import Given, give_seat
from lms.enrollment.service.joining import complete, enroll, take_in
from lms.enrollment.service.leaving import take_back, transfer, withdraw, withdraw_learner
from lms.enrollment.service.moving import (
    MOVE,
    Order,
    ask_to_move,
    move_one,
    order_of,
    record_moved,
    stop_moving,
)
from lms.enrollment.service.seats import (
    leave_line,
    put_in_line,
    require_seat,
    seat_waiting,
    wait,
)
from lms.enrollment.service.sessions import (
    Meeting,
    add_session,
    appoint,
    change_session,
    dismiss,
    instructors,
    set_session_state,
)

__all__ = [
    "MOVE",
    "Given",
    "Meeting",
    "NewClass",
    "Order",
    "Plan",
    "add_session",
    "appoint",
    "ask_to_move",
    "change_class",
    "change_session",
    "complete",
    "count_of_year",
    "dismiss",
    "draft_class",
    "enroll",
    "fill_class",
    "give_seat",
    "instructors",
    "leave_line",
    "move_on",
    "move_one",
    "object_to_class",
    "open_class",
    "order_of",
    "put_in_line",
    "record_attendance",
    "record_moved",
    "refusal_of_class",
    "require_seat",
    "seat_waiting",
    "set_session_state",
    "sign_class",
    "signed",
    "stop_moving",
    "take_back",
    "take_in",
    "transfer",
    "wait",
    "withdraw",
    "withdraw_learner",
]
