"""The pages about subsidies: the learner's own, the desk of facts, the lists, the rules."""

from lms.subsidy.views.calendars import bp as calendars
from lms.subsidy.views.certificates import bp as certificates
from lms.subsidy.views.desk import bp as fact_desk
from lms.subsidy.views.facts import bp as facts
from lms.subsidy.views.lists import bp as fact_lists
from lms.subsidy.views.mine import bp as mine
from lms.subsidy.views.notice_desk import bp as notice_desk
from lms.subsidy.views.notices import bp as notices
from lms.subsidy.views.objections import bp as objection_desk
from lms.subsidy.views.policies import bp as policies

BLUEPRINTS = (
    mine,
    facts,
    certificates,
    fact_desk,
    fact_lists,
    policies,
    calendars,
    notice_desk,
    objection_desk,
    notices,
)
