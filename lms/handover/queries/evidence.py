"""Reads what the site holds of a learner as evidence, row by row as it goes into a package."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lms.catalog.models import Material
from lms.credentials.models import Credential
from lms.enrollment.models import AttendanceEntry, ClassSession, TrainingClass
from lms.handover.domain.decisions import has_basis, in_order
from lms.handover.queries.people import Subject
from lms.progress.domain.ledger import COLUMNS, Head
from lms.progress.models import PlaybackLease, PresenceCheck, StudyFlag, TimeRequest, WatchSlice
from lms.subsidy import queries as subsidy
from lms.subsidy.models import EligibilityDecision, PolicyVersion

Row = dict[str, Any]
_AT_ONCE = 500


def ledger(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield the entries in their order; of courses out of reach the hash alone, as a link."""
    columns = [getattr(WatchSlice, name) for name in COLUMNS]
    head, reach = Head(), subject.course_ids
    statement = (
        select(*columns, Material.course_id)
        .join(Material, Material.id == WatchSlice.material_id)
        .where(WatchSlice.person_id == subject.person_id)
        .order_by(WatchSlice.id)
    )
    for row in _rows(session, statement):
        course_id = row.pop("course_id")
        head = head.then(row)
        yield row if course_id in reach else {"link": row["chain_hash"] or head.hash}


def materials(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield what the ledger's entries are about: which lesson and item of which course."""
    seen = select(WatchSlice.material_id).where(WatchSlice.person_id == subject.person_id)
    own = (Material.id, Material.course_id, Material.lesson_key, Material.item_key)
    statement = select(*own, Material.kind, Material.duration_ms).where(
        Material.id.in_(seen), Material.course_id.in_(subject.course_ids)
    )
    yield from _rows(session, statement.order_by(Material.id))


def leases(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield when the learner could earn time, and how it ended."""
    lease = PlaybackLease
    statement = select(
        *(lease.id, lease.enrollment_id, lease.item_id, lease.material_id),
        *(lease.started_at_ms, lease.ended_at_ms, lease.ended_by),
    ).where(lease.enrollment_id.in_(subject.enrollment_ids))
    yield from _rows(session, statement.order_by(lease.started_at_ms, lease.id))


def checks(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield the presence checks."""
    check = PresenceCheck
    statement = (
        select(
            *(check.id, check.lease_id, check.material_id, check.kind, check.shown_at_ms),
            *(check.more_time_at_ms, check.missed_at_ms, check.answered_at_ms, check.is_right),
            *(check.after_number, check.answered_number),
        )
        .join(Material, Material.id == check.material_id)
        .where(check.person_id == subject.person_id, Material.course_id.in_(subject.course_ids))
    )
    yield from _rows(session, statement.order_by(check.id))


def attendance(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield who wrote what down of the learner at sessions in person."""
    entry, held = AttendanceEntry, ClassSession
    statement = (
        select(
            *(entry.id, entry.class_session_id, entry.number, entry.from_at, entry.until_at),
            *(entry.attended_ms, entry.status, entry.source, entry.reason),
            *(entry.recorded_by_id, entry.recorded_at),
            *(held.training_class_id, held.title, held.kind, held.place),
            *(held.starts_at, held.ends_at, held.state, held.required),
        )
        .join(held, held.id == entry.class_session_id)
        .join(TrainingClass, TrainingClass.id == held.training_class_id)
        .where(
            entry.person_id == subject.person_id, TrainingClass.course_id.in_(subject.course_ids)
        )
    )
    yield from _rows(session, statement.order_by(entry.class_session_id, entry.number))


def requests(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield what was asked about the learner's time and how it was ruled."""
    asked = TimeRequest
    got = select(WatchSlice.request_id).where(
        WatchSlice.person_id == subject.person_id, WatchSlice.request_id.is_not(None)
    )
    statement = (
        select(
            *(asked.id, asked.aim, asked.material_id, asked.spans, asked.wall_from_ms),
            *(asked.wall_to_ms, asked.asked_at, asked.asked_by_id, asked.ruling, asked.reason),
            *(asked.ruled_by_id, asked.ruled_at),
        )
        .outerjoin(Material, Material.id == asked.material_id)
        .where(or_(asked.person_id == subject.person_id, asked.id.in_(got)))
        .where(or_(asked.material_id.is_(None), Material.course_id.in_(subject.course_ids)))
    )
    yield from _rows(session, statement.order_by(asked.id))


def flags(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield what looked unlike studying, and what came of it."""
    flag = StudyFlag
    statement = select(
        *(flag.id, flag.kind, flag.day, flag.evidence, flag.found_at, flag.words, flag.said_at),
        *(flag.ruling, flag.reason, flag.ruled_by_id, flag.ruled_at),
    ).where(flag.person_id == subject.person_id)
    yield from _rows(session, statement.order_by(flag.id))


def certificates(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield the state certificates with what each says now."""
    for held in subsidy.certificates(session, subject.person_id):
        now = held.now
        yield {
            "id": held.row.id,
            "type": held.row.type,
            "number": held.row.number,
            "state": held.row.state,
            "occupation_code": now.occupation_code,
            "work_type": now.work_type,
            "level": now.level,
            "issued_on": now.issued_on,
            "issuer": now.issuer,
            "status": now.status,
            "registry_verified": now.registry_verified,
            "source": now.source,
            "recorded_at": now.recorded_at,
        }


def facts(session: Session, subject: Subject, *, today: date) -> Iterator[Row]:
    """Yield the facts in force, each with where it comes from and since when."""
    dossier = subsidy.dossiers(session, [subject.person_id]).people[subject.person_id]
    for fact in dossier.known(first_day=today, today=today).values():
        yield {
            "key": fact.key,
            "value": fact.value,
            "source": fact.source,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "said_on": fact.said_on,
        }


def decisions(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield what the site found of the learner's programmes, with what it rests on."""
    rows = session.execute(
        select(EligibilityDecision, PolicyVersion.policy_id, PolicyVersion.version)
        .add_columns(PolicyVersion.sha256)
        .outerjoin(PolicyVersion, PolicyVersion.id == EligibilityDecision.policy_version_id)
        .where(
            EligibilityDecision.person_id == subject.person_id,
            EligibilityDecision.programme_id.in_(subject.programme_ids),
        )
        .order_by(EligibilityDecision.id)
    )
    for own, policy_id, version, sha256 in rows:
        written = in_order(own.facts)
        policy = {"id": policy_id, "version": version, "sha256": sha256}
        yield {
            "id": own.id,
            "programme_id": own.programme_id,
            "number": own.number,
            "policy_version_id": own.policy_version_id,
            "policy": policy if policy_id else None,
            "outcome": own.outcome,
            "amount_fen": own.amount_fen,
            "facts": written,
            "results": own.results,
            "basis_sha256": own.basis_sha256,
            "has_basis": has_basis(written, own.results, own.basis_sha256),
            "decided_at": own.decided_at,
        }


def badges(session: Session, subject: Subject) -> Iterator[Row]:
    """Yield the badges in both signed forms."""
    badge = Credential
    statement = select(
        *(badge.id, badge.enrollment_id, badge.serial, badge.state, badge.issued_at),
        *(badge.valid_until, badge.revoked_at, badge.document, badge.jwt),
    ).where(badge.enrollment_id.in_(subject.enrollment_ids))
    yield from _rows(session, statement.order_by(badge.created_at, badge.id))


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Row]:
    rows = session.execute(statement.execution_options(yield_per=_AT_ONCE)).mappings()
    yield from (dict(row) for row in rows)
