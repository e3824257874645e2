"""Lets the database refuse whatever would be written about somebody who was erased.

Each table of a person has such a trigger unless ``domain.GOES_ON`` says why it needs none, so that
a new table has one without anybody thinking of it.
"""

from lms.accounts.models import Person
from lms.assessment.models import Attempt
from lms.credentials.models import Credential
from lms.db.base import Base
from lms.db.ddl import empty_when_erased, not_of_erased
from lms.db.owned import owned_tables
from lms.enrollment.models import Enrollment
from lms.keeping.domain import GOES_ON, LEFT_OUT, WORDLESS
from lms.media.models import Asset
from lms.payments.models import CourseOrder
from lms.progress.models import TimeRequest
from lms.roster.models import RosterBatch
from lms.subsidy.models import LearnerFact

# With these the metadata holds every table of a person.
_FEATURES = (
    *(Person, Asset, Attempt, CourseOrder, Credential, Enrollment),
    *(TimeRequest, LearnerFact, RosterBatch),
)

for _name, _owned in owned_tables(Base.metadata).items():
    if _owned.table is not Person.__table__ and _name not in GOES_ON:
        not_of_erased(_owned.table, owner=_owned.sql_of("NEW"), leaves_out=_name in LEFT_OUT)
    if _name in WORDLESS:
        empty_when_erased(_owned.table, "words", owner=_owned.sql_of("NEW"))
