"""The pages of the desk."""

from lms.staff.views.acts import bp as acts
from lms.staff.views.batches import bp as batches
from lms.staff.views.behind import bp as behind
from lms.staff.views.class_seats import bp as class_seats
from lms.staff.views.classes import bp as classes
from lms.staff.views.desk import bp as desk
from lms.staff.views.exports import bp as exports
from lms.staff.views.helping import bp as helping
from lms.staff.views.identities import bp as identities
from lms.staff.views.institutions import bp as institutions
from lms.staff.views.lists import bp as lists
from lms.staff.views.people import bp as people
from lms.staff.views.roster_forms import bp as roster_forms
from lms.staff.views.rosters import bp as rosters
from lms.staff.views.sessions import bp as sessions
from lms.staff.views.supervision import bp as supervision
from lms.staff.views.versions import bp as versions

BLUEPRINTS = (
    desk,
    lists,
    behind,
    batches,
    exports,
    people,
    helping,
    rosters,
    roster_forms,
    identities,
    supervision,
    versions,
    classes,
    class_seats,
    sessions,
    institutions,
    acts,
)
