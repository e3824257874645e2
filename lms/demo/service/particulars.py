"""Lets the first demo learners fill in what county rosters ask, as far as anybody does."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.domain.particulars import EDUCATION, INSURED, PRIOR_LEVEL, WORK_STATUS
from lms.accounts.models import Particulars
from lms.demo.domain import PLACES, Learner, chance

_FILLED_IN = 48
_WRITTEN_AGO = timedelta(days=60)
# One in so many leaves the page empty, and most villagers work at home.
_EMPTY_ONE_IN = 6
_VILLAGES = ("前庄村", "下湖村", "大塘村", "溪口村")
_EMPLOYERS = ("无", "无", "无", "常山县胡柚专业合作社", "江山市绿野农业有限公司")
# Nobody among them has more than a middle level.
_LEVELS = tuple(PRIOR_LEVEL)[:3]


def make_particulars(
    session: Session, learners: Mapping[int, Learner], *, seed: int, now: datetime
) -> None:
    """Write down what those first ones (by person id) said of whom nothing stands."""
    first = {key: each for key, each in learners.items() if each.number <= _FILLED_IN}
    if not first:
        return
    known = set(
        session.scalars(select(Particulars.person_id).where(Particulars.person_id.in_(first)))
    )
    rows = [
        {
            "person_id": key,
            **_said(first[key], seed),
            "written_at": now - _WRITTEN_AGO,
            "written_by_id": key,
        }
        for key in sorted(first.keys() - known)
        if first[key].number % _EMPTY_ONE_IN
    ]
    if rows:
        session.execute(insert(Particulars), rows)


def _said(learner: Learner, seed: int) -> dict[str, str | None]:
    def one(of: tuple[str, ...], what: str) -> str:
        return of[chance(seed, learner.number, what) % len(of)]

    county = next(place for place in PLACES if place.code == learner.county_code)
    number = chance(seed, learner.number, "house") % 90 + 1
    return {
        "education": one(tuple(EDUCATION)[:5], "schooling"),
        "hukou_code": county.code,
        "hukou_place": f"浙江省{county.name_zh}",
        "residence_code": county.code,
        "residence_place": f"浙江省{county.name_zh}{learner.town}",
        "address": f"{learner.town}{one(_VILLAGES, 'village')} {number} 号",
        "employer": one(_EMPLOYERS, "employer"),
        "work_status": one(tuple(WORK_STATUS), "work"),
        "insured": one(tuple(INSURED), "insured"),
        "prior_level": one(_LEVELS, "level"),
    }
