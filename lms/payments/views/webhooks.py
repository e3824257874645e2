"""The address at which a provider tells what became of payments."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lms.core.errors import LmsError
from lms.db.session import now
from lms.payments import service
from lms.payments.domain.orders import ProviderName
from lms.payments.views.tills import stripe
from lms.web.access import database, public
from lms.web.server import csrf

bp = Blueprint("webhooks", __name__)
# Far more than the largest message of a provider.
_MOST_BYTES = 512 * 1024


@bp.post("/webhooks/stripe")
@public
def hear() -> ResponseReturnValue:
    """Take in one message of Stripe, signed over these very bytes, and answer once it is kept."""
    if (request.content_length or 0) > _MOST_BYTES:
        raise LmsError("too_large", "This message is too long.")
    account = stripe()
    event = account.read(request.get_data(cache=False), request.headers.get("Stripe-Signature", ""))
    with database().transaction() as session:
        outcome = service.hear(
            session,
            provider=ProviderName.STRIPE,
            event=event,
            is_live=account.is_live,
            now=now(session),
        )
    return jsonify({"outcome": outcome})


# Nobody's browser sends these; the signature says who does.
csrf.exempt(hear)
