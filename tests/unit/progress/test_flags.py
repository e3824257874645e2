"""What is noticed about a day: clockwork, hands that are not there; never a poor line."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.progress.domain.flags import (
    CADENCE_REPORTS,
    HANDOVERS,
    NIGHT_MS,
    Browser,
    FlagKind,
    Heard,
    Night,
    Turn,
    findings_of,
    long_nights,
    night_ms,
    parallel_devices,
    shared_devices,
    steady_cadence,
)

MINUTE = 60_000
HOUR = 60 * MINUTE
BEGAN = 1_795_996_800_000


def reports(pauses: list[int], lease: str = "L") -> list[Heard]:
    return [Heard(BEGAN + at, lease, 15_000) for at in accumulate(pauses, initial=0)]


def honest_pauses(dice: Random, count: int) -> list[int]:
    """Pauses as the player draws them, with what a village line adds."""
    return [round(15_000 * dice.uniform(0.8, 1.2)) + dice.randrange(0, 900) for _ in range(count)]


def late_in_bursts(dice: Random, heard: list[Heard]) -> list[Heard]:
    """The same reports where the line was away now and then and all that waited came at once."""
    found: list[Heard] = []
    while heard:
        waiting = dice.choice((1, 1, 1, 2, 5, 45))
        together, heard = heard[:waiting], heard[waiting:]
        arrives = together[-1].at_ms
        for place, each in enumerate(together):
            found.append(each._replace(at_ms=arrives + place * dice.randrange(20, 200)))
    return found


def test_a_program_that_reports_every_fifteen_seconds_is_noticed() -> None:
    dice = Random(4)  # noqa: S311 - it guards nothing
    found = steady_cadence(reports([15_000 + dice.randrange(0, 120) for _ in range(60)]))
    assert found is not None
    assert found.kind is FlagKind.STEADY_CADENCE
    assert found.evidence["reports"] == 61
    assert 15_000 <= found.evidence["pause_ms"] <= 15_120
    assert found.evidence["spread_ms"] <= 60


def test_one_hiccup_does_not_hide_a_program() -> None:
    assert steady_cadence(reports([15_000] * 30 + [48_000] + [15_000] * 30)) is not None


def test_forty_reports_are_needed() -> None:
    assert steady_cadence(reports([15_000] * (CADENCE_REPORTS - 1))) is None
    assert steady_cadence(reports([15_000] * CADENCE_REPORTS)) is not None


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.integers(41, 400))
def test_the_players_own_reports_are_never_clockwork(roll: int, count: int) -> None:
    dice = Random(roll)  # noqa: S311 - it guards nothing
    heard = reports(honest_pauses(dice, count))
    assert steady_cadence(heard) is None
    assert steady_cadence(late_in_bursts(dice, heard)) is None


def test_a_burst_of_waiting_reports_is_no_clockwork() -> None:
    assert steady_cadence(reports([50] * 200)) is None


def test_a_hidden_page_reports_by_the_minute_and_earns_nothing() -> None:
    by_the_minute = reports([60_000] * 100)
    assert steady_cadence([each._replace(is_hidden=True) for each in by_the_minute]) is None
    assert steady_cadence([each._replace(earned_ms=0) for each in by_the_minute]) is None


def test_the_pauses_between_two_leases_are_not_looked_at() -> None:
    heard = reports([15_000] * 25, "A") + [
        each._replace(at_ms=each.at_ms + HOUR) for each in reports([15_000] * 25, "B")
    ]
    assert steady_cadence(heard) is None


def turns(*browsers: int, every: int = MINUTE, superseded: bool = True) -> list[Turn]:
    return [
        Turn(f"L{place}", browser, BEGAN + place * every, superseded)
        for place, browser in enumerate(browsers)
    ]


def earning(some: list[Turn]) -> list[Heard]:
    return [Heard(each.started_at_ms + 1_000, each.lease_id, 15_000) for each in some]


def test_two_browsers_that_keep_taking_over_are_noticed() -> None:
    back_and_forth = turns(*[1, 2] * 4)
    found = parallel_devices(back_and_forth, earning(back_and_forth))
    assert found is not None
    assert found.evidence["handovers"] == 7
    assert found.evidence["to_ms"] - found.evidence["from_ms"] == (HANDOVERS - 1) * MINUTE


@pytest.mark.parametrize(
    "harmless",
    [
        turns(1, 2),
        turns(1, 2, 1, 2, 1),
        turns(*[1] * 30, every=5_000),
        turns(*[1, 2] * 10, every=5 * MINUTE),
        turns(*[1, 2] * 10, superseded=False),
        turns(1, 2, 3, 4, 5, 6, 7, 8),
    ],
    ids=["tablet then phone", "a few", "reconnecting", "slowly", "closed first", "many once"],
)
def test_changing_devices_as_people_do_is_not_noticed(harmless: list[Turn]) -> None:
    assert parallel_devices(harmless, earning(harmless)) is None


def test_taking_over_without_earning_is_not_noticed() -> None:
    back_and_forth = turns(*[1, 2] * 10)
    assert parallel_devices(back_and_forth, []) is None


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_an_honest_evening_on_a_poor_line_shows_nothing(roll: int) -> None:
    """A phone whose line breaks, its player coming back with a new lease; later a tablet."""
    dice = Random(roll)  # noqa: S311 - it guards nothing
    some, heard, at = [], [], BEGAN
    for place in range(30):
        browser = 1 if place < 20 else 2
        lease = f"L{place}"
        some.append(Turn(lease, browser, at, is_superseded=dice.random() < 0.8))
        pauses = honest_pauses(dice, dice.randrange(0, 60))
        mine = [each._replace(lease_id=lease) for each in reports(pauses)]
        heard += [each._replace(at_ms=each.at_ms - BEGAN + at) for each in mine]
        at += sum(pauses) + dice.randrange(1_000, 90_000)
    assert findings_of(some, late_in_bursts(dice, heard)) == []


def test_three_long_nights_running_are_noticed() -> None:
    found = long_nights({10: NIGHT_MS, 11: NIGHT_MS, 12: NIGHT_MS + 5})
    assert found is not None
    assert found.evidence["nights"] == [[10, NIGHT_MS], [11, NIGHT_MS], [12, NIGHT_MS + 5]]


@pytest.mark.parametrize(
    "nights",
    [
        {},
        {12: 6 * NIGHT_MS},
        {11: NIGHT_MS, 12: NIGHT_MS},
        {10: NIGHT_MS, 11: NIGHT_MS - 1, 12: NIGHT_MS},
        {9: NIGHT_MS, 11: NIGHT_MS, 12: NIGHT_MS},
        {10: NIGHT_MS, 11: NIGHT_MS, 12: 0},
    ],
)
def test_other_nights_are_not(nights: dict[int, int]) -> None:
    assert long_nights(nights) is None


def test_only_what_lies_in_the_night_counts_as_night() -> None:
    night = Night(12, BEGAN, BEGAN + 7 * HOUR)
    evening = Heard(BEGAN, "L", HOUR, wall=(BEGAN - 2 * HOUR, BEGAN + HOUR))
    morning = Heard(BEGAN, "L", HOUR, wall=(BEGAN + 6 * HOUR, BEGAN + 9 * HOUR))
    nothing = Heard(BEGAN, "L", 0)
    assert night_ms([evening, morning, nothing], night) == 2 * HOUR


def chain(people: list[int], *, device: str = "hash") -> list[Browser]:
    """Sign-ins in one browser, each taking the place of the one before."""
    start = datetime(2026, 11, 20, 2, tzinfo=UTC)
    moments = [start + timedelta(minutes=10 * place) for place in range(len(people) + 1)]
    return [
        Browser(place, person, device, opened, ended)
        for place, (person, (opened, ended)) in enumerate(
            zip(people, pairwise(moments), strict=True)
        )
    ]


def test_five_people_in_one_browser_are_noticed_each() -> None:
    [(people, found)] = shared_devices(chain([1, 2, 3, 4, 5]))
    assert people == {1, 2, 3, 4, 5}
    assert found.evidence == {"people": 5}


def test_a_family_sharing_a_phone_is_not() -> None:
    assert shared_devices(chain([1, 2, 3, 4, 1, 2, 3, 4])) == []


def test_a_village_with_the_same_phone_model_is_not() -> None:
    alone = [
        each._replace(sign_in=place, opened_at=each.opened_at + timedelta(seconds=place))
        for place, each in enumerate(chain(list(range(40))))
    ]
    assert shared_devices(alone) == []


def test_the_same_moment_on_another_kind_of_phone_is_another_browser() -> None:
    mixed = [
        each._replace(device_hash=f"hash {place % 2}")
        for place, each in enumerate(chain([1, 2, 3, 4, 5, 6]))
    ]
    assert shared_devices(mixed) == []


def numbered(numbers: list[str | None]) -> list[Browser]:
    """Sign-ins of one person after the other, each after the one before signed out."""
    return [
        each._replace(browser_hash=number, opened_at=each.opened_at + timedelta(seconds=1))
        for each, number in zip(chain(list(range(len(numbers)))), numbers, strict=True)
    ]


def groups(browsers: list[Browser]) -> list[list[int]]:
    return sorted(sorted(people) for people, _ in shared_devices(browsers))


def test_one_number_is_one_browser_however_long_it_was_left_alone() -> None:
    assert groups(numbered(["A"] * 5)) == [[0, 1, 2, 3, 4]]
    assert groups(numbered(["A", "B"] * 5)) == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]
    shuffled = numbered(["A"] * 6)
    assert groups(shuffled[::-1]) == groups(shuffled) == [[0, 1, 2, 3, 4, 5]]


def test_a_family_with_one_number_signs_in_as_often_as_it_likes() -> None:
    family = [each._replace(person=place % 4) for place, each in enumerate(numbered(["A"] * 40))]
    assert shared_devices(family) == []


def test_one_number_is_one_browser_although_its_program_was_renewed() -> None:
    renewed = [
        each._replace(device_hash=f"version {place}")
        for place, each in enumerate(numbered(["A"] * 5))
    ]
    assert groups(renewed) == [[0, 1, 2, 3, 4]]


def test_sign_ins_without_a_number_are_not_one_browser() -> None:
    assert shared_devices(numbered([None] * 40)) == []


def test_numbers_that_differ_are_two_browsers_in_whatever_moment() -> None:
    at_once = [each._replace(browser_hash=str(each.person)) for each in chain(list(range(9)))]
    assert shared_devices(at_once) == []


def test_a_browser_is_followed_from_before_it_had_a_number() -> None:
    taking_over = [
        each._replace(browser_hash="A" if each.person == 2 else None) for each in chain([0, 1, 2])
    ]
    later = [
        each._replace(
            sign_in=10 + each.sign_in,
            person=10 + each.person,
            opened_at=each.opened_at + timedelta(hours=3),
            ended_at=None,
        )
        for each in numbered(["A", "A"])
    ]
    assert groups(taking_over + later) == [[0, 1, 2, 10, 11]]
