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
