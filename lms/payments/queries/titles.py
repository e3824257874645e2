"""What a course is called where it is listed for people who may not take it any more."""

from typing import Any

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from lms.catalog.models import Revision
from lms.db.base import Localized


def newest_title(course_id: InstrumentedAttribute[Any]) -> ScalarSelect[Localized]:
    """Return the title of the newest version of a course that was ever published."""
    return (
        select(Revision.title)
        .where(Revision.course_id == course_id, Revision.published_at.is_not(None))
        .order_by(Revision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
