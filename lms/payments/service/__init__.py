"""Takes orders, hears what providers tell, and brings each order to where that puts it."""

from lms.payments.service.counter import confirm, drop, hand_back, take
from lms.payments.service.exporting import note_export
from lms.payments.service.hearing import hear, learn
from lms.payments.service.ordering import Wanted, cancel, expire, place
from lms.payments.service.pages import CLOSE, open_page
from lms.payments.service.reconciling import (
    RECONCILE,
    Reconciled,
    ask_nightly,
    ask_now,
    begin,
    finish,
    look_at,
)
from lms.payments.service.refunding import (
    ask_again,
    ask_refund,
    handle,
    refuse_refund,
    wanted_refund,
)
from lms.payments.service.standing import settle

__all__ = [
    "CLOSE",
    "RECONCILE",
    "Reconciled",
    "Wanted",
    "ask_again",
    "ask_nightly",
    "ask_now",
    "ask_refund",
    "begin",
    "cancel",
    "confirm",
    "drop",
    "expire",
    "finish",
    "hand_back",
    "handle",
    "hear",
    "learn",
    "look_at",
    "note_export",
    "open_page",
    "place",
    "refuse_refund",
    "settle",
    "take",
    "wanted_refund",
]
