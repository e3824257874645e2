"""The pages of the desk."""

from lms.staff.views.desk import bp as desk
from lms.staff.views.supervision import bp as supervision
from lms.staff.views.versions import bp as versions

BLUEPRINTS = (desk, supervision, versions)
