"""The words for a learner's claim: its steps, where it is, who has it, and what was done."""

from collections.abc import Mapping

from lms.subsidy.domain.claim_draft import ClaimStep
from lms.subsidy.domain.claim_states import Cause, ClaimAct
from lms.subsidy.domain.claim_story import Holder, Situation, Stage


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# What a step is called on the way, and its page's heading.
STEPS: Mapping[str, tuple[str, str]] = {
    ClaimStep.CONDITIONS: (_("Check the conditions"), _("Do you meet the conditions?")),
    ClaimStep.PAPERS: (_("Add what is missing"), _("What is still missing?")),
    ClaimStep.ACCOUNT: (_("Account for the money"), _("Where should the money go?")),
    ClaimStep.PROMISE: (_("Sign the promise"), _("Your promise for this claim")),
    ClaimStep.HAND_IN: (_("Hand it in"), _("Look at it once more, then hand it in")),
}
# Where it is, and what happens now.
SITUATIONS: Mapping[str, tuple[str, str]] = {
    Situation.DRAFT: (
        _("Not handed in yet"),
        _("What you filled in is kept. Go on whenever you like."),
    ),
    Situation.SUBMITTED: (
        _("Waiting for the first look"),
        _("The bureau looks at your papers. You need not do anything."),
    ),
    Situation.LOOKED_AT: (
        _("First look passed, waiting for the second"),
        _("Somebody else looks at it once more. You need not do anything."),
    ),
    Situation.PASSED: (
        _("Passed, waiting for the public list"),
        _("It goes on the next public list. You need not do anything."),
    ),
    Situation.RETURNED: (
        _("Something is missing: please add it"),
        _("Nothing you filled in was lost. Add it, then hand the claim in again."),
    ),
    Situation.PUBLICISED: (
        _("On the public list now"),
        _("The list hangs out until %(day)s. If nobody objects, it is approved after that."),
    ),
    Situation.OBJECTED: (
        _("Somebody objected; it is being looked into"),
        _("Your row is hidden from the list meanwhile. If they have questions, they call you."),
    ),
    Situation.APPROVED: (
        _("Approved, waiting for the money"),
        _("The county pays in batches. You need not do anything."),
    ),
    Situation.SENT: (
        _("The money is under way"),
        _("The bank has it now. It goes to the account of your social security card."),
    ),
    Situation.PART_PAID: (
        _("Part of the money was paid"),
        _("It is paid in parts. The next one follows by itself."),
    ),
    Situation.PAID: (_("The money was paid"), _("Please look at the account.")),
    Situation.BANK_RETURNED: (
        _("The bank sent the money back"),
        _("The money is not lost. Give a right account, then it is paid again."),
    ),
    Situation.ACCOUNT_GIVEN: (
        _("You gave another account"),
        _("The bureau looks whether it is in your name, then it is paid again."),
    ),
    Situation.REJECTED: (
        _("Not approved"),
        _("Once the conditions are met you may claim again, as long as the time to apply runs."),
    ),
    Situation.WITHDRAWN: (
        _("You took this claim back"),
        _("You may claim again, as long as the time to apply runs."),
    ),
    Situation.PAY_BACK: (
        _("The money has to be paid back"),
        _("Please do not send it anywhere before the bureau told you the account."),
    ),
    Situation.PAID_BACK: (_("The money was paid back"), _("Nothing more is to be done.")),
}
HOLDERS: Mapping[str, str] = {
    Holder.BUREAU: _("the human resources bureau of %(county)s"),
    Holder.LEARNER: _("you"),
    Holder.BANK: _("the bank"),
    Holder.NOBODY: _("nobody, it is finished"),
}
# What goes on or comes next: what it is called, and what happens in it.
STAGES: Mapping[str, tuple[str, str]] = {
    Stage.FILL_IN: (_("Fill it in and hand it in"), _("five short steps")),
    Stage.SUPPLY: (_("Add what is missing and hand it in again"), _("the reason stands above")),
    Stage.FIRST_LOOK: (_("First look"), _("somebody of the bureau looks at all papers")),
    Stage.SECOND_LOOK: (_("Second look"), _("somebody else looks at it once more")),
    Stage.NOTICE: (_("Public list for 5 working days"), _("part of the name is hidden")),
    Stage.OBJECTION: (_("Looking into the objection"), _("the bureau asks and decides")),
    Stage.MONEY: (_("Money to the social security card"), _("paid in batches, after the list")),
    Stage.NEW_ACCOUNT: (_("Give a right account"), _("in your own name")),
    Stage.PAY_BACK: (_("Pay the money back"), _("as the bureau tells you")),
}
# What was done, in the order of the claim; once more where it was done before.
ACTS: Mapping[str, str] = {
    ClaimAct.SUBMIT: _("You handed it in"),
    ClaimAct.WITHDRAW: _("You took it back"),
    ClaimAct.FIRST_LOOK: _("First look passed"),
    ClaimAct.SECOND_LOOK: _("Second look passed"),
    ClaimAct.STEP_BACK: _("Taken back one step, to look again"),
    ClaimAct.RETURN: _("Returned to you, something is missing"),
    ClaimAct.REJECT: _("Not approved"),
    ClaimAct.PUBLICISE: _("Put on the public list"),
    ClaimAct.TAKE_DOWN: _("Taken off the public list"),
    ClaimAct.OBJECT: _("Somebody objected"),
    ClaimAct.DISMISS: _("Looked into: the objection does not hold"),
    ClaimAct.APPROVE: _("The list is over: approved"),
    ClaimAct.SEND: _("The money went to the bank"),
    ClaimAct.PAY: _("The bank paid %(amount)s"),
    ClaimAct.BOUNCE: _("The bank sent the money back"),
    ClaimAct.PAY_AGAIN: _("It is to be paid once more"),
    ClaimAct.REOPEN: _("Something changed, so it is looked at again"),
    ClaimAct.DOUBT: _("Something changed; somebody looks at it"),
    ClaimAct.CLEAR: _("Looked into: nothing changes for you"),
    ClaimAct.CLAW_BACK: _("To be paid back"),
    ClaimAct.RECOVER: _("%(amount)s came back"),
}
HANDED_IN_AGAIN = _("You handed it in again")
# What was done to the learner; the others went on.
AGAINST = frozenset(
    {
        *(ClaimAct.RETURN, ClaimAct.REJECT, ClaimAct.OBJECT, ClaimAct.BOUNCE, ClaimAct.REOPEN),
        *(ClaimAct.DOUBT, ClaimAct.CLAW_BACK, ClaimAct.TAKE_DOWN, ClaimAct.STEP_BACK),
        ClaimAct.WITHDRAW,
    }
)
# Whose reasons are the learner's to read; what somebody wrote in an objection is not.
TOLD_WHY = frozenset(
    {
        *(ClaimAct.RETURN, ClaimAct.REJECT, ClaimAct.STEP_BACK, ClaimAct.DISMISS),
        *(ClaimAct.TAKE_DOWN, ClaimAct.CLEAR, ClaimAct.CLAW_BACK, ClaimAct.BOUNCE),
    }
)
CAUSES: Mapping[str, str] = {
    Cause.DECIDED_ANEW: _("A condition is found otherwise now."),
    Cause.BADGE_REVOKED: _("The badge was revoked."),
    Cause.REFUNDED: _("The course was refunded."),
}

# What the templates are given besides what they show.
CLAIM_WORDS: Mapping[str, object] = {
    "claim_steps": STEPS,
    "situations": SITUATIONS,
    "holders": HOLDERS,
    "stages": STAGES,
    "act_words": ACTS,
    "handed_in_again": HANDED_IN_AGAIN,
    "against": AGAINST,
    "told_why": TOLD_WHY,
    "cause_words": CAUSES,
}
