"""The words of the desk of payments; codes travel, these stand here."""

from collections.abc import Mapping
from typing import Any

from lms.subsidy.domain.payments import payment_number


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# Words and colour of each state.
BATCH_STATES = {
    "prepared": (_("waits for a second person"), "warn"),
    "released": (_("let go, at the bank"), "info"),
    "settled": (_("every answer is in"), "ok"),
    "cancelled": (_("given up"), ""),
}
PAYMENT_STATES = {
    "planned": (_("not let go yet"), "warn"),
    "sent": (_("at the bank"), "info"),
    "paid": (_("paid out"), "ok"),
    "returned": (_("sent back"), "bad"),
    "cancelled": (_("left this batch"), ""),
}
MONEY_ACTS = {
    "plan": _("put into a batch"),
    "unplan": _("taken out of the batch"),
    "send": _("let go to the bank"),
    "pay": _("paid by the bank"),
    "bounce": _("sent back by the bank"),
    "pay_again": _("to be paid again"),
    "claw_back": _("claimed back"),
    "recover": _("money came in"),
}
SHOWN: Mapping[str, Any] = {
    "batch_states": BATCH_STATES,
    "payment_states": PAYMENT_STATES,
    "money_acts": MONEY_ACTS,
    "payment_number": payment_number,
}
