"""The pages about subsidies: the learner's own, claims, the desk of facts, lists, rules."""

from lms.subsidy.views.calendars import bp as calendars
from lms.subsidy.views.certificates import bp as certificates
from lms.subsidy.views.claim_desk import bp as claim_desk
from lms.subsidy.views.claiming import bp as claiming
from lms.subsidy.views.claims import bp as claims
from lms.subsidy.views.claims_api import bp as claims_api
from lms.subsidy.views.desk import bp as fact_desk
from lms.subsidy.views.facts import bp as facts
from lms.subsidy.views.lists import bp as fact_lists
from lms.subsidy.views.mine import bp as mine
from lms.subsidy.views.notice_desk import bp as notice_desk
from lms.subsidy.views.notices import bp as notices
from lms.subsidy.views.objections import bp as objection_desk
from lms.subsidy.views.payment_answers import bp as payment_answers
from lms.subsidy.views.payment_batches import bp as payment_batches
from lms.subsidy.views.payment_claims import bp as payment_claims
from lms.subsidy.views.payments import bp as payment_desk
from lms.subsidy.views.policies import bp as policies

PAYMENTS = (payment_desk, payment_batches, payment_answers, payment_claims)
BLUEPRINTS = (
    *(mine, claiming, claims, claims_api, facts, certificates),
    *(fact_desk, claim_desk, fact_lists, policies, calendars),
    *(notice_desk, objection_desk, notices),
    *PAYMENTS,
)
