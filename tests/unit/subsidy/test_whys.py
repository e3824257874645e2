"""Why something people say of themselves is unknown on the first day of training."""

from datetime import date, timedelta

import pytest

from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource
from lms.subsidy.domain.questions import Step, answers_on
from lms.subsidy.domain.whys import Unknown, Why, later_of, why_unknown

BEGAN, LATER, TODAY = date(2026, 4, 20), date(2026, 5, 4), date(2026, 6, 1)
KEY = FactKey.PUBLIC_STAFF


def fact(
    number: int,
    value: object,
    since: date = LATER,
    *,
    key: FactKey = KEY,
    source: FactSource = FactSource.DECLARED,
    until: date | None = None,
) -> DatedFact:
    return DatedFact(number, key, value, source, since, until)


def why(*facts: DatedFact, key: FactKey = KEY) -> Unknown:
    return why_unknown(facts, key, first_day=BEGAN, today=TODAY)


SAID = fact(1, value=False)
CHECKED = fact(2, value=True, source=FactSource.STAFF)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ((), Unknown(Why.NOT_ASKED)),
        ((SAID,), Unknown(Why.SAID_LATER, SAID)),
        ((CHECKED,), Unknown(Why.CHECKED_LATER, CHECKED)),
        ((SAID, CHECKED), Unknown(Why.CHECKED_LATER, CHECKED)),
        ((fact(3, None),), Unknown(Why.NOT_ASKED)),
        ((fact(4, None, BEGAN), SAID), Unknown(Why.NOT_KNOWN)),
        ((fact(5, None, BEGAN, source=FactSource.STAFF), SAID), Unknown(Why.NOT_ASKED)),
        ((fact(6, value=True, key=FactKey.RECEIVING_PENSION),), Unknown(Why.NOT_ASKED)),
        # It ended before training began.
        ((fact(7, value=True, since=date(2026, 1, 1), until=date(2026, 4, 19)),),
         Unknown(Why.NOT_ASKED)),
    ],
)  # fmt: skip
def test_each_reason(facts: tuple[DatedFact, ...], found: Unknown) -> None:
    assert why(*facts) == found


def test_of_several_later_days_the_nearest_is_shown_as_it_was_said_last() -> None:
    first, mended = fact(1, value=True), fact(3, value=False)
    next_day = fact(2, value=True, since=LATER + timedelta(days=1))
    assert why(first, next_day, mended) == Unknown(Why.SAID_LATER, mended)
    unsure = fact(4, None)
    assert why(first, next_day, unsure) == Unknown(Why.SAID_LATER, next_day)


def test_what_is_judged_today_has_no_later_day() -> None:
    key = FactKey.OTHER_PUBLIC_SOURCE
    said = fact(1, value=False, key=key)
    assert later_of([said], key, first_day=BEGAN, today=TODAY) is None
    assert why(fact(1, None, key=key), key=key) == Unknown(Why.NOT_KNOWN)
    assert later_of([SAID], KEY, first_day=None, today=TODAY) is None


def test_a_later_answer_is_no_answer() -> None:
    asked = answers_on([SAID], [], day=BEGAN, today=TODAY)
    answer = asked.by_step[Step.STAFF]
    assert (answer.fact, answer.own, answer.later) == (None, None, SAID)
    assert not answer.is_answered
    assert asked.again == answer
    # Once it was said of the first day, what was said of a later one no longer matters here.
    told = answers_on([SAID, fact(2, value=True, since=BEGAN)], [], day=BEGAN, today=TODAY)
    assert told.by_step[Step.STAFF].later is None
    assert told.again is None
