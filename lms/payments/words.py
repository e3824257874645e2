"""The words of codes the desk of orders shows."""


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# Why a message of a provider was parked.
WHY = {
    "wrong_mode": _("Play money where real money is taken, or the other way round."),
    "wrong_amount": _("Another amount than was ordered."),
    "wrong_currency": _("Another currency than yuan."),
    "wrong_kind": _("No payment that is made once."),
    "wrong_page": _("Another page than the one opened for the order."),
    "wrong_payment": _("A payment without a name, or one that paid another order."),
    "unknown_order": _("No order of ours has this number."),
}

# What a reconciliation with the provider's list found.
DIFFERS = {
    "missed": _("We had not heard of it; now it counts."),
    "does_not_fit": _("It fits no order of ours."),
    "not_there": _("We have it and their list does not."),
}

# Where the use of a code stands.
USES = {
    "kept": _("Kept for an order"),
    "used": _("Used"),
    "free": _("Free again"),
    "given_back": _("Given back"),
}

# Columns of the files the desk takes home: title and width.
CODE_COLUMNS = (
    (_("No."), 8),
    (_("Voucher code"), 18),
    (_("Worth (yuan)"), 12),
    (_("Good until"), 13),
    (_("Address"), 50),
)
REDEMPTION_COLUMNS = (
    (_("No."), 8),
    (_("Voucher code"), 18),
    (_("Name"), 14),
    (_("ID number"), 22),
    (_("Course"), 30),
    (_("Order number"), 20),
    (_("Paid by it (yuan)"), 14),
    (_("State"), 14),
    (_("When"), 18),
)

# How money came, as far as its provider tells.
METHODS = {
    "cash": _("Cash"),
    "transfer": _("Bank transfer"),
    "card": _("Card"),
    "alipay": _("Alipay"),
    "wechat_pay": _("WeChat Pay"),
}
ON_LINE = _("On line: card, Alipay or WeChat Pay")

PROVIDERS = {"stripe": "Stripe", "office": _("Training office")}

PAYERS = {"learner": _("The learner"), "institution": _("Institution or employer")}

# What happened to money.
FACTS = {
    "payment": _("Payment"),
    "refund": _("Refund"),
    "dispute": _("Taken back by the bank"),
    "undone": _("Refund that did not arrive"),
}

# The columns of the file for the accountants, and how wide each is.
FINANCE = (
    (_("Day and time"), 17),
    (_("What happened"), 18),
    (_("Order number"), 20),
    (_("Receipt number"), 20),
    (_("Learner"), 12),
    (_("Course"), 28),
    (_("County"), 14),
    (_("Paid through"), 12),
    (_("Paid how"), 14),
    (_("Price"), 11),
    (_("Coupon"), 11),
    (_("Training voucher"), 11),
    (_("Training subsidy"), 11),
    (_("Came in (yuan)"), 13),
    (_("Went back (yuan)"), 13),
    (_("Their number for it"), 30),
    (_("Who paid"), 16),
)
