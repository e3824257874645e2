"""Lets demo people agree, type their numbers and show their cards, as they do at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.domain.bank import NewAccount
from lms.accounts.domain.texts import HANDOVER, SENSITIVE, TO_SIGN_UP
from lms.accounts.gateway import Keys
from lms.accounts.models import CheckMethod, CheckResult, Consent
from lms.accounts.service import banks, consents, identities
from lms.accounts.service.consents import Given
from lms.accounts.service.identities import Look
from lms.core.access import Actor
from lms.demo.domain import (
    CardState,
    Learner,
    account_of,
    card_of,
    id_number_of,
    identity_of,
)
from lms.demo.service.diary import Diary
from lms.demo.service.people import HERE_SINCE

# One agreed that the bureau may have the data, and thought better of it.
_THINKS_BETTER_OF_IT = 9
# Documentation's own network (RFC 5737).
NETWORK = "192.0.2.0/24"
_REFUSED = "卡上的姓名与登记的姓名不一致"


@dataclass(frozen=True, slots=True)
class Cards:
    """What it takes to look at cards; ``desks`` says who does in which county."""

    session: Session
    keys: Keys
    seed: int
    desks: Mapping[str, Actor]

    def plan(self, diary: Diary, learners: Mapping[int, Learner]) -> None:
        """Plan what those (by person id) do who agreed to nothing yet."""
        agreed = select(Consent.person_id).where(Consent.person_id.in_(learners))
        for person_id in sorted(learners.keys() - set(self.session.scalars(agreed))):
            _Own(self, person_id, learners[person_id]).plan(diary)


class _Own:
    """What one learner does about who they are."""

    def __init__(self, cards: Cards, person_id: int, learner: Learner) -> None:
        self.session, self.keys, self.seed = cards.session, cards.keys, cards.seed
        self.desk = cards.desks[learner.county_code]
        self.person_id = person_id
        self.learner = learner

    def plan(self, diary: Diary) -> None:
        """Put it into the diary: the agreement, the card some time later, then the account."""
        # The evening after the account was made.
        diary.on(diary.at(1 - HERE_SINCE.days, 19, self.learner.number), self._sign_up)
        state = card_of(self.learner.number)
        if state is CardState.NONE:
            return
        days = identity_of(self.learner.number, self.seed).checked_days_ago
        shown_at = diary.at(-days, 14, self.learner.number)
        diary.on(shown_at, self._agree_to_more)
        shows = self._type if state is CardState.TYPED else self._show
        diary.on(shown_at + timedelta(minutes=2), shows)
        if account_of(self.learner.number, self.seed) is not None:
            diary.on(shown_at + timedelta(minutes=4), self._give_account)
        if self.learner.number == _THINKS_BETTER_OF_IT:
            diary.on(diary.at(-3, 20), self._take_back)

    def _sign_up(self, at: datetime) -> None:
        self._agree(TO_SIGN_UP, at)

    def _agree_to_more(self, at: datetime) -> None:
        self._agree((SENSITIVE, HANDOVER), at)

    def _agree(self, subjects: tuple[str, ...], at: datetime) -> None:
        given = Given(network=NETWORK)
        consents.agree(
            self.session, person_id=self.person_id, subjects=subjects, given=given, now=at
        )

    def _take_back(self, at: datetime) -> None:
        consents.take_back(self.session, person_id=self.person_id, subject=HANDOVER, now=at)

    def _number(self) -> str:
        return id_number_of(self.learner.number, self.learner.county_code, self.seed)

    def _type(self, at: datetime) -> None:
        identities.declare(
            self.session,
            person_id=self.person_id,
            number=self._number(),
            by_id=self.person_id,
            keys=self.keys,
            now=at,
        )

    def _show(self, at: datetime) -> None:
        is_refused = card_of(self.learner.number) is CardState.REFUSED
        found = Look(
            CheckMethod.IN_PERSON,
            CheckResult.REFUSED if is_refused else CheckResult.VERIFIED,
            self.desk.person_id,
            number=self._number(),
            words=_REFUSED if is_refused else None,
        )
        identities.look(self.session, person_id=self.person_id, found=found, keys=self.keys, now=at)

    def _give_account(self, at: datetime) -> None:
        own = account_of(self.learner.number, self.seed)
        if own is None:
            return
        new = NewAccount(own.number, own.bank, self.learner.name)
        banks.declare(
            self.session,
            person_id=self.person_id,
            new=new,
            by_id=self.person_id,
            keys=self.keys,
            now=at,
        )
        if own.is_own is not None:
            is_own, desk = own.is_own, self.desk
            banks.look(self.session, desk, person_id=self.person_id, is_own=is_own, now=at)
