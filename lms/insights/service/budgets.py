"""Takes the budgets of counties; an entry is never changed, a newer one counts."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.insights.domain.shares import NewBudget
from lms.insights.models import SubsidyBudget
from lms.subsidy.queries import reaches


def enter_budget(session: Session, *, actor: Actor, new: NewBudget, now: datetime) -> None:
    """Write a budget down. Raises ``NotFound`` outside the actor's counties."""
    if not reaches(actor, new.county, Permission.SUBSIDY_PAY):
        raise NotFound
    budget = SubsidyBudget(
        county_code=new.county,
        year=new.year,
        amount_fen=new.amount_fen,
        entered_by_id=actor.person_id,
        entered_at=now,
    )
    session.add(budget)
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action="budget.entered",
        subject=f"budget:{budget.id}",
        details={"county": new.county, "year": new.year, "amount_fen": new.amount_fen},
        at=now,
    )
