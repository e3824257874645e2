"""Reads what a package holds beside its people: acts of the log, policies, the issuer's keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from json import loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.domain import canonical
from lms.audit.models import AuditEntry
from lms.credentials.models import Credential, IssuerKey
from lms.handover.queries.people import Subject
from lms.progress.models import StudyFlag, TimeRequest
from lms.subsidy.models import ExternalCertificate, PolicyVersion

_AT_ONCE = 500


def acts_about(
    session: Session, subject: Subject, claims: Sequence[Mapping[str, Any]]
) -> Sequence[int]:
    """Return the numbers of the acts about a learner and what of theirs is in reach."""
    own = subject.person_id
    ids: list[tuple[str, Iterable[object]]] = [
        ("person", [own]),
        ("enrollment", subject.enrollment_ids),
        ("credential", _ids(session, Credential, Credential.enrollment_id, subject.enrollment_ids)),
        ("study_flag", _ids(session, StudyFlag, StudyFlag.person_id, [own])),
        ("time_request", _ids(session, TimeRequest, TimeRequest.person_id, [own])),
        ("certificate", _ids(session, ExternalCertificate, ExternalCertificate.person_id, [own])),
        *_of_claims(claims),
    ]
    return acts_on(session, [f"{kind}:{each}" for kind, found in ids for each in found])


def _of_claims(claims: Sequence[Mapping[str, Any]]) -> list[tuple[str, Iterable[object]]]:
    """Return what acts on claims, and on the batches and lists they went through, are about."""
    abouts = [step["about"] for claim in claims for step in claim["steps"]]
    lists = {row["number"] for claim in claims for row in claim["notices"]}
    return [
        ("claim", [claim["id"] for claim in claims]),
        ("payment_batch", {each["batch"]["id"] for claim in claims for each in claim["payments"]}),
        ("notice", lists),
        ("objection", {each["objection"] for each in abouts if each.get("objection")}),
    ]


def acts_on(session: Session, subjects: Sequence[str]) -> Sequence[int]:
    """Return the numbers of the acts on subjects."""
    wanted = AuditEntry.subject.in_(subjects)
    return session.scalars(select(AuditEntry.id).where(wanted).order_by(AuditEntry.id)).all()


def links(session: Session, wanted: set[int]) -> Iterator[dict[str, Any]]:
    """Yield the links of the log from the first act wanted to the head, wanted acts in full."""
    statement = (
        select(AuditEntry.id, AuditEntry.prev_hash, AuditEntry.hash)
        .where(AuditEntry.id >= min(wanted))
        .order_by(AuditEntry.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    found = iter(session.execute(statement))
    while rows := list(islice(found, _AT_ONCE)):
        own = [row.id for row in rows if row.id in wanted]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.id.in_(own)))
        acts = {entry.id: loads(canonical(entry.act)) for entry in entries}
        for row in rows:
            link = {"number": row.id, "prev": row.prev_hash, "hash": row.hash}
            yield {**link, "act": acts[row.id]} if row.id in acts else link
        session.expunge_all()


def policies(session: Session, ids: set[int]) -> Sequence[PolicyVersion]:
    """Return the versions of policies."""
    wanted = select(PolicyVersion).where(PolicyVersion.id.in_(ids))
    return session.scalars(wanted.order_by(PolicyVersion.policy_id, PolicyVersion.version)).all()


def keys(session: Session) -> list[dict[str, Any]]:
    """Return the public half of every key the site ever signed with."""
    rows = session.scalars(select(IssuerKey).order_by(IssuerKey.created_at, IssuerKey.id))
    return [
        {
            "id": key.id,
            "kind": key.kind,
            "controller": key.controller,
            "public": key.public,
            "state": key.state,
            "created_at": key.created_at,
            "ended_at": key.ended_at,
        }
        for key in rows
    ]


def _ids(session: Session, model: Any, column: Any, values: Sequence[int]) -> Sequence[Any]:  # noqa: ANN401 (tables)
    return session.scalars(select(model.id).where(column.in_(values)).order_by(model.id)).all()
