"""Writes the rows of one paid claim down, as they lie there years later."""

from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.ids import digest
from lms.subsidy.domain.check_codes import check_code
from lms.subsidy.models import (
    NoticeRow,
    PaymentBatch,
    PublicNotice,
    SubsidyAccount,
    SubsidyClaim,
    SubsidyClaimCause,
    SubsidyClaimStep,
    SubsidyPayment,
)
from tests.factories.accounts import make_person
from tests.factories.subsidy import Subsidised

_serial = count(1)
FEN = 60_000
_ACCOUNT = {"account_mask": "************1234", "account_index": "d" * 64, "bank": "农商银行"}


def _handed_in(claim: SubsidyClaim, at: datetime) -> SubsidyClaimStep:
    return SubsidyClaimStep(
        claim_id=claim.id,
        number=1,
        act="submit",
        from_state="draft",
        to_state="submitted",
        by_id=claim.person_id,
        at=at,
        amount_fen=FEN,
        about={},
        hash="e" * 64,
    )


def make_paid_claim(session: Session, own: Subsidised, clerk: Person, at: datetime) -> SubsidyClaim:
    """Make a claim with an account, a step, a cause, a row on a list and a payment."""
    serial, second = next(_serial), make_person(session, name="鲁晓东")
    session.add(SubsidyAccount(person_id=own.person.id, opened_at=at))
    claim = SubsidyClaim(
        number=f"BT-20-01-{serial:04}",
        person_id=own.person.id,
        programme_id=own.programme.id,
        county_code=own.person.county_code,
        occupation="4-01-06-02",
        work_type="直播销售员",
        level=5,
        state="paid",
        version=1,
        amount_fen=FEN,
        paid_fen=FEN,
        first_by_id=clerk.id,
        second_by_id=second.id,
        **_ACCOUNT,
        created_at=at,
        submitted_at=at,
        state_at=at,
    )
    session.add(claim)
    session.flush()
    session.add(_handed_in(claim, at))
    session.add(SubsidyClaimCause(claim_id=claim.id, cause="refunded", subject="refund:1", at=at))
    _listed(session, claim, second, at)
    _paid(session, claim, (clerk, second), at)
    session.flush()
    return claim


def _listed(session: Session, claim: SubsidyClaim, by: Person, at: datetime) -> None:
    serial = next(_serial)
    notice = PublicNotice(
        number=f"GS-20-01-{serial:02}",
        county_code=claim.county_code,
        month="2020-01",
        state="over",
        id_mask="last_four",
        group_words="alike",
        first_day=date(2020, 1, 6),
        last_day=date(2020, 1, 10),
        contact="12333",
        rows=1,
        total_fen=FEN,
        content_sha256=digest(content := f"list {serial}"),
        check_code=check_code(content),
        published_by_id=by.id,
        published_at=at,
        closed_at=at,
        closed_by_id=by.id,
    )
    session.add(notice)
    session.flush()
    session.add(
        NoticeRow(
            notice_id=notice.id,
            claim_id=claim.id,
            place=1,
            shown={"name": "林*芳"},
            amount_fen=FEN,
            state="done",
        )
    )


def _paid(session: Session, claim: SubsidyClaim, by: tuple[Person, Person], at: datetime) -> None:
    serial = next(_serial)
    batch = PaymentBatch(
        number=f"BF-20-01-{serial:02}",
        county_code=claim.county_code,
        month="2020-01",
        state="settled",
        rows=1,
        total_fen=FEN,
        prepared_by_id=by[0].id,
        prepared_at=at,
        released_by_id=by[1].id,
        released_at=at,
        settled_at=at,
    )
    session.add(batch)
    session.flush()
    session.add(
        SubsidyPayment(
            batch_id=batch.id,
            claim_id=claim.id,
            instalment=1,
            try_number=1,
            amount_fen=FEN,
            state="paid",
            **_ACCOUNT,
            planned_at=at,
            paid_on=date(2020, 1, 20),
            settled_at=at,
        )
    )
