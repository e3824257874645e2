"""The check page: what a badge is worth, for people who know nothing of it; no script needed."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import utc_now
from lms.credentials import queries
from lms.credentials.domain.serials import serial_of, uuid_of
from lms.credentials.domain.verdict import REASONS, Finding, Verdict
from lms.credentials.service import judging
from lms.credentials.views.words import badge_words, day
from lms.db.session import now
from lms.web.access import database, public, settings
from lms.web.limits import HOUR, Limit, Use, spend
from lms.web.uploads import large_body

bp = Blueprint("credentials", __name__, url_prefix="/credentials")
# What is beyond the limit of a badge is still read, so that the browser hears why it is refused.
_BODY_BYTES = 12 * 1024 * 1024
_FILES = Limit("badge-files", 120, HOUR)


@bp.get("/")
@public
def lookup() -> ResponseReturnValue:
    """Find a badge by its number, or offer to check a file."""
    typed = request.args.get("number", "").strip()
    found = uuid_of(typed)
    serial = serial_of(typed)
    if found is None and serial is not None:
        with database().snapshot() as session:
            found = queries.id_of_serial(session, serial)
    if found is not None:
        return redirect(url_for("credentials.page", credential_id=found))
    return render_template("credentials/lookup.html", typed=typed), 404 if typed else 200


@bp.get("/<uuid:credential_id>")
@public
def page(credential_id: UUID) -> ResponseReturnValue:
    """Say what the badge is worth now; its signature is checked on every view."""
    with database().snapshot() as session:
        badge = queries.badge(session, str(credential_id))
        if badge is None:
            return render_template("credentials/lookup.html", unknown=True), 404
        finding = judging.worth(session, badge, at=utc_now())
    return _shown(badge, finding)


@bp.post("/check")
@public
@large_body(_BODY_BYTES)
def check() -> ResponseReturnValue:
    """Judge a file somebody brought; nothing of it is kept."""
    spend(database(), Use(_FILES, request.remote_addr or ""))
    data = _sent_file()
    with database().snapshot() as session:
        finding = judging.judge(session, data, at=now(session))
        named = finding.credential_id or finding.imitates
        found = queries.badge(session, named) if named else None
    if found and finding.credential_id:
        return _shown(found, finding, from_file=True)
    return render_template(
        "credentials/finding.html",
        finding=finding,
        reasons=REASONS,
        genuine=found,
    )


def _sent_file() -> bytes:
    """Return the file that was sent, cut where it is too large for a badge anyway."""
    sent = request.files.get("file")
    if sent is None:
        return b""
    try:
        return bytes(sent.read(judging.MAX_JUDGED_BYTES + 1))
    finally:
        sent.close()


def _shown(
    badge: queries.Badge, finding: Finding, *, from_file: bool = False
) -> ResponseReturnValue:
    return render_template(
        "credentials/badge.html",
        day=day,
        badge=badge,
        finding=finding,
        words=badge_words(badge, settings().base_url),
        at=utc_now(),
        from_file=from_file,
        is_void=finding.verdict is not Verdict.VALID,
        reasons=REASONS,
    )
