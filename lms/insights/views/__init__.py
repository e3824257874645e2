"""The pages of figures."""

from lms.insights.views.desk import bp as desk
from lms.insights.views.public import bp as public

BLUEPRINTS = (desk, public)
