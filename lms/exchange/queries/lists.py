"""Reads the lists that systems fetch, each in one statement, in an order new rows do not disturb.

Hours, seconds and per cents come from where pages, files and badges take them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import Session

from lms.accounts.domain.texts import HANDOVER
from lms.accounts.models import Consent, Identity, Person
from lms.catalog.models import Course, Material, Programme, Revision
from lms.core.access import Bearer, TokenScope
from lms.core.clock import rfc3339
from lms.credentials.domain.states import CredentialState
from lms.credentials.models import Credential
from lms.enrollment.models import Enrollment, TrainingClass
from lms.exchange.domain import Part, Place, Window, mark_of, moment_of
from lms.progress.domain.completion import credit_hours
from lms.progress.domain.units import ms_to_seconds
from lms.progress.models import WatchSlice
from lms.progress.queries import final_percent, verified_ms

Numbered = Callable[[int], str]
# The day of an enrollment nothing was studied in: before every other.
_NO_DAY = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """For whom a list is read, which part, and how people are numbered."""

    bearer: Bearer
    window: Window
    number_of: Numbered


def classes(session: Session, shown: Shown) -> Part:
    """Return classes the county runs of the institution's courses."""
    bearer, window = shown.bearer, shown.window
    wanted = (
        select(TrainingClass, Course.slug, Revision.title, Programme.slug.label("programme"))
        .join(Course, Course.id == TrainingClass.course_id)
        .join(Revision, Revision.id == TrainingClass.revision_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(
            TrainingClass.county_code == bearer.county_code,
            Course.institution_id == bearer.institution_id,
        )
    )
    if window.after:
        wanted = wanted.where(TrainingClass.id > window.after.id)
    rows = session.execute(wanted.order_by(TrainingClass.id).limit(window.limit + 1)).all()
    return _part(rows, window, _class, lambda row: Place(row.TrainingClass.id))


def _class(row: Row[Any]) -> dict[str, Any]:
    own: TrainingClass = row.TrainingClass
    return {
        "id": own.id,
        "title": own.title,
        "filing_no": own.filing_no,
        "state": own.state,
        "county": own.county_code,
        "course": _course(row),
        "starts_on": _day(own.starts_on),
        "ends_on": _day(own.ends_on),
        "capacity": own.capacity,
        "theory_minutes": own.theory_minutes,
        "practice_minutes": own.practice_minutes,
        "created_at": rfc3339(own.created_at),
    }


def enrollments(session: Session, shown: Shown) -> Part:
    """Return enrollments by id; with ``since`` the completed ones alone, by that moment."""
    window = shown.window
    wanted = _enrollments(shown.bearer)
    if window.since is None:
        if window.after:
            wanted = wanted.where(Enrollment.id > window.after.id)
        wanted = wanted.order_by(Enrollment.id)
    else:
        wanted = wanted.where(_behind(window)).order_by(Enrollment.completed_at, Enrollment.id)
    rows = session.execute(wanted.limit(window.limit + 1)).all()

    def place(row: Row[Any]) -> Place:
        return Place(row.id, None if window.since is None else mark_of(row.completed_at))

    return _part(rows, window, lambda row: _enrollment(row, shown), place)


def _behind(window: Window) -> ColumnElement[bool]:
    """Return the condition that a row was completed since, behind where the system stands."""
    begins = Enrollment.completed_at >= window.since
    if window.after is None:
        return begins
    at = moment_of(window.after.mark or 0)
    return and_(
        begins,
        # Said by itself too: an index is entered by this, not by the alternatives below.
        Enrollment.completed_at >= at,
        or_(Enrollment.completed_at > at, Enrollment.id > window.after.id),
    )


def _enrollments(bearer: Bearer) -> Select[*tuple[Any, ...]]:
    is_named = TokenScope.PEOPLE_NAMES in bearer.scopes
    wanted = _of(
        bearer,
        select(
            *(Enrollment.id, Enrollment.person_id, Enrollment.training_class_id),
            *(Enrollment.county_code, Enrollment.status, Enrollment.enrolled_at),
            *(Enrollment.completed_at, Enrollment.ended_at),
            *(Course.slug, Revision.title, Programme.slug.label("programme")),
            verified_ms().label("verified_ms"),
            final_percent().label("final_percent"),
            _badge().label("badge"),
            # Whose name does not go out is not even read.
            (case((_has_agreed(), Person.name)) if is_named else null()).label("name"),
            (case((_has_agreed(), Identity.mask)) if is_named else null()).label("id_mask"),
        ),
    )
    wanted = wanted.join(Revision, Revision.id == Enrollment.revision_id).outerjoin(
        Programme, Programme.id == Course.programme_id
    )
    if not is_named:
        return wanted
    return wanted.join(Person, Person.id == Enrollment.person_id).outerjoin(
        Identity, Identity.person_id == Enrollment.person_id
    )


def _has_agreed() -> ColumnElement[bool]:
    """Return the condition that a row's learner agrees that data goes to the bureau."""
    return (
        select(Consent.id)
        .where(
            Consent.person_id == Enrollment.person_id,
            Consent.subject == HANDOVER,
            Consent.withdrawn_at.is_(None),
        )
        .correlate(Enrollment)
        .exists()
    )


def _badge() -> ColumnElement[str | None]:
    return (
        select(func.max(Credential.id))
        .where(
            Credential.enrollment_id == Enrollment.id,
            Credential.state == CredentialState.VALID,
        )
        .correlate(Enrollment)
        .scalar_subquery()
    )


def _enrollment(row: Row[Any], shown: Shown) -> dict[str, Any]:
    person = {"number": shown.number_of(row.person_id)}
    if TokenScope.PEOPLE_NAMES in shown.bearer.scopes:
        person |= {"name": row.name, "id_mask": row.id_mask}
    return {
        "id": row.id,
        "person": person,
        "course": _course(row),
        "class": row.training_class_id,
        "county": row.county_code,
        "status": row.status,
        "enrolled_at": rfc3339(row.enrolled_at),
        "completed_at": rfc3339(row.completed_at),
        "ended_at": rfc3339(row.ended_at),
        "verified_hours_tenths": credit_hours(int(row.verified_ms)),
        "verified_seconds": ms_to_seconds(int(row.verified_ms)),
        "final_percent": None if row.final_percent is None else float(row.final_percent),
        "badge": row.badge,
    }


def hours(session: Session, shown: Shown) -> Part:
    """Return verified seconds by enrollment and local day, as the ledger has them.

    Days that come to nothing are left out, so a part may hold fewer than asked for, or none, and
    yet not be the last.
    """
    window, wanted = shown.window, _studied_by(shown)
    # What was studied of other courses stands for no day.
    is_own = Material.id.is_not(None)
    day = func.coalesce(case((is_own, WatchSlice.day)), literal(_NO_DAY))
    took = func.coalesce(func.sum(case((is_own, WatchSlice.credited_ms))), literal(0))
    rows = (
        select(wanted.c.id, day.label("day"), took.label("credited_ms"))
        .select_from(wanted)
        .outerjoin(WatchSlice, and_(WatchSlice.person_id == wanted.c.person_id, _since(window)))
        .outerjoin(
            Material,
            and_(
                Material.id == WatchSlice.material_id,
                Material.course_id == wanted.c.course_id,
            ),
        )
        .group_by(wanted.c.id, day)
        .order_by(wanted.c.id, day)
        .limit(window.limit + 1)
    )
    if window.after:
        rows = rows.where(or_(wanted.c.id > window.after.id, day > (window.after.mark or 0)))
    found = session.execute(rows).all()
    part = _part(found, window, _studied, lambda row: Place(row.id, row.day))
    items = [each for each in part.items if each["day"] and each["verified_seconds"]]
    return Part(items, part.next)


def _studied_by(shown: Shown) -> Any:  # noqa: ANN401 (SQLAlchemy's own, without a public name)
    """Return as many enrollments as a part can need: each stands for one row at least.

    One more than asked for tells that there is more; of the first one all may be behind already.
    """
    window = shown.window
    columns = select(Enrollment.id, Enrollment.person_id, Enrollment.course_id)
    wanted = _of(shown.bearer, columns)
    if window.after:
        wanted = wanted.where(Enrollment.id >= window.after.id)
    if window.since_day:
        wanted = wanted.where(
            select(WatchSlice.id)
            .where(WatchSlice.person_id == Enrollment.person_id, _since(window))
            .correlate(Enrollment)
            .exists()
        )
    return wanted.order_by(Enrollment.id).limit(window.limit + 2).subquery("wanted")


def _since(window: Window) -> ColumnElement[bool]:
    return WatchSlice.day >= (window.since_day.toordinal() if window.since_day else _NO_DAY)


def _studied(row: Row[Any]) -> dict[str, Any]:
    return {
        "enrollment": row.id,
        "day": date.fromordinal(row.day).isoformat() if row.day else None,
        "verified_seconds": ms_to_seconds(int(row.credited_ms)),
    }


def _of(bearer: Bearer, wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Narrow enrollments to what the token is for."""
    return wanted.join(Course, Course.id == Enrollment.course_id).where(
        Enrollment.county_code == bearer.county_code,
        Course.institution_id == bearer.institution_id,
    )


def _part(
    rows: Sequence[Any],
    window: Window,
    item: Callable[[Row[Any]], dict[str, Any]],
    place: Callable[[Row[Any]], Place],
) -> Part:
    given = rows[: window.limit]
    is_more = len(rows) > window.limit
    return Part([item(row) for row in given], place(given[-1]) if is_more else None)


def _course(row: Row[Any]) -> dict[str, Any]:
    return {"slug": row.slug, "title": row.title, "programme": row.programme}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
