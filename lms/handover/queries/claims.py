"""Reads a learner's subsidy claims with all that was done to them, as they go into a package."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from json import loads
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.handover.queries.people import Subject
from lms.payments.queries import fundings
from lms.subsidy.domain.claim_record import canonical
from lms.subsidy.models import (
    NoticeObjection,
    NoticeRow,
    PaymentBatch,
    PublicNotice,
    SubsidyClaim,
    SubsidyClaimCause,
    SubsidyClaimStep,
    SubsidyPayment,
)

Row = dict[str, Any]
Rows = Mapping[int, list[Row]]  # by claim


def claims(session: Session, subject: Subject) -> list[Row]:
    """Return the claims in reach.

    Of accounts there is the mask alone, of objections what was ruled: neither what somebody
    wrote nor how to reach them.
    """
    ids = list(subject.claims)
    if not ids:
        return []
    parts: Mapping[str, Rows] = {
        "steps": _steps(session, ids),
        "causes": _grouped(session, _causes(ids)),
        "payments": _payments(session, ids),
        "notices": _notices(session, ids),
    }
    paid_for = fundings(session, subject.person_id)
    rows = session.execute(_claims(ids)).mappings()
    return [
        {
            **row,
            **{name: found[row["id"]] for name, found in parts.items()},
            "paid_for": [
                asdict(each) for each in paid_for if each.programme_id == row["programme_id"]
            ],
        }
        for row in map(dict, rows)
    ]


def _claims(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    own = SubsidyClaim
    return (
        select(
            *(own.id, own.number, own.programme_id, own.county_code, own.town, own.occupation),
            *(own.work_type, own.level, own.state, own.money, own.version, own.decision_id),
            *(own.amount_fen, own.paid_fen, own.recovered_fen, own.instalments),
            *(own.first_by_id.label("first_by"), own.second_by_id.label("second_by")),
            *(own.account_mask, own.bank, own.created_at, own.submitted_at, own.state_at),
            *(own.ended_at, own.doubt_at),
        )
        .where(own.id.in_(ids))
        .order_by(own.id)
    )


def _steps(session: Session, ids: Sequence[int]) -> Rows:
    """Return the steps exactly as they are hashed, each with its hash."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    step = SubsidyClaimStep
    rows = session.scalars(select(step).where(step.claim_id.in_(ids)).order_by(step.number))
    for row in rows:
        said = loads(canonical(vars(row)))
        del said["claim"]
        found[row.claim_id].append({**said, "hash": row.hash})
    return found


def _causes(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    own = SubsidyClaimCause
    return (
        select(own.claim_id, own.cause, own.subject, own.at, own.handled_at)
        .where(own.claim_id.in_(ids))
        .order_by(own.id)
    )


def _payments(session: Session, ids: Sequence[int]) -> Rows:
    own, batch = SubsidyPayment, PaymentBatch
    found = _grouped(
        session,
        select(
            *(own.claim_id, own.batch_id, own.id, own.instalment, own.try_number, own.amount_fen),
            *(own.state, own.account_mask, own.bank, own.planned_at, own.paid_on),
            *(own.returned_on, own.return_reason, own.settled_by_id.label("settled_by")),
            own.settled_at,
        )
        .where(own.claim_id.in_(ids))
        .order_by(own.id),
    )
    used = {each["batch_id"] for rows in found.values() for each in rows}
    released = (batch.released_by_id.label("released_by"), batch.released_at)
    batches = session.execute(
        select(
            *(batch.id, batch.number, batch.month, batch.state, batch.rows, batch.total_fen),
            *(batch.prepared_by_id.label("prepared_by"), batch.prepared_at, *released),
        ).where(batch.id.in_(used))
    ).mappings()
    by_id = {row["id"]: dict(row) for row in batches}
    for rows in found.values():
        for each in rows:
            each["batch"] = by_id[each.pop("batch_id")]
    return found


def _notices(session: Session, ids: Sequence[int]) -> Rows:
    own, notice = NoticeRow, PublicNotice
    found = _grouped(
        session,
        select(
            *(own.claim_id, own.id, notice.number, notice.month, notice.first_day),
            *(notice.last_day, notice.state.label("list_state"), notice.content_sha256),
            *(notice.check_code, notice.published_by_id.label("published_by")),
            *(notice.published_at, own.place, own.shown, own.amount_fen, own.state),
        )
        .join(notice, notice.id == own.notice_id)
        .where(own.claim_id.in_(ids))
        .order_by(own.id),
    )
    rulings = _rulings(session, [each["id"] for rows in found.values() for each in rows])
    for rows in found.values():
        for each in rows:
            each["rulings"] = rulings[each.pop("id")]
    return found


def _rulings(session: Session, row_ids: Sequence[int]) -> Rows:
    """Return by row of a list what was ruled on objections; an open one by its moment alone."""
    own = NoticeObjection
    return _grouped(
        session,
        select(
            *(own.notice_row_id, own.number, own.made_at, own.ruling, own.reason),
            *(own.ruled_by_id.label("ruled_by"), own.ruled_at),
        )
        .where(own.notice_row_id.in_(row_ids))
        .order_by(own.id),
    )


def _grouped(session: Session, statement: Select[*tuple[Any, ...]]) -> Rows:
    """Return rows by what their first column says, without it."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    result = session.execute(statement)
    _, *names = result.keys()
    for own, *values in result:
        found[own].append(dict(zip(names, values, strict=True)))
    return found
