"""The outbox of a development site and people's own inboxes, as pages and as data."""

from lms.notify.views.inbox import api
from lms.notify.views.inbox import bp as inbox
from lms.notify.views.outbox import bp as outbox

BLUEPRINTS = (outbox, inbox, api)
