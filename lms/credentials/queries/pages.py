"""Reads badges for pages: the check page, the holder's wallet, the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Person
from lms.core.access import Actor, Permission
from lms.credentials.domain.agreement import agrees
from lms.credentials.domain.states import (
    Aim,
    CredentialState,
    Ruling,
    Standing,
    fitting_aim,
    standing,
)
from lms.credentials.domain.value import Award, BadgeValue
from lms.credentials.models import BadgeRequest, Credential, Holder
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.progress import queries as progress


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge as pages show it; ``value`` is ``None`` until it is signed.

    ``successor`` is the id of the badge that was issued anew after this one was revoked.
    """

    id: str
    person_id: int
    name: str
    serial: str | None
    state: CredentialState
    value: BadgeValue | None
    document: str
    jwt: str
    shows_name: bool
    created_at: datetime
    issued_at: datetime | None
    valid_until: datetime | None
    revoked_at: datetime | None
    reason: str | None
    note: str
    successor: str | None

    def standing(self, at: datetime) -> Standing:
        """Return what the badge is worth at the moment."""
        return standing(self.state, self.valid_until, at)

    def agrees_with(self, document: Mapping[str, Any]) -> bool:
        """Tell whether the signed document says what the row says beside it."""
        if self.value is None or self.issued_at is None:
            return False
        award = Award(
            id=self.id,
            subject_id="",
            serial=self.serial or "",
            holder_number="",
            salt="",
            issued_at=self.issued_at,
            valid_until=self.valid_until,
            status_list=0,
            status_index=0,
        )
        return agrees(document, self.value, award)


@dataclass(frozen=True, slots=True)
class Request:
    """A request about a badge: who asked what, why, and how it ended."""

    id: int
    credential_id: str
    serial: str
    holder: str
    course: dict[str, str]
    aim: str
    reason: str
    note: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    ruling: str | None
    ruled_by: str | None
    ruled_at: datetime | None


def _statement() -> Select[*tuple[Any, ...]]:
    revoked = and_(
        BadgeRequest.credential_id == Credential.id,
        BadgeRequest.aim == Aim.REVOKE,
        BadgeRequest.ruling == Ruling.CONFIRMED,
    )
    newer = aliased(Credential)
    replaced = and_(
        Credential.state == CredentialState.REVOKED,
        newer.person_id == Credential.person_id,
        newer.course_id == Credential.course_id,
        newer.state == CredentialState.VALID,
    )
    return (
        select(
            *(Credential.id, Credential.person_id, Person.name, Credential.serial),
            *(Credential.state, Credential.value, Credential.document, Credential.jwt),
            *(Credential.shows_name, Credential.created_at, Credential.issued_at),
            *(Credential.valid_until, Credential.revoked_at, BadgeRequest.reason),
            *(BadgeRequest.note, newer.id.label("successor")),
        )
        .join(Person, Person.id == Credential.person_id)
        .outerjoin(BadgeRequest, revoked)
        .outerjoin(newer, replaced)
    )


# Built once: to put it together takes longer than to ask it.
_BADGES = _statement()
_BADGE = _BADGES.where(Credential.id == bindparam("id"), Credential.document.is_not(None))


def badge(session: Session, credential_id: str) -> Badge | None:
    """Return a signed badge by its id, for anybody who has it."""
    row = session.execute(_BADGE, {"id": credential_id}).one_or_none()
    return _badge(row) if row else None


def id_of_serial(session: Session, serial: str) -> str | None:
    """Return the id of the badge with the number."""
    return session.scalar(select(Credential.id).where(Credential.serial == serial))


def badges_of(session: Session, person_id: int) -> list[Badge]:
    """Return the person's badges, newest first, those waiting to be signed included."""
    rows = session.execute(
        _BADGES.where(Credential.person_id == person_id).order_by(
            Credential.created_at.desc(), Credential.id
        )
    )
    return [_badge(row) for row in rows]


def holder_number(session: Session, person_id: int) -> str | None:
    """Return the person's random number, which their badges carry hashed."""
    return session.scalar(select(Holder.number).where(Holder.person_id == person_id))


def badge_in_reach(
    session: Session, actor: Actor, credential_id: str, permission: Permission
) -> Badge | None:
    """Return a signed badge of an enrollment inside the scopes the actor holds the right in."""
    row = session.execute(
        _BADGES.join(Enrollment, Enrollment.id == Credential.enrollment_id).where(
            Credential.id == credential_id,
            Credential.document.is_not(None),
            in_scope(actor.scopes_for(permission)),
        )
    ).one_or_none()
    return _badge(row) if row else None


def ledger_stands(session: Session, badge: Badge) -> bool:
    """Tell whether the holder's watch ledger still holds what the badge was made from."""
    if badge.value is None:
        return False
    kept = badge.value.evidence
    found = progress.ledger_head(session, badge.person_id, first=kept.entries)
    return found == (kept.entries, kept.head)


def badges_in_reach(session: Session, actor: Actor, person_id: int) -> list[Badge]:
    """Return the person's badges of enrollments the actor may read, newest first."""
    rows = session.execute(
        _BADGES.join(Enrollment, Enrollment.id == Credential.enrollment_id)
        .where(
            Credential.person_id == person_id,
            in_scope(actor.scopes_for(Permission.COMPLETIONS_READ)),
        )
        .order_by(Credential.created_at.desc(), Credential.id)
    )
    return [_badge(row) for row in rows]


def requests(session: Session, actor: Actor, *, limit: int) -> Sequence[Request]:
    """Return the requests in the actor's reach, open ones first, then newest first."""
    rows = session.execute(
        _requests()
        .where(in_scope(actor.scopes_for(Permission.CREDENTIAL_REVOKE)))
        .order_by(BadgeRequest.ruling.is_not(None), BadgeRequest.id.desc())
        .limit(limit)
    )
    return [Request(*row) for row in rows]


def request_in_reach(session: Session, actor: Actor, request_id: int) -> Request | None:
    """Return a request inside the actor's reach."""
    row = session.execute(
        _requests().where(
            BadgeRequest.id == request_id,
            in_scope(actor.scopes_for(Permission.CREDENTIAL_REVOKE)),
        )
    ).one_or_none()
    return Request(*row) if row else None


def standing_request(session: Session, badge: Badge) -> BadgeRequest | None:
    """Return the request for what may be asked of the badge now, open or confirmed."""
    return session.scalar(
        select(BadgeRequest).where(
            BadgeRequest.credential_id == badge.id,
            BadgeRequest.aim == fitting_aim(badge.state),
            BadgeRequest.ruling.is_(None) | (BadgeRequest.ruling == Ruling.CONFIRMED),
        )
    )


def _badge(row: Row[*tuple[Any, ...]]) -> Badge:
    return Badge(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        serial=row.serial,
        state=CredentialState(row.state),
        value=BadgeValue.from_json(row.value) if row.value else None,
        document=row.document or "",
        jwt=row.jwt or "",
        shows_name=row.shows_name,
        created_at=row.created_at,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
        reason=row.reason,
        note=row.note or "",
        successor=row.successor,
    )


def _requests() -> Select[*tuple[Any, ...]]:
    asker, ruler = aliased(Person), aliased(Person)
    return (
        select(
            *(BadgeRequest.id, BadgeRequest.credential_id, Credential.serial, Person.name),
            *(Credential.value["course_title"], BadgeRequest.aim, BadgeRequest.reason),
            *(BadgeRequest.note, BadgeRequest.asked_by_id, asker.name, BadgeRequest.asked_at),
            *(BadgeRequest.ruling, ruler.name, BadgeRequest.ruled_at),
        )
        .join(Credential, Credential.id == BadgeRequest.credential_id)
        .join(Person, Person.id == Credential.person_id)
        .join(Enrollment, Enrollment.id == Credential.enrollment_id)
        .join(asker, asker.id == BadgeRequest.asked_by_id)
        .outerjoin(ruler, ruler.id == BadgeRequest.ruled_by_id)
    )
