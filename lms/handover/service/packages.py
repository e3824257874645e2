"""Writes packages to the disk, each from one moment of the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from json import loads
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.audit.queries import head, head_document
from lms.core.access import Scope
from lms.core.clock import local_day, rfc3339
from lms.core.errors import GatewayError
from lms.credentials.domain.addresses import Site
from lms.credentials.gateway import proofs
from lms.db.session import Database
from lms.delivery.gateway import atomic_file
from lms.delivery.models import Delivery
from lms.delivery.service import scopes_of
from lms.handover import queries
from lms.handover.domain.draws import SpotCheck
from lms.handover.domain.orders import FORMAT_VERSION, Order
from lms.handover.domain.roster import COLUMNS, Listed, cells
from lms.handover.gateway import Measured, Parcel, as_text, write_object
from lms.handover.models import Handover
from lms.handover.queries import Choice, Subject, evidence, records
from lms.handover.service.orders import Made
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters, Status
from lms.roster.forms import parse_filters
from lms.subsidy.domain.policy_file import canonical

log = structlog.get_logger(__name__)
Report = Callable[[int, int], None]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A package to be written: what it is of, and who asked, when and what for."""

    handover: Handover
    delivery: Delivery


@dataclass
class Gathered:
    """What the members written so far need or count."""

    roster: list[Sequence[str]] = field(default_factory=list)
    acts: set[int] = field(default_factory=set)
    policies: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)


def write_package(
    database: Database,
    ordered: Ordered,
    target: Path,
    *,
    site: Site,
    at: datetime,
    report: Report,
) -> Made:
    """Write the package to ``target`` and return what it is; ``at`` is the moment it bears.

    Raises ``GatewayError`` where the disk refuses.
    """
    try:
        with (
            database.one_moment() as session,
            atomic_file(target) as part,
            Parcel(part, at) as parcel,
        ):
            return _written(session, ordered, parcel, site=site, at=at, report=report)
    except OSError as error:
        raise GatewayError(
            "handover_not_written",
            "The file could not be written: the disk is full or refuses. Nothing was kept.",
            retryable=False,
        ) from error


def order_of(ordered: Ordered) -> Order:
    """Return what was ordered."""
    handover, purpose = ordered.handover, ordered.delivery.purpose
    filters = parse_filters(handover.filters)
    if handover.seed is None or handover.wanted is None:
        return Order(purpose, filters, learner_id=handover.learner_id)
    draw = SpotCheck(handover.seed, handover.wanted, handover.upto)
    return Order(purpose, filters, draw)


def _written(
    session: Session,
    ordered: Ordered,
    parcel: Parcel,
    *,
    site: Site,
    at: datetime,
    report: Report,
) -> Made:
    scopes, order = scopes_of(ordered.delivery), order_of(ordered)
    choice, found = queries.choose(session, scopes, order), Gathered()
    report(0, len(choice.people))
    for place, person_id in enumerate(choice.people, start=1):
        subject = queries.subject_of(session, person_id, scopes)
        listed = _listed(session, subject, scopes)
        _write_person(session, parcel, (subject, listed), found, at)
        report(place, len(choice.people))
    parcel.add_table("roster.csv", COLUMNS.values(), found.roster)
    for version in records.policies(session, found.policies):
        parcel.add(_policy_file(version.policy_id, version.version), canonical(version.content))
    parcel.add("keys.json", as_text({"issuer": site.did, "keys": records.keys(session)}))
    found.acts.update(records.acts_on(session, [f"handover:{ordered.delivery.id}"]))
    with parcel.member("audit_chain.jsonl") as write:
        for link in records.links(session, found.acts):
            write(as_text(link) + "\n")
    parcel.add("audit_head.json", as_text(head_document(head(session), site.base_url)))
    if order.draw:
        _write_sample(parcel, order.draw, choice, order.filters)
    found.counts |= {"people": len(choice.people), "acts": len(found.acts)}
    about = _about(session, ordered.delivery, site, at, choice)
    parcel.add_tools({**about, **about["ordered_by"], "people": len(choice.people)})
    manifest = _write_manifest(parcel, {**about, "counts": found.counts})
    return Made(choice.people, manifest.sha256)


def _listed(session: Session, subject: Subject, scopes: Sequence[Scope]) -> Listed:
    everything = roster.Selection(tuple(scopes), Filters(status=Status.ALL))
    lines = roster.lines_of(session, everything, [subject.person_id])
    return Listed(
        *(subject.person_id, subject.name, subject.id_mask),
        lines=sorted(lines, key=lambda each: -each.enrollment_id),
        programmes=_named(subject, "programme"),
        classes=_named(subject, "class"),
        certificates=[each["number"] for each in evidence.certificates(session, subject)],
        serials=[each["serial"] or "" for each in evidence.badges(session, subject)],
        claims=queries.claims(session, subject),
    )


def _write_person(
    session: Session, parcel: Parcel, whom: tuple[Subject, Listed], found: Gathered, at: datetime
) -> None:
    subject, listed = whom
    found.roster.append(cells(listed))
    parts = _parts(session, subject, listed, found)
    parts["facts"] = evidence.facts(session, subject, today=local_day(at))
    with parcel.member(f"people/{subject.person_id}.json") as write:
        for name, count in write_object(write, parts).items():
            found.counts[name] = found.counts.get(name, 0) + count


def _named(subject: Subject, part: str) -> list[str]:
    titles = [each[part]["title"] for each in subject.enrollments]
    words = [each["zh"] if isinstance(each, dict) else each or "–" for each in titles]
    return words if any(titles) else []


def _parts(session: Session, subject: Subject, listed: Listed, found: Gathered) -> dict[str, Any]:
    """Return the parts of a learner's file; what may be long comes row by row."""
    acts = records.acts_about(session, subject, listed.claims)
    found.acts.update(acts)
    brought = {each.enrollment_id: each for each in listed.lines}
    enrollments = [
        {
            **each,
            "verified_ms": brought[each["id"]].verified_ms,
            "final_percent": brought[each["id"]].final_percent,
        }
        for each in subject.enrollments
    ]
    return {
        "person": {
            "number": subject.person_id,
            "name": subject.name,
            "id_mask": subject.id_mask,
            "county": subject.county,
            "town": subject.town,
            "since": subject.since,
        },
        "holder": subject.holder,
        "enrollments": enrollments,
        "ledger_head": {"entries": subject.entries, "head": subject.head},
        "ledger": evidence.ledger(session, subject),
        "materials": evidence.materials(session, subject),
        "leases": evidence.leases(session, subject),
        "presence_checks": evidence.checks(session, subject),
        "attempts": queries.attempts(session, subject),
        "attendance": evidence.attendance(session, subject),
        "time_requests": evidence.requests(session, subject),
        "flags": evidence.flags(session, subject),
        "certificates": evidence.certificates(session, subject),
        "decisions": (_decision(row, found) for row in evidence.decisions(session, subject)),
        "claims": iter(listed.claims),
        "badges": (_badge(row) for row in evidence.badges(session, subject)),
        "acts": acts,
    }


def _decision(row: Row, found: Gathered) -> Row:
    version_id, policy = row.pop("policy_version_id"), row["policy"]
    if policy is not None:
        found.policies.add(version_id)
        policy["file"] = _policy_file(policy["id"], policy["version"])
    return row


def _badge(row: Row) -> Row:
    """Return a badge with the statements its proof is made over."""
    options = document = ""
    if row["document"] is not None:
        try:
            options, document = proofs.statements(loads(row["document"]))
        except (KeyError, SyntaxError, ValueError) as error:
            # What is stored is no document of ours any more: whoever checks is to see that.
            log.warning("badge_unreadable", badge=row["id"], error=repr(error))
    return {**row, "options_nquads": options, "document_nquads": document}


def _policy_file(policy_id: str, version: str) -> str:
    return f"policies/{quote(policy_id, safe='')}-{quote(version, safe='')}.json"


def _write_sample(parcel: Parcel, draw: SpotCheck, choice: Choice, filters: Filters) -> None:
    parcel.add("population.txt", "".join(f"{each}\n" for each in choice.population))
    sample = {
        "seed": draw.seed,
        "count": draw.count,
        "of": len(choice.population),
        "upto": choice.upto,
        "filters": filters.as_query(),
        "drawn": list(choice.people),
    }
    parcel.add("sample.json", as_text(sample))


def _about(
    session: Session, delivery: Delivery, site: Site, at: datetime, choice: Choice
) -> dict[str, Any]:
    orderer = session.get_one(Person, delivery.requested_by_id)
    return {
        "format": FORMAT_VERSION,
        "id": delivery.id,
        "site": site.base_url,
        "issuer": site.did,
        "ordered_by": {"number": orderer.id, "name": orderer.name},
        "purpose": delivery.purpose,
        "ordered_at": rfc3339(delivery.created_at),
        "made_at": rfc3339(at),
        "people": list(choice.people),
    }


def _write_manifest(parcel: Parcel, about: Mapping[str, Any]) -> Measured:
    files = [
        {"name": each.name, "size": each.size, "sha256": each.sha256} for each in parcel.members
    ]
    manifest = parcel.add("manifest.json", as_text({**about, "files": files}))
    parcel.add("manifest.sha256", f"{manifest.sha256}  manifest.json\n")
    return manifest
