"""The real arithmetic and a unit-by-unit count of the same schedules agree."""

from hypothesis import given

from lms.progress.domain.simulate import simulate_case
from tests.unit.progress.oracle import Oracle
from tests.unit.progress.schedules import (
    LESSONS,
    case_of,
    programme_settings,
    schedules,
    simulated,
    thorough,
)

# Only rates that divide half a second into whole milliseconds: the oracle never rounds.
RATES = (2, 1, 4)


@thorough
@given(events=schedules(step_ms=500), chosen=programme_settings(500, rates=RATES))
def test_every_second_and_both_marks_end_where_counting_unit_by_unit_puts_them(events, chosen):
    oracle = Oracle(LESSONS, chosen)
    oracle.play(events)
    found = simulate_case(case_of(events, **chosen))
    found.pop("id")
    assert found == oracle.result()
    clock = simulated(events, **chosen).clock
    assert clock.credit_mark == oracle.credit_mark * 500
    assert clock.seen_mark == oracle.seen_mark * 500


@thorough
@given(events=schedules(step_ms=500), chosen=programme_settings(500, rates=RATES))
def test_what_waits_for_an_answer_is_what_counting_unit_by_unit_holds(events, chosen):
    oracle = Oracle(LESSONS, chosen)
    oracle.play(events)
    held = {
        name: progress.held.size for name, progress in simulated(events, **chosen).progress.items()
    }
    assert held == {name: 500 * len(units) for name, units in oracle.held.items()}
