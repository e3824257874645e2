"""Makes tokens of other systems; one works at once unless told otherwise."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.core.access import TokenScope
from lms.core.ids import digest, new_token
from lms.db.session import now
from lms.exchange.domain import SHOWN_SIGNS, USUAL_DAYS, written_scopes
from lms.exchange.models import AccessToken
from tests.factories.accounts import COUNTY, make_person

EVERYTHING = frozenset(TokenScope)
NAMELESS = EVERYTHING - {TokenScope.PEOPLE_NAMES}


def make_access_token(
    session: Session,
    institution_id: int,
    *,
    scopes: frozenset[TokenScope] = NAMELESS,
    is_approved: bool = True,
    days_old: int = 0,
    **overrides: Any,
) -> tuple[AccessToken, str]:
    """Return a token of the institution in the usual county, and its text."""
    token, at = new_token(), now(session) - timedelta(days=days_old)
    values: dict[str, Any] = {
        "institution_id": institution_id,
        "county_code": COUNTY,
        "system": "常山县人社局培训平台",
        "scopes": written_scopes(scopes),
        "token_hash": digest(token),
        "beginning": token[:SHOWN_SIGNS],
        "days": USUAL_DAYS,
        "created_by_id": make_person(session).id,
        "created_at": at,
    }
    if is_approved:
        values |= {"approved_by_id": make_person(session).id, "approved_at": at}
    row = AccessToken(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row, token
