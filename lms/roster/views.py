"""The export calls of the API and the download link."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import Message, NotFound
from lms.db.session import now
from lms.delivery.domain import DeliveryKind
from lms.delivery.service import open_whole
from lms.roster import forms, queries, service
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import say

bp = Blueprint("roster", __name__)
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


@bp.post("/api/v1/exports")
@requires(Permission.COMPLETIONS_EXPORT)
def order() -> ResponseReturnValue:
    """Take the order for a list; a worker makes the file."""
    wanted = forms.parse_sent_order(request.get_json(silent=True))
    with database().transaction() as session:
        export = service.order_export(
            session, actor=current_actor(), order=wanted, now=now(session)
        )
    return jsonify(id=export.id), 202, {"Location": url_for("roster.show", export_id=export.id)}


@bp.get("/api/v1/exports/<export_id>")
@requires(Permission.COMPLETIONS_EXPORT)
def show(export_id: str) -> ResponseReturnValue:
    """Tell how far the caller's own export is."""
    with database().snapshot() as session:
        export = queries.own_export(
            session, export_id=export_id, person_id=current_actor().person_id, at=now(session)
        )
    if export is None:
        raise NotFound
    return jsonify(_public(export))


@bp.post("/api/v1/exports/<export_id>/approval")
@requires(Permission.COMPLETIONS_EXPORT)
def rule(export_id: str) -> ResponseReturnValue:
    """Approve another person's order, or refuse it with a reason."""
    reason = forms.parse_ruling(request.get_json(silent=True))
    what: dict[str, Any] = {"actor": current_actor(), "export_id": export_id}
    with database().transaction() as session:
        if reason is None:
            service.approve_export(session, **what, now=now(session))
        else:
            service.refuse_export(session, **what, reason=reason, now=now(session))
    return jsonify(id=export_id, state="queued" if reason is None else "refused")


@bp.route("/exports/<export_id>", methods=["HEAD"])
@requires(Permission.COMPLETIONS_EXPORT)
def peek(export_id: str) -> ResponseReturnValue:
    """Answer those who only look at the link; it stays unused."""
    return show(export_id)


@bp.get("/exports/<export_id>")
@requires(Permission.COMPLETIONS_EXPORT)
def download(export_id: str) -> ResponseReturnValue:
    """Hand the file out, once, and delete it from the disk."""
    whose: dict[str, Any] = {"actor": current_actor(), "export_id": export_id}
    with database().snapshot() as session:
        handed = service.ready_export(session, **whose, now=now(session))
    opened = open_whole(settings(), handed, DeliveryKind.EXPORT)
    with database().transaction() as session:
        service.hand_out(session, **whose, now=now(session))
    (settings().export_dir / handed.path).unlink(missing_ok=True)
    kind = _TYPES[handed.saved_as.rpartition(".")[2]]
    response = send_file(opened, kind, as_attachment=True, download_name=handed.saved_as)
    response.content_length = handed.byte_size
    return response


def _public(export: queries.ExportView) -> dict[str, Any]:
    ready = url_for("roster.download", export_id=export.id) if export.is_ready else None
    return {
        "id": export.id,
        "kind": export.kind,
        "format": export.format,
        "batch": export.batch_id,
        "filters": export.filters,
        "purpose": export.purpose,
        "unmasked": export.is_unmasked,
        "state": export.state,
        "rows_done": export.rows_done,
        "rows_total": export.rows_total,
        "left_masked": export.left_masked,
        "sha256": export.sha256,
        "byte_size": export.byte_size,
        "download": ready,
        "created_at": _moment(export.created_at),
        "expires_at": _moment(export.expires_at),
        "error": _fault(export),
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _fault(export: queries.ExportView) -> dict[str, str] | None:
    if export.error_code is None or export.error_text is None:
        return None
    sentence = export.error_text
    return {"code": export.error_code, "message": say(Message(export.error_code, sentence))}
