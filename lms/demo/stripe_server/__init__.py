"""A Stripe of our own on loopback, so that a purchase can be clicked through and tested."""

from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.server import create_server, serve
from lms.demo.stripe_server.till import Faults, StripeTill
from lms.demo.stripe_server.webhooks import ALL, DeliveryPolicy, signature

__all__ = [
    "ALL",
    "DeliveryPolicy",
    "Faults",
    "Refusal",
    "StripeTill",
    "create_server",
    "serve",
    "signature",
]
