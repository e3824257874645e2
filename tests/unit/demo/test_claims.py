"""The demo's calendar of claims holds on whatever day somebody seeds."""

from datetime import date, timedelta

from lms.demo.domain import (
    BATCHES,
    DAYS,
    LISTS,
    ROADS,
    OfficeDays,
    Road,
    with_plain_years,
)
from lms.subsidy.domain.workdays import Calendars, period_after
from lms.subsidy.gateway.calendars import calendar_files

KNOWN = Calendars.of(calendar_files())
DAYS_TO_SEED_ON = [date(2026, 1, 1) + timedelta(days=each) for each in range(0, 730, 3)]


def office(today: date) -> OfficeDays:
    return OfficeDays(with_plain_years(KNOWN, today), today)


def day(own: OfficeDays, count: int) -> date:
    return own.today + timedelta(days=own.before(count))


def test_on_any_day_one_list_hangs_and_the_others_were_approved_once_their_days_were_over() -> None:
    for today in DAYS_TO_SEED_ON:
        own = office(today)
        for each in LISTS:
            hangs = period_after(own.calendars, day(own, each.published), 5)
            if each.approved is None:
                assert hangs.first <= today <= hangs.last
            else:
                assert hangs.last < day(own, each.approved) < today


def test_offices_act_on_working_days_and_after_the_certificates_were_brought() -> None:
    earliest = max(each.handed_in for each in DAYS.values()) + 1
    for today in DAYS_TO_SEED_ON:
        own = office(today)
        assert own.calendars.is_working(day(own, 1))
        # The last account is looked at 81 days before today.
        assert own.before(earliest) > -81


def test_every_way_is_gone_in_the_first_county_and_money_only_follows_a_list_that_is_over() -> None:
    first, other = ROADS.values()
    assert set(first) == set(Road)
    assert set(other) < set(Road)
    approved = {road for each in LISTS if each.approved for road in each.roads}
    assert all(each.roads <= approved for each in BATCHES)


def test_a_year_nobody_entered_is_counted_plain_and_one_that_is_known_stays() -> None:
    plain = with_plain_years(KNOWN, date(2030, 5, 2))
    assert plain.is_working(date(2030, 5, 1))
    assert not plain.is_working(date(2030, 5, 4))
    assert not plain.is_working(date(2026, 5, 1))
    assert 2030 not in KNOWN.by_year
