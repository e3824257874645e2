"""Makes people of whom there is something in every table, some of them gone long ago."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import BankAccount, Guardian, Particulars, Person, TotpSecret
from lms.accounts.service import banks, totp
from lms.core.ids import new_uuid
from lms.db.base import Base
from lms.db.owned import owned_tables
from lms.db.session import now
from lms.enrollment.models import ClassConfirmation, ClassObjection, ClassWait
from lms.progress.models import StudyFlag, TimeRequest
from lms.roster.models import ListColumns, SavedFilter
from lms.subsidy.models import (
    CertificateEntry,
    EligibilityDecision,
    EligibilityDue,
    Evidence,
    ExternalCertificate,
    LearnerFact,
    Promise,
)
from tests.factories.accounts import make_sign_in
from tests.factories.claimed import make_paid_claim
from tests.factories.enrollment import make_class
from tests.factories.frozen import make_frozen_rows
from tests.factories.identity import make_identity
from tests.factories.notify import make_message
from tests.factories.orders import make_counted
from tests.factories.subsidy import Subsidised, make_known, make_subsidised, make_watched

PHONE = "13957001234"
WORDS = "那天家里停电"
_serial = count(1)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of whom there is something everywhere."""

    own: Subsidised
    paper: str

    @property
    def person_id(self) -> int:
        """Return who it is."""
        return self.own.person.id


def make_everything(session: Session, keys: Keys, clerk: Person) -> Known:
    """Make a learner who gave, said and studied something of each kind."""
    own = make_subsidised(session)
    person, at = own.person, now(session)
    make_sign_in(session, person, browser_hash="b" * 64)
    make_watched(session, own, "A01/video", minutes=5)
    make_sign_in(session, person, browser_hash="c" * 64)
    make_identity(session, person, keys, checked_by=clerk)
    make_known(session, person)
    make_message(session, person)
    paper = _papers(session, person, clerk)
    secret = keys.vault.seal("JBSWY3DP", place=totp.place(person.id))
    session.add(TotpSecret(person_id=person.id, secret=secret, created_at=at))
    session.add(
        Guardian(
            person_id=person.id,
            name="林国强",
            relation="父亲",
            phone=PHONE,
            proof="code",
            text_version="1",
            given_at=at,
        )
    )
    session.add(_account(person, keys, at))
    by = {"written_at": at, "written_by_id": clerk.id}
    session.add(Particulars(person_id=person.id, address="前庄村 8 号", **by))
    session.add(SavedFilter(person_id=person.id, name="五月", query={"q": "林"}, saved_at=at))
    session.add(ListColumns(person_id=person.id, chosen=["phone"]))
    _decided(session, own, at)
    _classes(session, own, at)
    _words(session, own, clerk, at)
    _money(session, own, clerk, at)
    make_frozen_rows(session, person, clerk)
    # The newest sign-in of all stays, whoever's it is.
    make_sign_in(session)
    session.flush()
    return Known(own, paper)


def close(session: Session, person: Person, at: datetime) -> None:
    """Let the account have been closed at the moment."""
    row = session.get_one(Person, person.id)
    row.former_phone, row.phone = row.phone, None
    row.state, row.closed_at = "closed", at
    session.flush()


def rows_left(session: Session, person_id: int) -> dict[str, int]:
    """Return how many rows each table holds of the person, where there are any."""
    found = {
        name: session.scalar(
            select(func.count()).select_from(owned.table).where(owned.of(person_id))
        )
        for name, owned in owned_tables(Base.metadata).items()
    }
    return {name: rows for name, rows in found.items() if rows}


def _account(person: Person, keys: Keys, at: datetime) -> BankAccount:
    serial = next(_serial)
    return BankAccount(
        person_id=person.id,
        number=keys.vault.seal("6228480402564890018", place=banks.place(person.id)),
        number_index=f"index-{serial}",
        mask="************1234",
        bank="常山农商银行",
        holder=person.name,
        entered_at=at,
        entered_by_id=person.id,
    )


def _papers(session: Session, person: Person, clerk: Person) -> str:
    at, paper = now(session), new_uuid()
    session.add(
        Evidence(
            id=paper,
            person_id=person.id,
            kind="certificate",
            content_type="application/pdf",
            byte_size=10,
            sha256="a" * 64,
            key_name="k1",
            uploaded_by_id=person.id,
            uploaded_at=at,
        )
    )
    session.flush()
    session.add(Promise(person_id=person.id, text_version="1", address="10.0.0.0", given_at=at))
    session.add(
        LearnerFact(
            person_id=person.id,
            key="groups",
            value=["rural"],
            source="document",
            valid_from=date(2026, 3, 2),
            recorded_at=at,
            evidence_id=paper,
        )
    )
    _certificate(session, person, clerk, paper)
    return paper


def _certificate(session: Session, person: Person, clerk: Person, paper: str) -> None:
    at = now(session)
    own = ExternalCertificate(
        person_id=person.id, type="skill_level", number=f"S{next(_serial):06d}", created_at=at
    )
    session.add(own)
    session.flush()
    entry: dict[str, Any] = {"occupation_code": "4-01-06-02", "level": 5, "issuer": "衢州市"}
    session.add(
        CertificateEntry(
            **entry,
            certificate_id=own.id,
            issued_on=date(2026, 3, 2),
            status="issued",
            source="staff",
            evidence_id=paper,
            recorded_by_id=clerk.id,
            recorded_at=at,
        )
    )
    session.flush()


def _decided(session: Session, own: Subsidised, at: datetime) -> None:
    of = {"person_id": own.person.id, "programme_id": own.programme.id}
    session.add(
        EligibilityDecision(
            **of,
            number=1,
            outcome="needs_review",
            facts={"sex": "F"},
            results=[],
            basis_sha256="a" * 64,
            decided_at=at,
        )
    )
    session.merge(EligibilityDue(**of, since=at))


def _money(session: Session, own: Subsidised, clerk: Person, at: datetime) -> None:
    make_paid_claim(session, own, clerk, at)
    make_counted(session, own.enrollment, clerk.id)


def _classes(session: Session, own: Subsidised, at: datetime) -> None:
    run = make_class(session, own.course)
    session.add(ClassWait(training_class_id=run.id, person_id=own.person.id, asked_at=at))
    session.add(
        ClassConfirmation(
            enrollment_id=own.enrollment.id,
            text_version="1",
            shown={},
            address_prefix="10.0",
            signed_at=at,
        )
    )
    session.add(ClassObjection(enrollment_id=own.enrollment.id, words=WORDS, shown={}, said_at=at))


def _words(session: Session, own: Subsidised, clerk: Person, at: datetime) -> None:
    material = own.course.materials["A01/video"]
    session.add(
        TimeRequest(
            aim="appeal",
            person_id=own.person.id,
            asked_by_id=own.person.id,
            material_id=material.id,
            spans=[[0, 1000]],
            words=WORDS,
            asked_at=at,
            ruling="declined",
            reason="没有依据",
            ruled_by_id=clerk.id,
            ruled_at=at,
        )
    )
    session.add(
        StudyFlag(
            person_id=own.person.id,
            kind="long_nights",
            day=date(2026, 5, 2).toordinal(),
            evidence={},
            found_at=at,
            words=WORDS,
            said_at=at,
            ruling="explained",
            reason="已说明",
            ruled_by_id=clerk.id,
            ruled_at=at,
        )
    )


def china(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return the moment at which clocks in China show this."""
    hours_ahead = 8
    local = datetime(year, month, day, hour, minute, tzinfo=UTC)
    return local.fromtimestamp(local.timestamp() - hours_ahead * 3600, tz=UTC)
