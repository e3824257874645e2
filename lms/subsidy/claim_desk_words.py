"""The words of the review desk: stages, steps, what happened; codes travel, these stand here."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import Message
from lms.subsidy.domain import claim_rules
from lms.subsidy.domain.claim_desk import Opinion, Stage
from lms.subsidy.domain.claim_states import Cause, ClaimAct, ClaimState


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


STAGES = {
    Stage.FIRST: _("First look"),
    Stage.SECOND: _("Second look"),
    Stage.LIST: _("For the public list"),
    Stage.CHANGED: _("Something changed"),
    Stage.RETURNED: _("Returned"),
    Stage.PUBLIC: _("On the public list"),
    Stage.OBJECTED: _("Objected to"),
    Stage.PAY: _("To be paid"),
    Stage.PAID: _("Paid"),
    Stage.ALL: _("All"),
}
STEPS = {
    ClaimAct.SUBMIT: _("Handed in by the learner"),
    ClaimAct.WITHDRAW: _("Taken back by the learner"),
    ClaimAct.FIRST_LOOK: _("Passed the first look"),
    ClaimAct.SECOND_LOOK: _("Passed the second look"),
    ClaimAct.STEP_BACK: _("Last step taken back"),
    ClaimAct.RETURN: _("Returned to the learner"),
    ClaimAct.REJECT: _("Rejected"),
    ClaimAct.PUBLICISE: _("Put on the public list"),
    ClaimAct.TAKE_DOWN: _("Taken off the public list"),
    ClaimAct.OBJECT: _("Somebody objected"),
    ClaimAct.DISMISS: _("The objection was dismissed"),
    ClaimAct.APPROVE: _("Approved"),
    ClaimAct.PLAN: _("Put into a payment batch"),
    ClaimAct.UNPLAN: _("Taken out of a payment batch"),
    ClaimAct.SEND: _("Sent to the bank"),
    ClaimAct.PAY: _("The bank paid"),
    ClaimAct.BOUNCE: _("The bank sent the money back"),
    ClaimAct.PAY_AGAIN: _("To be paid once more"),
    ClaimAct.REOPEN: _("To be looked at anew, for something changed"),
    ClaimAct.DOUBT: _("Somebody has to look: something changed"),
    ClaimAct.CLEAR: _("What changed was settled"),
    ClaimAct.CLAW_BACK: _("To be paid back"),
    ClaimAct.RECOVER: _("Money came back"),
}
CAUSES = {
    Cause.DECIDED_ANEW: _("The conditions were checked anew and something else was found."),
    Cause.BADGE_REVOKED: _("A badge was revoked."),
    Cause.REFUNDED: _("A payment for the course was returned."),
}
# What the buttons of a batch are called, and what it does.
OPINIONS = {
    Opinion.PASS: _("Pass"),
    Opinion.RETURN: _("Return, to be completed"),
    Opinion.REJECT: _("Reject"),
    Opinion.STEP_BACK: _("Take my last step back"),
    Opinion.CLEAR: _("Settle it: all is well"),
}


def state_words(state: str) -> Message:
    """Return where a claim stands, in words."""
    return claim_rules.state_words(ClaimState(state))


# What the templates are given besides what they show.
CLAIM_SHOWN: Mapping[str, Any] = {
    "stages": STAGES,
    "steps": STEPS,
    "causes": CAUSES,
    "opinions": OPINIONS,
    "state_words": state_words,
}
