"""The pages about subsidies: the learner's meters, the desk's policies."""

from lms.subsidy.views.desk import bp as desk
from lms.subsidy.views.mine import bp as mine

BLUEPRINTS = (mine, desk)
