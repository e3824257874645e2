"""Writes down what people agree to and what they take back, each text by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import texts
from lms.accounts.events import HandoverConsentChanged, IdentityChanged, PayeeChanged
from lms.accounts.models import BankAccount, Consent, ConsentWay, Identity, IdentityState
from lms.audit.service import record
from lms.core.errors import Conflict, NotFound
from lms.db.bus import emit

# The others are what being here rests on: who takes them back closes the account.
MAY_BE_TAKEN_BACK = frozenset({texts.SENSITIVE, texts.HANDOVER})


@dataclass(frozen=True, slots=True)
class Given:
    """How somebody agreed: in which way, before whom (``None``: alone) and from which network."""

    way: ConsentWay = ConsentWay.OWN
    recorded_by_id: int | None = None
    network: str | None = None


def agree(
    session: Session, *, person_id: int, subjects: Iterable[str], given: Given, now: datetime
) -> None:
    """Write down that the person agreed to the texts as they stand today, once each.

    What was on a paper is written down anew where they say it with their own hand.
    """
    held = {each.subject: each for each in queries.live_consents(session, person_id)}
    for subject in subjects:
        version, before = texts.version_of(subject), held.get(subject)
        is_stronger = before is not None and _is_on_paper(before) and given.way is ConsentWay.OWN
        if before is not None and before.version == version and not is_stronger:
            continue
        if before is not None:
            # The newer text takes the older one's place.
            before.withdrawn_at = now
            session.flush()
        session.add(
            Consent(
                person_id=person_id,
                subject=subject,
                version=version,
                given_at=now,
                way=given.way,
                recorded_by_id=given.recorded_by_id,
                network=given.network,
            )
        )
        session.flush()
        _tell_given(session, person_id, subject, now)


def owes_agreement(session: Session, person_id: int) -> bool:
    """Tell whether the person has yet to agree by their own hand, or by a code they read out.

    Others say of people on a list that they agreed on paper; whoever signs in is asked themselves.
    """
    live = queries.live_consents(session, person_id)
    said = {each.subject for each in live if not _is_on_paper(each)}
    return not said.issuperset(texts.TO_SIGN_UP)


def _is_on_paper(consent: Consent) -> bool:
    return consent.way == ConsentWay.PAPER


def take_back(session: Session, *, person_id: int, subject: str, now: datetime) -> None:
    """Let the person take an agreement back, effective at once.

    Without the one about numbers the account is deleted, and the identity number rests: nobody can
    read it or decide by it any more, until the law lets it be deleted. Raises ``NotFound`` where
    there is nothing to take back.
    """
    if subject not in MAY_BE_TAKEN_BACK:
        raise NotFound
    found = [each for each in queries.live_consents(session, person_id) if each.subject == subject]
    if not found:
        raise NotFound
    found[0].withdrawn_at = now
    session.flush()
    if subject == texts.HANDOVER:
        emit(session, HandoverConsentChanged(person_id, is_given=False, at=now))
    else:
        session.execute(delete(BankAccount).where(BankAccount.person_id == person_id))
        emit(session, PayeeChanged(person_id, name_matches=None, by_id=None, at=now))
        emit(session, IdentityChanged(person_id, None, None, None, by_id=None, at=now))
    record(
        session,
        actor_id=person_id,
        action="consent.taken_back",
        subject=f"person:{person_id}",
        details={"text": subject},
        at=now,
    )


def take_back_signing_up(session: Session, *, person_id: int, now: datetime) -> None:
    """Let what being here rests on end with the account."""
    for each in queries.live_consents(session, person_id):
        if each.subject in texts.TO_SIGN_UP:
            each.withdrawn_at = now
    session.flush()


def require(session: Session, person_id: int, subject: str) -> None:
    """Raise ``Conflict`` unless the person agrees to the text now."""
    if not any(each.subject == subject for each in queries.live_consents(session, person_id)):
        raise Conflict("consent_missing", "This needs the person's consent first.")


def _tell_given(session: Session, person_id: int, subject: str, now: datetime) -> None:
    if subject == texts.HANDOVER:
        emit(session, HandoverConsentChanged(person_id, is_given=True, at=now))
    row = session.get(Identity, person_id) if subject == texts.SENSITIVE else None
    if row is not None:
        # It rested since the last consent was taken back.
        is_verified = row.state == IdentityState.VERIFIED or None
        emit(
            session,
            IdentityChanged(
                person_id, is_verified, row.sex, row.birth_date, by_id=row.checked_by_id, at=now
            ),
        )
