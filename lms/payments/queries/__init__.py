"""Reads orders, and what became known of the money for them."""

from lms.payments.queries.desk import (
    PAGE,
    Line,
    Whole,
    Wished,
    lines,
    may_refund,
    parked,
    whole,
)
from lms.payments.queries.money import disputes_of, known_of, refunds_of
from lms.payments.queries.orders import (
    Offered,
    OwnOrder,
    Standing,
    is_seat_lost,
    locked_order,
    offered,
    open_order,
    order_with_free_seat,
    overdue,
    own_order,
    own_orders,
    standing_with,
)

__all__ = [
    "PAGE",
    "Line",
    "Offered",
    "OwnOrder",
    "Standing",
    "Whole",
    "Wished",
    "disputes_of",
    "is_seat_lost",
    "known_of",
    "lines",
    "locked_order",
    "may_refund",
    "offered",
    "open_order",
    "order_with_free_seat",
    "overdue",
    "own_order",
    "own_orders",
    "parked",
    "refunds_of",
    "standing_with",
    "whole",
]
