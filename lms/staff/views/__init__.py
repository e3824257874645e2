"""The pages of the desk."""

from lms.staff.views.desk import bp as desk
from lms.staff.views.supervision import bp as supervision

BLUEPRINTS = (desk, supervision)
