"""Takes papers in: the row comes after the file, and not without end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.errors import TooMany
from lms.subsidy import queries
from lms.subsidy.domain.papers import MOST_PAPERS, PaperKind, PaperType
from lms.subsidy.models import Evidence, FactListDraft

_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper whose file lies sealed in its place already."""

    id: str
    person_id: int
    kind: PaperKind
    content_type: PaperType
    byte_size: int
    sha256: str
    key_name: str


def require_room(session: Session, person_id: int) -> None:
    """Refuse more papers than anybody has to show. Raises ``TooMany``."""
    if queries.paper_count(session, person_id) >= MOST_PAPERS:
        raise TooMany(
            "papers_full",
            "There are %(most)s papers of you already. Please call 12333.",
            retry_after=_DAY_SECONDS,
            most=MOST_PAPERS,
        )


def add_paper(session: Session, *, paper: NewPaper, by_id: int, now: datetime) -> None:
    """Write down that there is such a paper."""
    require_room(session, paper.person_id)
    session.add(
        Evidence(
            id=paper.id,
            person_id=paper.person_id,
            kind=paper.kind,
            content_type=paper.content_type,
            byte_size=paper.byte_size,
            sha256=paper.sha256,
            key_name=paper.key_name,
            uploaded_by_id=by_id,
            uploaded_at=now,
        )
    )
    session.flush()


def note_view(
    session: Session, *, actor_id: int, paper: Evidence, purpose: str, now: datetime
) -> None:
    """Write down who looked at whose paper, and what for."""
    record(
        session,
        actor_id=actor_id,
        action="paper.read",
        subject=f"person:{paper.person_id}",
        details={"paper": paper.id, "kind": paper.kind, "purpose": purpose},
        at=now,
    )


def known_files(session: Session, ids: list[str]) -> set[str]:
    """Return those of the files somebody knows of: papers, and lists that wait."""
    waits = FactListDraft.taken_in_at.is_(None)
    papers = session.scalars(select(Evidence.id).where(Evidence.id.in_(ids)))
    drafts = session.scalars(select(FactListDraft.id).where(FactListDraft.id.in_(ids), waits))
    return {*papers, *drafts}
