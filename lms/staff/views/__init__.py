"""The pages of the desk."""

from lms.staff.views.desk import bp as desk
from lms.staff.views.helping import bp as helping
from lms.staff.views.identities import bp as identities
from lms.staff.views.people import bp as people
from lms.staff.views.supervision import bp as supervision
from lms.staff.views.versions import bp as versions

BLUEPRINTS = (desk, people, helping, identities, supervision, versions)
