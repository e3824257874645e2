"""The pages of paying: the checkout, a learner's orders, and the address providers call."""

from lms.payments.views.checkout import bp as checkout
from lms.payments.views.orders import bp as orders
from lms.payments.views.webhooks import bp as webhooks

BLUEPRINTS = (checkout, orders, webhooks)
