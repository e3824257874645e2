"""What claims are decided by here: the one place that says which rules are taken."""

from sqlalchemy.orm import Session

from lms.db.session import now
from lms.subsidy.domain.policy import Status
from lms.subsidy.gateway import shelf
from lms.subsidy.service import Ground
from lms.web.access import settings


def taken() -> frozenset[Status]:
    """Return the rules by which claims are taken: a county's own site takes none for show."""
    own = {Status.ACTIVE}
    return frozenset(own if settings().production else own | {Status.DEMO})


def ground(session: Session) -> Ground:
    """Return the ground claims stand on in this transaction."""
    return Ground(shelf(), taken(), now(session))
