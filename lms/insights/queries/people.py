"""Reads all of some people that is counted, a few statements for many people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.assessment.models import Attempt
from lms.catalog.models import Course, Item, Lesson, Material, Programme
from lms.catalog.outline import FINAL_LESSON
from lms.credentials.domain.states import CredentialState
from lms.credentials.models import Credential
from lms.db.among import among
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.insights.domain.counting import Asked, Certified, Taken, Whole
from lms.insights.domain.groups import GroupFact
from lms.progress.models import WatchSlice
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState
from lms.subsidy.domain.dated import CHECKED, FactKey
from lms.subsidy.domain.papers import CertificateState, CertificateStatus
from lms.subsidy.domain.payments import PaymentState
from lms.subsidy.models import (
    CertificateEntry,
    ExternalCertificate,
    LearnerFact,
    SubsidyClaim,
    SubsidyClaimStep,
    SubsidyPayment,
)

# What stands approved: passed by two people, publicised, and not taken back.
APPROVED = (ClaimState.APPROVED, ClaimState.PAID, ClaimState.BANK_RETURNED)


def wholes(session: Session, people: Sequence[int], *, ledger_id: int) -> dict[int, Whole]:
    """Return what is counted of these people; of the ledger, entries up to the given one."""
    rows = session.execute(
        select(Person.id, Person.county_code, Person.town).where(among(Person.id, "people")),
        {"people": list(people)},
    )
    groups, taken = _groups(session, people), _taken(session, people, ledger_id)
    certificates, claims = _certificates(session, people), _claims(session, people)
    return {
        row.id: Whole(
            *(row.county_code, row.town or "", tuple(groups[row.id]), tuple(taken[row.id])),
            *(tuple(certificates[row.id]), tuple(claims[row.id])),
        )
        for row in rows
    }


def _groups(session: Session, people: Sequence[int]) -> Mapping[int, list[GroupFact]]:
    fact = LearnerFact
    rows = session.execute(
        select(
            *(fact.person_id, fact.id, fact.value, fact.source, fact.valid_from, fact.valid_to)
        ).where(among(fact.person_id, "people"), fact.key == FactKey.GROUPS),
        {"people": list(people)},
    )
    found: defaultdict[int, list[GroupFact]] = defaultdict(list)
    for person_id, number, value, source, valid_from, valid_to in rows:
        found[person_id].append(GroupFact(number, value, source in CHECKED, valid_from, valid_to))
    return found


def _taken(session: Session, people: Sequence[int], ledger_id: int) -> Mapping[int, list[Taken]]:
    own = Enrollment
    rows = session.execute(
        select(
            *(own.id, own.person_id, own.county_code, own.course_id, own.status),
            *(own.enrolled_at, own.completed_at, Course.programme_id),
            *(Programme.occupation_code, Programme.level),
        )
        .join(Course, Course.id == own.course_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(among(own.person_id, "people"))
        .order_by(own.id),
        {"people": list(people)},
    ).all()
    passed, badges = _passed(session, people), _badges(session, people)
    first = _first_days(session, people, ledger_id)
    bearers = _bearers(rows)
    found: defaultdict[int, list[Taken]] = defaultdict(list)
    for row in rows:
        key = (row.person_id, row.course_id)
        has_ledger = bearers[key] == row.id
        found[row.person_id].append(
            Taken(
                *(row.id, row.county_code, row.course_id, row.programme_id),
                *(row.occupation_code, row.level, row.enrolled_at, row.completed_at),
                *(passed.get(row.id), badges.get(row.id)),
                *(first.get(key) if has_ledger else None, has_ledger),
            )
        )
    return found


def _bearers(rows: Sequence[Any]) -> Mapping[tuple[int, int], int]:
    """Return which enrollment of a person in a course has its ledger: the live, else the newest."""
    ordered = sorted(rows, key=lambda row: (row.status in LIVE, row.id))
    return {(row.person_id, row.course_id): row.id for row in ordered}


def _passed(session: Session, people: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(
        select(Attempt.enrollment_id, func.min(Attempt.submitted_at))
        .join(Item, Item.id == Attempt.item_id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .where(
            among(Attempt.person_id, "people"),
            Attempt.passed.is_(True),
            Lesson.key == FINAL_LESSON,
        )
        .group_by(Attempt.enrollment_id),
        {"people": list(people)},
    )
    return {row[0]: row[1] for row in rows}


def _badges(session: Session, people: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(
        select(Credential.enrollment_id, Credential.issued_at).where(
            among(Credential.person_id, "people"),
            Credential.state == CredentialState.VALID,
        ),
        {"people": list(people)},
    )
    return {row[0]: row[1] for row in rows}


def _first_days(
    session: Session, people: Sequence[int], ledger_id: int
) -> dict[tuple[int, int], date]:
    rows = session.execute(
        select(WatchSlice.person_id, Material.course_id, func.min(WatchSlice.day))
        .join(Material, Material.id == WatchSlice.material_id)
        .where(among(WatchSlice.person_id, "people"), WatchSlice.id <= ledger_id)
        .group_by(WatchSlice.person_id, Material.course_id),
        {"people": list(people)},
    )
    return {(row[0], row[1]): date.fromordinal(row[2]) for row in rows}


def _certificates(session: Session, people: Sequence[int]) -> Mapping[int, list[Certified]]:
    """Return the certificates that stand; what was written down last says what one is."""
    own, entry = ExternalCertificate, CertificateEntry
    rows = session.execute(
        select(
            own.id, own.person_id, entry.status, entry.occupation_code, entry.level, entry.issued_on
        )
        .join(entry, entry.certificate_id == own.id)
        .where(among(own.person_id, "people"), own.state == CertificateState.LIVE)
        .order_by(entry.id),
        {"people": list(people)},
    )
    newest = {row.id: row for row in rows}
    found: defaultdict[int, list[Certified]] = defaultdict(list)
    for row in newest.values():
        if row.status == CertificateStatus.ISSUED:
            found[row.person_id].append(Certified(row.occupation_code, row.level, row.issued_on))
    return found


def _claims(session: Session, people: Sequence[int]) -> Mapping[int, list[Asked]]:
    own = SubsidyClaim
    rows = session.execute(
        select(
            *(own.id, own.person_id, own.county_code, own.programme_id, own.submitted_at),
            *(own.state, own.amount_fen, own.paid_fen),
        )
        .where(among(own.person_id, "people"), own.submitted_at.is_not(None))
        .order_by(own.id),
        {"people": list(people)},
    ).all()
    found: defaultdict[int, list[Asked]] = defaultdict(list)
    if not rows:
        return found
    claims = [row.id for row in rows]
    approved, payments = _approvals(session, claims), _payments(session, claims)
    for row in rows:
        stands = row.state in APPROVED
        found[row.person_id].append(
            Asked(
                *(row.id, row.county_code, row.programme_id, row.submitted_at),
                approved_at=approved.get(row.id) if stands else None,
                owed_fen=row.amount_fen - row.paid_fen if stands else 0,
                payments=tuple(payments[row.id]),
            )
        )
    return found


def _approvals(session: Session, claims: Sequence[int]) -> dict[int, Any]:
    """Return when each claim was approved last."""
    step = SubsidyClaimStep
    rows = session.execute(
        select(step.claim_id, func.max(step.at))
        .where(among(step.claim_id, "claims"), step.act == ClaimAct.APPROVE)
        .group_by(step.claim_id),
        {"claims": list(claims)},
    )
    return {row[0]: row[1] for row in rows}


def _payments(session: Session, claims: Sequence[int]) -> Mapping[int, list[tuple[date, int, int]]]:
    own = SubsidyPayment
    rows = session.execute(
        select(own.claim_id, own.paid_on, own.amount_fen, own.id).where(
            among(own.claim_id, "claims"), own.state == PaymentState.PAID
        ),
        {"claims": list(claims)},
    )
    found: defaultdict[int, list[tuple[date, int, int]]] = defaultdict(list)
    for claim_id, paid_on, amount_fen, number in rows:
        if paid_on is not None:
            found[claim_id].append((paid_on, amount_fen, number))
    return found
