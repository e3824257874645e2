"""The tables of orders and of the money that came in for them and went back."""

from lms.payments.models.counted import CounterPayment
from lms.payments.models.heard import ProviderMessage
from lms.payments.models.helped import CountyShare, UndoneOrder
from lms.payments.models.money import Dispute, OrderPayment, Refund
from lms.payments.models.ordered import CourseOrder
from lms.payments.models.receipted import Receipt, ReceiptSeries
from lms.payments.models.reconciled import Difference, Reconciliation
from lms.payments.models.vouchers import Redemption, Voucher, VoucherBatch

__all__ = [
    "CounterPayment",
    "CountyShare",
    "CourseOrder",
    "Difference",
    "Dispute",
    "OrderPayment",
    "ProviderMessage",
    "Receipt",
    "ReceiptSeries",
    "Reconciliation",
    "Redemption",
    "Refund",
    "UndoneOrder",
    "Voucher",
    "VoucherBatch",
]
