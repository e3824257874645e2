"""What people are told of their orders; payments of subsidies are another matter."""

from collections.abc import Mapping

from lms.core.errors import Message
from lms.notify.domain.kinds import Kind, Notice

_ORDER = {"order": Kind.NUMBER, "amount": Kind.FEN}
_PAGE = "/me/orders/{order}"

ORDERS: Mapping[str, Notice] = {
    "order_paid": Notice(
        Message("title", "Your payment arrived"),
        Message("text", "%(amount)s for order %(order)s. You can begin to learn."),
        _ORDER,
        _PAGE,
    ),
    "order_without_seat": Notice(
        Message("title", "Your payment arrived, but you have the course already"),
        Message(
            "text",
            "%(amount)s for order %(order)s. The office gives it back to you; you need not do "
            "anything.",
        ),
        _ORDER,
        _PAGE,
    ),
    "order_refunded": Notice(
        Message("title", "Money of your order goes back"),
        Message(
            "text",
            "%(amount)s of order %(order)s goes back the way it was paid. The bank may take some "
            "days.",
        ),
        _ORDER,
        _PAGE,
    ),
    # For who looks after the money of a county.
    "money_odd": Notice(
        Message("title", "A payment does not fit"),
        Message(
            "text",
            "The payment company told something that fits no order of ours. Please look at it; "
            "nothing was changed by it.",
        ),
        {},
        "/staff/orders/messages",
    ),
    "order_undone": Notice(
        Message("title", "Your order was undone"),
        Message(
            "text",
            "The office undid order %(order)s; your seat ended. You had nothing to pay. The page "
            "of the order says why.",
        ),
        {"order": Kind.NUMBER},
        _PAGE,
    ),
}
