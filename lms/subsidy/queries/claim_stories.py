"""Reads a claim the learner follows: each step, the public list, and what the bank said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import BankAccount
from lms.accounts.queries import bank_of
from lms.subsidy.domain.claim_rules import Wish, refusal
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.claim_story import SILENT, Story, story
from lms.subsidy.domain.notices import RowState
from lms.subsidy.models import (
    NoticeRow,
    PublicNotice,
    SubsidyClaim,
    SubsidyClaimStep,
    SubsidyPayment,
)
from lms.subsidy.queries.claim_pages import Shown
from lms.subsidy.queries.claims import standing_of


@dataclass(frozen=True, slots=True)
class Hanging:
    """A public list a claim stood on: number, first and last day, and the state of its row."""

    number: str
    first_day: date
    last_day: date
    state: RowState

    @property
    def is_shown(self) -> bool:
        """Tell whether everybody sees the row on it."""
        return self.state is RowState.STANDING


@dataclass(frozen=True, slots=True)
class Followed:
    """A claim the learner follows: its steps, the public lists by number, what the bank said."""

    shown: Shown
    steps: Sequence[SubsidyClaimStep]
    lists: Mapping[str, Hanging]
    payments: Sequence[SubsidyPayment]
    account: BankAccount | None

    @property
    def claim(self) -> SubsidyClaim:
        """Return the claim itself."""
        return self.shown.claim

    @property
    def hanging(self) -> Hanging | None:
        """Return the list the claim stands on, or stood on last."""
        own = [each for each in self.lists.values() if each.state is not RowState.PULLED]
        return own[-1] if own else None

    @property
    def has_new_account(self) -> bool:
        """Tell whether another account was given than the money was sent to."""
        own = self.account
        return own is not None and own.number_index != self.claim.account_index

    @property
    def story(self) -> Story:
        """Return where the claim is, who has it, and what comes next."""
        return story(
            standing_of(self.claim),
            recovered_fen=self.claim.recovered_fen,
            has_new_account=self.has_new_account,
        )

    @property
    def told(self) -> list[SubsidyClaimStep]:
        """Return the steps the learner is told of, in their order."""
        return [each for each in self.steps if ClaimAct(each.act) not in SILENT]

    @property
    def may_withdraw(self) -> bool:
        """Tell whether the learner may still take it back."""
        wish = Wish(ClaimAct.WITHDRAW, self.claim.person_id)
        return refusal(standing_of(self.claim), wish) is None

    @property
    def returned_by_bank(self) -> SubsidyPayment | None:
        """Return the last payment that came back."""
        back = [each for each in self.payments if each.returned_on is not None]
        return back[-1] if back else None

    @property
    def paid_on(self) -> date | None:
        """Return the day of the bank on which the last money went out."""
        days = [each.paid_on for each in self.payments if each.paid_on and not each.returned_on]
        return days[-1] if days else None

    def reason(self, act: str) -> str | None:
        """Return why somebody last did something."""
        said = [each.reason for each in self.steps if each.act == act and each.reason]
        return said[-1] if said else None


def followed(session: Session, shown: Shown) -> Followed:
    """Return the claim with its story."""
    claim_id = shown.claim.id
    steps = session.scalars(
        select(SubsidyClaimStep)
        .where(SubsidyClaimStep.claim_id == claim_id)
        .order_by(SubsidyClaimStep.number)
    ).all()
    payments = session.scalars(
        select(SubsidyPayment)
        .where(SubsidyPayment.claim_id == claim_id)
        .order_by(SubsidyPayment.id)
    ).all()
    account = bank_of(session, shown.claim.person_id)
    return Followed(shown, steps, _lists(session, claim_id), payments, account)


def _lists(session: Session, claim_id: int) -> dict[str, Hanging]:
    """Return the lists the claim stood on, by number, the last one last."""
    row, notice = NoticeRow, PublicNotice
    rows = session.execute(
        select(notice.number, notice.first_day, notice.last_day, row.state)
        .join(notice, notice.id == row.notice_id)
        .where(row.claim_id == claim_id)
        .order_by(row.id)
    )
    return {each[0]: Hanging(*each[:3], RowState(each[3])) for each in rows}
