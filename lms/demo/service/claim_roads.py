"""Plans the claims of a demo county: what people bring, and how far each claim comes."""

from dataclasses import replace
from datetime import datetime, timedelta

from lms.accounts.gateway import SealedFolder
from lms.catalog.gateway import known_programmes
from lms.demo.domain import GRADUATED, ROADS, OfficeDays, with_plain_years
from lms.demo.service import claim_lists, claim_money, claims, people, study
from lms.demo.service.claim_office import ClaimOffice
from lms.demo.service.classes import DemoClassLife
from lms.demo.service.county import County
from lms.demo.service.diary import Diary
from lms.demo.service.graduates import Graduates
from lms.subsidy import queries
from lms.subsidy.gateway import shelf
from lms.subsidy.gateway.calendars import calendar_files

_SIGNED_IN = timedelta(days=120)


def plan(county: County, diary: Diary, life: DemoClassLife, papers: SealedFolder) -> None:
    """Plan the claims of a class, where its course leads to a subsidy that is paid."""
    programme = life.course.programme_slug or ""
    known = known_programmes().get(programme)
    if known is None or known.draws_on:
        return
    office = _office(county, diary)

    def with_people(_at: datetime) -> None:
        own = zip(life.people.items(), ROADS[county.place], strict=True)
        going = {person_id: (learner, road) for (person_id, learner), road in own}
        Graduates(county, papers, going).plan(diary)
        claims.plan(office, going, programme)

    # Who they are is known once the class has begun.
    diary.on(diary.at(GRADUATED[county.place].first_day, 8, 30), with_people)
    claim_lists.plan(office)
    claim_money.plan(office)


def _office(county: County, diary: Diary) -> ClaimOffice:
    session, phones = county.session, people.AT_WORK[county.place]
    actors = [people.actor(session, phone) for phone in (phones.office, phones.second)]
    began = diary.now - _SIGNED_IN
    own = study.sign_ins(session, [each.person_id for each in actors], since=began)
    first, second = (replace(each, sign_in_id=own[each.person_id]) for each in actors)
    calendars = queries.calendars(session, calendar_files())
    days = OfficeDays(with_plain_years(calendars, diary.today), diary.today)
    return ClaimOffice(session, county.place, first, second, shelf(), days, county.keys, diary)
