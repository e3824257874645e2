"""Takes a sent paper in, and answers with a kept one in a way no browser runs it."""

from flask import Response, request

from lms.accounts.gateway import SealedFolder
from lms.accounts.login import keys
from lms.core.ids import new_uuid
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.papers import MAX_BYTES, PaperKind, PaperType
from lms.subsidy.gateway.papers import PAPERS, cleaned
from lms.subsidy.models import Evidence
from lms.web.access import current_actor, database, settings

# The paper, and what a form holds beside it.
LIMIT = MAX_BYTES + 64 * 1024
_SUFFIX = {PaperType.JPEG: "jpg", PaperType.PDF: "pdf"}


def folder() -> SealedFolder:
    """Return where papers lie."""
    return SealedFolder(settings().data_dir / PAPERS, keys().vault, PAPERS)


def take_paper(person_id: int, kind: PaperKind) -> str:
    """Keep the sent paper of a person and return its id.

    The file is durable before its row is written. Raises ``InvalidInput`` for what is no photo and
    no PDF.
    """
    sent = request.files.get("paper")
    data = sent.stream.read() if sent else b""
    with database().snapshot() as session:
        service.require_room(session, person_id)
    clean = cleaned(data)
    paper_id = new_uuid()
    key_name = folder().write(paper_id, clean.data)
    paper = service.NewPaper(
        *(paper_id, person_id, kind, clean.content_type),
        *(len(clean.data), clean.sha256, key_name),
    )
    with database().transaction() as session:
        service.add_paper(session, paper=paper, by_id=current_actor().person_id, now=now(session))
    return paper_id


def show_paper(paper: Evidence, *, purpose: str) -> Response:
    """Answer with the plain file; that it was looked at is written down before."""
    data = folder().read(paper.id, paper.key_name)
    with database().transaction() as session:
        service.note_view(
            session,
            actor_id=current_actor().person_id,
            paper=queries.paper(session, paper.id),
            purpose=purpose,
            now=now(session),
        )
    kind = PaperType(paper.content_type)
    response = Response(data, mimetype=kind.value)
    how = "attachment" if kind is PaperType.PDF else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="paper.{_SUFFIX[kind]}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
