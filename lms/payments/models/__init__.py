"""The tables of orders and of the money that came in for them and went back."""

from lms.payments.models.heard import ProviderMessage
from lms.payments.models.money import Dispute, OrderPayment, Refund
from lms.payments.models.ordered import CourseOrder

__all__ = ["CourseOrder", "Dispute", "OrderPayment", "ProviderMessage", "Refund"]
