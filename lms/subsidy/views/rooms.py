"""The pages about facts, papers, certificates and lists."""

from lms.subsidy.views.certificates import bp as certificates
from lms.subsidy.views.facts import bp as facts

BLUEPRINTS = (facts, certificates)
