"""The pages about subsidies: learners' own, the desk of facts, lists, rules and payments."""

from lms.subsidy.views.certificates import bp as certificates
from lms.subsidy.views.desk import bp as fact_desk
from lms.subsidy.views.facts import bp as facts
from lms.subsidy.views.lists import bp as fact_lists
from lms.subsidy.views.mine import bp as mine
from lms.subsidy.views.payment_answers import bp as payment_answers
from lms.subsidy.views.payment_batches import bp as payment_batches
from lms.subsidy.views.payment_claims import bp as payment_claims
from lms.subsidy.views.payments import bp as payment_desk
from lms.subsidy.views.policies import bp as policies

PAYMENTS = (payment_desk, payment_batches, payment_answers, payment_claims)
BLUEPRINTS = (mine, facts, certificates, fact_desk, fact_lists, policies, *PAYMENTS)
