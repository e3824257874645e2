"""The pages about facts, papers, certificates and lists."""

from lms.subsidy.views.certificates import bp as certificates
from lms.subsidy.views.desk import bp as fact_desk
from lms.subsidy.views.facts import bp as facts
from lms.subsidy.views.lists import bp as fact_lists

BLUEPRINTS = (facts, certificates, fact_desk, fact_lists)
