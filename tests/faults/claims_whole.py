"""Holds all that is written about claims against each other: steps, log, inbox, lists, money."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.audit import queries as audit
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.jobs.models import Job
from lms.notify.domain.texts import is_texted
from lms.notify.models import InboxMessage, SmsMessage
from lms.subsidy import queries
from lms.subsidy.domain.claim_record import GENESIS, step_hash
from lms.subsidy.models import (
    NoticeRow,
    PaymentBatch,
    PublicNotice,
    RunningNumber,
    SubsidyClaim,
    SubsidyClaimStep,
    SubsidyPayment,
)

ROAD = ("submit", "first_look", "second_look", "publicise", "approve", "plan", "send", "pay")
SENT_BACK = (*ROAD[:-1], "bounce", "pay_again", "plan", "send", "pay")
_TOLD = {
    "submit": "claim_submitted",
    "first_look": "claim_looked_at",
    "second_look": "claim_passed",
    "publicise": "claim_public",
    "approve": "claim_approved",
    "pay": "claim_paid",
    "bounce": "claim_bank_returned",
    "pay_again": "claim_paying_again",
}
_MONEY = {"plan": "planned", "send": "sent"}
_COLUMNS = (
    *("claim_id", "number", "act", "from_state", "to_state", "by_id", "at", "reason"),
    *("decision_id", "amount_fen", "about"),
)
_LISTED = {"publicised": "standing", "in_review": None, "submitted": None, "draft": None}


@dataclass(frozen=True, slots=True)
class Known:
    """The claims, and the steps of each in their order."""

    claims: Sequence[SubsidyClaim]
    steps: dict[int, list[SubsidyClaimStep]]

    def took(self, act: str) -> list[SubsidyClaimStep]:
        """Return every step of one kind."""
        return [each for own in self.steps.values() for each in own if each.act == act]


def look(database: Database) -> Known:
    """Make sure that nothing is half, whatever moment somebody was killed in; return the claims."""
    with database.snapshot() as session:
        known = _known(session)
        for claim in known.claims:
            _claim(claim, known.steps[claim.id])
        _log(session, known)
        _told(session, known)
        _lists(session, known)
        _batches(session, known)
        _numbers(session)
        assert queries.first_difference(session) is None
    return known


def _known(session: Session) -> Known:
    steps: defaultdict[int, list[SubsidyClaimStep]] = defaultdict(list)
    for each in session.scalars(select(SubsidyClaimStep).order_by(SubsidyClaimStep.number)):
        steps[each.claim_id].append(each)
    claims = session.scalars(select(SubsidyClaim).order_by(SubsidyClaim.id)).all()
    assert steps.keys() <= {each.id for each in claims}
    return Known(claims, steps)


def _claim(claim: SubsidyClaim, steps: Sequence[SubsidyClaimStep]) -> None:
    """Hold a claim's row against its steps, which are chained."""
    assert [each.number for each in steps] == list(range(1, claim.version + 1))
    last, state, money, paid_fen = GENESIS, "draft", "none", 0
    looks: dict[str, int | None] = {"first_look": None, "second_look": None}
    for each in steps:
        assert each.from_state == state
        last = step_hash(last, {name: getattr(each, name) for name in _COLUMNS})
        assert each.hash == last
        state, money = each.to_state, _MONEY.get(each.act, "none")
        paid_fen += each.amount_fen if each.act == "pay" else 0
        looks |= {each.act: each.by_id} if each.act in looks else {}
    assert (claim.state, claim.money, claim.paid_fen) == (state, money, paid_fen)
    assert (claim.first_by_id, claim.second_by_id) == tuple(looks.values())


def _log(session: Session, known: Known) -> None:
    """Hold the log of acts, whose chain is whole, against steps, lists and batches."""
    assert audit.verify(session).fault is None
    said = defaultdict(list)
    for each in session.scalars(select(AuditEntry)):
        said[each.action.partition(".")[0]].append(each)
    assert sorted(
        (each.action, each.subject, each.details["step"], each.details["hash"])
        for each in said["claim"]
    ) == sorted(
        (f"claim.{each.act}", f"claim:{each.claim_id}", each.number, each.hash)
        for own in known.steps.values()
        for each in own
    )
    lists, batches = PublicNotice, PaymentBatch
    for kind, action, wanted in (
        ("notice", "published", select(lists.id)),
        ("notice", "closed", select(lists.id).where(lists.closed_at.is_not(None))),
        ("payment_batch", "prepared", select(batches.id)),
        ("payment_batch", "released", select(batches.id).where(batches.released_at.is_not(None))),
        ("payment_batch", "settled", select(batches.id).where(batches.state == "settled")),
    ):
        acts = [each for each in said[kind] if each.action == f"{kind}.{action}"]
        assert len(acts) == len(session.scalars(wanted).all()), f"{kind}.{action}"


def _told(session: Session, known: Known) -> None:
    """Make sure that each learner was told of each step that was taken, once, and of no other."""
    whose = {each.id: each.person_id for each in known.claims}
    phones = dict(session.execute(select(Person.id, Person.phone)).all())
    inbox = session.scalars(select(InboxMessage)).all()
    assert sorted((each.key, each.person_id, each.template) for each in inbox) == sorted(
        (f"claim:{each.claim_id}:{each.number}", whose[each.claim_id], _TOLD[each.act])
        for own in known.steps.values()
        for each in own
        if each.act in _TOLD
    )
    texts = session.scalars(select(SmsMessage).where(SmsMessage.template.in_(_TOLD.values()))).all()
    assert sorted((each.phone, each.template) for each in texts) == sorted(
        (phones[each.person_id], each.template) for each in inbox if is_texted(each.template)
    )
    jobs = session.scalars(select(Job.args).where(Job.kind == "sms.send"))
    assert sorted(each["message"] for each in jobs) == sorted(each.id for each in texts)


def _lists(session: Session, known: Known) -> None:
    """Make sure that a claim hangs out where it says so, on lists with all their rows."""
    rows = session.execute(
        select(PublicNotice, NoticeRow).outerjoin(NoticeRow, NoticeRow.notice_id == PublicNotice.id)
    ).all()
    hung = defaultdict(list)
    for notice, row in rows:
        assert row is not None
        hung[notice].append(row)
    for notice, own in hung.items():
        assert (len(own), sum(each.amount_fen for each in own)) == (notice.rows, notice.total_fen)
        assert notice.state == ("over" if {each.state for each in own} == {"done"} else "open")
    assert sorted((notice.number, row.claim_id) for notice, row in rows) == sorted(
        (each.about["notice"], each.claim_id) for each in known.took("publicise")
    )
    states = {row.claim_id: row.state for _, row in rows}
    for claim in known.claims:
        assert states.get(claim.id) == _LISTED.get(claim.state, "done")


def _batches(session: Session, known: Known) -> None:
    """Make sure that each payment has its steps, and each batch its payments."""
    rows = session.execute(
        select(PaymentBatch, SubsidyPayment).outerjoin(
            SubsidyPayment, SubsidyPayment.batch_id == PaymentBatch.id
        )
    ).all()
    assert all(payment is not None for _, payment in rows)
    for act, states in (
        ("plan", {"planned", "sent", "paid", "returned"}),
        ("send", {"sent", "paid", "returned"}),
        ("pay", {"paid"}),
        ("bounce", {"returned"}),
    ):
        assert sorted(
            (batch.number, payment.claim_id) for batch, payment in rows if payment.state in states
        ) == sorted((each.about["batch"], each.claim_id) for each in known.took(act))
    for batch, _ in rows:
        own = {payment.state for other, payment in rows if other is batch}
        assert batch.state == _batch_state(own)


def _batch_state(payments: set[str]) -> str:
    if payments == {"planned"}:
        return "prepared"
    return "released" if "sent" in payments else "settled"


def _numbers(session: Session) -> None:
    """Make sure that no number was given for what then was not, and none twice."""
    found = dict(session.execute(select(RunningNumber.series, RunningNumber.last)).all())
    for kind, column in (
        ("BT", SubsidyClaim.number),
        ("GS", PublicNotice.number),
        ("BF", PaymentBatch.number),
    ):
        given = session.scalar(select(func.count(column.distinct())))
        assert sum(last for name, last in found.items() if name.startswith(kind)) == given
