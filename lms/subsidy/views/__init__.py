"""The pages about subsidies: the learner's own, the desk of facts, the lists, the rules."""

from lms.subsidy.views.certificates import bp as certificates
from lms.subsidy.views.claim_desk import bp as claim_desk
from lms.subsidy.views.desk import bp as fact_desk
from lms.subsidy.views.facts import bp as facts
from lms.subsidy.views.lists import bp as fact_lists
from lms.subsidy.views.mine import bp as mine
from lms.subsidy.views.policies import bp as policies

BLUEPRINTS = (mine, facts, certificates, fact_desk, claim_desk, fact_lists, policies)
