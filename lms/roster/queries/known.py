"""Keeps what few rows of small tables say of many rows of a list: counties, courses, classes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Institution, Programme, Revision
from lms.enrollment.models import TrainingClass
from lms.progress.domain.completion import CREDIT_HOUR_MS
from lms.roster.domain.filters import Text

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """Who gives a course and what it trains for; empty where it trains for nothing."""

    institution: Text
    uscc: str
    work: str = ""
    occupation: str = ""
    level: int | None = None
    online_ms: int = 0


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class as lists tell of it."""

    title: str
    filing_no: str
    starts_on: date
    ends_on: date | None
    theory_ms: int
    practice_ms: int
    host: str
    host_uscc: str


NO_COURSE = CourseFacts({"zh": ""}, "")
NO_CLASS = ClassFacts("", "", date.min, None, 0, 0, "", "")


class Known:
    """What was read of small tables so far: one reading serves all rows of a list."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._counties: dict[str, Text] = {}
        self._titles: dict[int, Text] = {}
        self._courses: dict[int, CourseFacts] = {}
        self._classes: dict[int | None, ClassFacts] = {None: NO_CLASS}

    def county(self, code: str) -> Text:
        """Return the names of a county."""
        if not self._counties:
            rows = self.session.execute(select(County.code, County.name_zh, County.name_en))
            self._counties = {row[0]: {"zh": row[1], "en": row[2]} for row in rows}
        return self._counties.get(code, {"zh": ""})

    def courses(self, ids: Iterable[int]) -> Mapping[int, CourseFacts]:
        """Return what is known of courses."""
        missing = set(ids).difference(self._courses)
        if missing:
            rows = self.session.execute(
                select(Course.id, Institution.name, Institution.uscc, Programme)
                .join(Institution, Institution.id == Course.institution_id)
                .outerjoin(Programme, Programme.id == Course.programme_id)
                .where(Course.id.in_(missing))
            )
            self._courses.update((row[0], _course(*row[1:])) for row in rows)
        return self._courses

    def classes(self, ids: Iterable[int | None]) -> Mapping[int | None, ClassFacts]:
        """Return what is known of classes; ``None`` is who studies alone."""
        missing = set(ids).difference(self._classes)
        if missing:
            wanted = select(TrainingClass).where(TrainingClass.id.in_(missing))
            self._classes.update((row.id, _class(row)) for row in self.session.scalars(wanted))
        return self._classes

    def titles(self, revision_ids: Iterable[int]) -> Mapping[int, Text]:
        """Return the titles of revisions."""
        missing = set(revision_ids).difference(self._titles)
        if missing:
            wanted = select(Revision.id, Revision.title).where(Revision.id.in_(missing))
            self._titles.update((row[0], row[1]) for row in self.session.execute(wanted))
        return self._titles


def _course(institution: Text, uscc: str | None, programme: Programme | None) -> CourseFacts:
    if programme is None:
        return CourseFacts(institution, uscc or "")
    known = known_programmes().get(programme.slug)
    # 互联网营销师·直播销售员 五级: the work type stands between the dot and the level.
    name = programme.title["zh"].partition("·")[0].strip()
    return CourseFacts(
        *(institution, uscc or ""),
        work=f"{name}({known.work_type})" if known else name,
        occupation=programme.occupation_code,
        level=programme.level,
        online_ms=programme.credit_hours * CREDIT_HOUR_MS,
    )


def _class(row: TrainingClass) -> ClassFacts:
    return ClassFacts(
        *(row.title, row.filing_no or "", row.starts_on, row.ends_on),
        theory_ms=row.theory_minutes * _MINUTE_MS,
        practice_ms=row.practice_minutes * _MINUTE_MS,
        host=row.host_name or "",
        host_uscc=row.host_uscc or "",
    )
