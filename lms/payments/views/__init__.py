"""The pages of paying: checkout, a learner's orders, the desk, the address providers call."""

from lms.payments.views.checkout import bp as checkout
from lms.payments.views.counter import bp as counter
from lms.payments.views.desk import bp as desk
from lms.payments.views.finance import bp as finance
from lms.payments.views.orders import bp as orders
from lms.payments.views.receipts import bp as receipts
from lms.payments.views.vouchers import bp as vouchers
from lms.payments.views.webhooks import bp as webhooks

BLUEPRINTS = (checkout, orders, webhooks, vouchers, finance, receipts, desk, counter)
