"""Takes orders for exports, hands their files out once, and clears what is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.core.ids import new_token
from lms.jobs.service import JobRequest, cancel, enqueue
from lms.roster import queries
from lms.roster.domain.filters import Filters
from lms.roster.domain.orders import ExportFormat, ExportOrder, file_name
from lms.roster.gateway.files import Written
from lms.roster.models import Export
from lms.roster.queries import Reach

JOB_KIND = "roster.export"
KEPT_FOR = timedelta(days=7)
_OPEN_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file on its way out: its name on the disk and the one the browser saves it under."""

    path: str
    saved_as: str
    format: str
    byte_size: int


def require_reach(reach: Reach, filters: Filters) -> None:
    """Raise ``NotFound`` where a filter names a county, course or institution out of reach.

    An empty list would tell that the thing exists; a stranger's place is not found at all.
    """
    if not reach.holds(filters):
        raise NotFound


def order_export(session: Session, *, actor: Actor, order: ExportOrder, now: datetime) -> Export:
    """Write the export and its job down; the file is made by a worker.

    Raises ``Forbidden`` (``confirmation_required``) where the actor has not proved within ten
    minutes that it is them, ``NotFound`` for filters out of reach, ``Conflict`` where several
    are being made already.
    """
    require_confirmed(session, actor, now=now)
    scopes = actor.scopes_for(Permission.COMPLETIONS_EXPORT)
    require_reach(queries.reach(session, scopes), order.filters)
    if queries.open_exports(session, actor.person_id) >= _OPEN_AT_ONCE:
        raise Conflict(
            "exports_open", "Several lists are being made already. Please wait for one of them."
        )
    export = Export(
        id=new_token(),
        kind=order.kind,
        format=order.format,
        language=order.language,
        filters=order.filters.as_query(),
        scopes=[[scope.kind, scope.id] for scope in scopes],
        purpose=order.purpose,
        requested_by_id=actor.person_id,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(export)
    request = JobRequest(
        JOB_KIND, f"{JOB_KIND}:{export.id}", {"export": export.id}, actor.person_id
    )
    export.job_id = enqueue(session, request).id
    _write_down(session, export, "export.ordered", at=now)
    return export


def record_made(
    session: Session, *, export: Export, rows: int, written: Written, now: datetime
) -> None:
    """Record that the file is there: how many rows, how large, which hash."""
    export.rows_total = rows
    export.sha256 = written.sha256
    export.byte_size = written.byte_size
    export.path = path_of(export)
    _write_down(session, export, "export.made", at=now)


def stop_export(session: Session, *, actor: Actor, export_id: str, now: datetime) -> Export:
    """Stop the actor's export and return it; what was written of it is deleted.

    Raises ``NotFound`` for anyone else's and ``Conflict`` where it is over already.
    """
    export = _own(session, actor, export_id)
    is_stopped = cancel(session, export.job_id or "")
    # Its worker may have recorded the file while the stop waited for the job's row.
    session.refresh(export)
    if not is_stopped or export.path is not None:
        raise Conflict("export_over", "This list is not being made any more.")
    _write_down(session, export, "export.stopped", at=now)
    return export


def hand_out(session: Session, *, actor: Actor, export_id: str, now: datetime) -> HandedOut:
    """Return the file of the actor's export, once.

    Raises ``NotFound`` for anyone else's, ``Forbidden`` where the link was used or is over, and
    ``Conflict`` where the file is not made yet.
    """
    export = _own(session, actor, export_id)
    if export.expires_at <= now or export.removed_at is not None:
        raise Forbidden(
            "export_expired", "This list was deleted after 7 days. Please make it again."
        )
    if export.path is None:
        raise Conflict("export_not_ready", "This list is not ready yet. Please wait a little.")
    used = (
        update(Export)
        .where(Export.id == export_id, Export.downloaded_at.is_(None))
        .values(downloaded_at=now)
    )
    if session.connection().execute(used).rowcount != 1:
        raise Forbidden(
            "export_link_used", "This link works once and was used. Please make the list again."
        )
    _write_down(session, export, "export.downloaded", at=now)
    return HandedOut(
        export.path,
        file_name(ExportFormat(export.format), local_day(export.created_at), export.language),
        export.format,
        export.byte_size or 0,
    )


def record_removed(session: Session, export_ids: Sequence[str], *, now: datetime) -> None:
    """Record that the files of the exports were deleted."""
    theirs = Export.id.in_(export_ids) & Export.removed_at.is_(None)
    session.execute(update(Export).where(theirs).values(removed_at=now))


def scopes_of(export: Export) -> tuple[Scope, ...]:
    """Return the scopes the export was ordered in."""
    return tuple(Scope(ScopeKind(kind), scope_id) for kind, scope_id in export.scopes)


def path_of(export: Export) -> str:
    """Return the file's name in the export folder."""
    return f"{export.id}.{export.format}"


def _own(session: Session, actor: Actor, export_id: str) -> Export:
    export = session.scalar(
        select(Export).where(Export.id == export_id, Export.requested_by_id == actor.person_id)
    )
    if export is None:
        raise NotFound
    return export


def _write_down(session: Session, export: Export, action: str, *, at: datetime) -> None:
    record(
        session,
        actor_id=export.requested_by_id,
        action=action,
        subject=f"export:{export.id}",
        details={
            "kind": export.kind,
            "format": export.format,
            "filters": dict(export.filters),
            "purpose": export.purpose,
            "rows": export.rows_total,
            "sha256": export.sha256,
        },
        at=at,
    )
