"""What administrators do at a badge's desk page, as their browsers send it."""

from sqlalchemy import select

from lms.credentials.models import BadgeRequest, Credential
from lms.db.session import Database
from tests.support.site import Client

PLEA = {"reason": "not_own_study", "note": "复查 3 月 9 日的记录，有 3 学时不是本人看的。"}
NEW_BADGE = {"aim": "reissue", "reason": "objection_upheld", "note": "查了录像，是本人看的。"}


def ask(browser: Client, badge: Credential, **changes: str) -> int:
    """Ask for a revocation, or for what the changes say; return the status of the answer."""
    sent = {**PLEA, **changes}
    return browser.post(f"/staff/badges/{badge.id}/requests", data=sent).status_code


def request_of(database: Database) -> int:
    """Return the newest request."""
    with database.snapshot() as session:
        newest = session.scalars(select(BadgeRequest.id).order_by(BadgeRequest.id.desc())).first()
    assert newest is not None
    return newest


def rule(browser: Client, request_id: int, ruling: str = "confirmed") -> int:
    """Rule on a request; return the status of the answer."""
    sent = {"ruling": ruling}
    return browser.post(f"/staff/badges/requests/{request_id}", data=sent).status_code
