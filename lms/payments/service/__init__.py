"""Takes orders, hears what providers tell, and brings each order to where that puts it."""

from lms.payments.service.counter import confirm, drop, hand_back, take
from lms.payments.service.exporting import note_export
from lms.payments.service.hearing import hear, learn
from lms.payments.service.issuing import begin_share, end_share, issue, note_taken, stop
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
from lms.payments.service.undoing import undo

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
    "begin_share",
    "cancel",
    "confirm",
    "drop",
    "end_share",
    "expire",
    "finish",
    "hand_back",
    "handle",
    "hear",
    "issue",
    "learn",
    "look_at",
    "note_export",
    "note_taken",
    "open_page",
    "place",
    "refuse_refund",
    "settle",
    "stop",
    "take",
    "undo",
    "wanted_refund",
]
