"""The calls of other systems, their description, and the page where tokens are made."""

from lms.exchange.views.api import bp as api
from lms.exchange.views.description import bp as description
from lms.exchange.views.desk import bp as desk

BLUEPRINTS = (api, description, desk)
