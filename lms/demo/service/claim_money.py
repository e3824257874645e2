"""Lets a demo county pay: batches put together, sent and settled, and what follows."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from lms.core.clock import local_day
from lms.demo.domain import BATCHES, DemoBatch, Road
from lms.demo.service.claim_office import ClaimOffice
from lms.subsidy import queries
from lms.subsidy import service as subsidy
from lms.subsidy.domain.answers import Answer, Result
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.domain.payment_files import FileForm, FileOrder
from lms.subsidy.domain.payments import Chosen
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.service import NewFact

_PURPOSE = "交县农商银行代发"
_ACCOUNT_CLOSED = "账户已销户"
# Working days before today: the neighbouring city's list comes, and what the office does about it.
_KNOWN_ON = {Road.CLAWED_BACK: 20, Road.DOUBTED: 4}
_CLAWED_BACK_ON, _RECOVERED_ON = 16, 6
_WHY_BACK = "同一职业的补贴，本人已在衢江区领过一次，按规定只能领一次，请退回。"
_FIRST_PART = "本人现金缴回第一笔"
_PAID_BEFORE = timedelta(days=200)
_A_WHILE = timedelta(minutes=5)
_ELSEWHERE_FEN = 60_000


def plan(office: ClaimOffice) -> None:
    """Plan the batches of the county and what becomes of two claims that were paid."""
    for number, batch in enumerate(BATCHES):
        _Batch(office, batch, number).plan()
    for road, day in _KNOWN_ON.items():
        office.on(day, 9, 50, partial(_learn, office, road))
    office.on(_CLAWED_BACK_ON, 15, 20, partial(_claw_back, office))
    office.on(_RECOVERED_ON, 10, 45, partial(_recover, office))


class _Batch:
    """A payment batch, from putting it together to the bank's answers."""

    def __init__(self, office: ClaimOffice, batch: DemoBatch, number: int) -> None:
        self.office, self.session = office, office.session
        self.batch = batch
        self.minute = number
        self.id: int | None = None

    def plan(self) -> None:
        """Put it into the diary."""
        own = self.batch
        self.office.on(own.prepared, 14, self.minute, self._prepare)
        if own.released:
            self.office.on(own.released, 9, self.minute, self._release)
        if own.answered:
            self.office.on(own.answered, 16, self.minute, self._answer)

    def _prepare(self, at: datetime) -> None:
        ids = self._approved(at)
        if not ids:
            return
        offers = queries.offers_of(self.session, ids, today=local_day(at))
        total = sum(each.instalment.amount_fen for each in offers if each.fault is None)
        prepared = subsidy.prepare(
            self.session,
            self.office.second,
            chosen=Chosen(self.office.county_code, ids, total),
            shelf=self.office.shelf,
            now=at,
        )
        self.id = prepared.batch.id

    def _approved(self, at: datetime) -> list[int]:
        """Return those that may be paid; what was refused on the way is none of them."""
        county = self.office.county_code
        payable = queries.offers(self.session, county, today=local_day(at))
        own = self.office.of(self.batch.roads)
        return [each.claim.id for each in payable if each.claim.id in own]

    def _release(self, at: datetime) -> None:
        if self.id is None:
            return
        office = self.office
        office.prove(office.first, at)
        subsidy.release(self.session, office.first, batch_id=self.id, shelf=office.shelf, now=at)
        subsidy.take_file(
            self.session,
            office.first,
            batch_id=self.id,
            order=FileOrder(FileForm.XLSX, _PURPOSE),
            keys=office.keys,
            now=at + _A_WHILE,
        )

    def _answer(self, at: datetime) -> None:
        if self.id is None:
            return
        day, bounced = local_day(at), self.office.of({Road.BOUNCED})
        sent = queries.sent_payments(self.session, self.id).values()
        answers = [
            Answer(each.payment_id, Result.RETURNED, day, _ACCOUNT_CLOSED)
            if each.claim_id in bounced
            else Answer(each.payment_id, Result.PAID, day)
            for each in sent
        ]
        subsidy.take_answers(
            self.session,
            self.office.first,
            batch_id=self.id,
            answers=answers,
            shelf=self.office.shelf,
            now=at,
        )


def _learn(office: ClaimOffice, road: Road, at: datetime) -> None:
    """Let a list of another county say that the money was paid there before."""
    for claim in _claims(office, {road}):
        past = {
            "kind": "training",
            "occupation": claim.occupation,
            "work_type": claim.work_type,
            "level": claim.level,
            "status": "paid",
            "paid_to": "person",
            "amount_fen": _ELSEWHERE_FEN,
            "date": (local_day(at) - _PAID_BEFORE).isoformat(),
        }
        key, by = FactKey.PAST_SUBSIDIES, office.first.person_id
        fact = NewFact(key, [past], FactSource.IMPORT, local_day(at), by)
        subsidy.record_fact(office.session, person_id=claim.person_id, fact=fact, now=at)
        # What the worker does a moment later.
        later = at + _A_WHILE
        subsidy.decide_people(
            office.session, people=[claim.person_id], shelf=office.shelf, now=later
        )
        touched = list(queries.open_causes(office.session, [claim.id]))
        subsidy.act_on(office.session, touched, shelf=office.shelf, now=later)


def _claw_back(office: ClaimOffice, at: datetime) -> None:
    for claim in _claims(office, {Road.CLAWED_BACK}):
        subsidy.claw_back(
            office.session,
            office.second,
            claim_id=claim.id,
            said=(claim.version, _WHY_BACK),
            shelf=office.shelf,
            now=at,
        )


def _recover(office: ClaimOffice, at: datetime) -> None:
    for claim in _claims(office, {Road.CLAWED_BACK}):
        subsidy.recover(
            office.session,
            office.first,
            claim_id=claim.id,
            said=(claim.version, claim.paid_fen // 2, _FIRST_PART),
            shelf=office.shelf,
            now=at,
        )


def _claims(office: ClaimOffice, roads: Collection[Road]) -> list[SubsidyClaim]:
    return [office.claim(each) for each in office.of(roads)]
