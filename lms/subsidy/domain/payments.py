"""Where a payment batch and the payments in it stand."""

from enum import StrEnum


class BatchState(StrEnum):
    """How far a batch is: put together, let go by a second person, every answer in, or given up."""

    PREPARED = "prepared"
    RELEASED = "released"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """How far a transfer is; one the bank sent back was, for a while, perhaps paid."""

    PLANNED = "planned"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"
