"""Reads what learners and the desk send about orders, vouchers and coupons."""

from lms.payments.forms.finance import parse_file_form, parse_period
from lms.payments.forms.orders import (
    parse_class,
    parse_codes,
    parse_counted,
    parse_days,
    parse_looks,
    parse_reason,
    parse_refund,
    parse_way,
    parse_wished,
)
from lms.payments.forms.vouchers import parse_issue, parse_place, parse_share

__all__ = [
    "parse_class",
    "parse_codes",
    "parse_counted",
    "parse_days",
    "parse_file_form",
    "parse_issue",
    "parse_looks",
    "parse_period",
    "parse_place",
    "parse_reason",
    "parse_refund",
    "parse_share",
    "parse_way",
    "parse_wished",
]
