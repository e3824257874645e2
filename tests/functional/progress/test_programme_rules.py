"""A county's programme gets exactly the rules its own settings lay down, others the usual ones."""

from typing import Any

from tests.functional.progress.counties import Seat, counties, seat, short, usual

__all__ = ["counties", "seat", "short", "usual"]


def refusals(answer: dict[str, Any]) -> dict[str, tuple[float, str]]:
    return {each["reason"]: (each["seconds"], each["message"]) for each in answer["refused"]}


def progress(seat: Seat) -> dict[str, Any]:
    return dict(seat.browser.get(f"/api/v1/items/{seat.item_id}/progress").json)


def test_a_jump_ahead_is_refused_and_the_learner_is_told_why(seat: Seat) -> None:
    seat.sit_down()
    assert seat.play(0, 15)["credited_seconds"] == 15
    jumped = seat.play(60, 75)
    assert jumped["credited_seconds"] == 0
    assert refusals(jumped) == {"faster_than_clock": (15, "快进或加速的没算")}
    assert progress(seat)["watched"] == [[0, 15]], "what was jumped to is not even seen"
    page = seat.browser.get(seat.page).text
    assert 'data-seeking="locked"' in page
    assert "第一遍不能往后跳" in page
    assert "1:00–1:15" in page
    assert "快进或加速的没算" in page


def test_going_back_and_on_from_there_is_free(seat: Seat) -> None:
    seat.sit_down()
    seat.play(0, 30)
    assert refusals(seat.play(10, 20)) == {"already_counted": (10, "这段算过了，或者旧版里算过了")}
    assert seat.play(30, 45)["verified_seconds"] == 45


def test_elsewhere_one_may_jump_ahead(usual: Seat) -> None:
    usual.sit_down()
    usual.play(0, 15)
    assert usual.play(60, 75)["verified_seconds"] == 30
    assert 'data-seeking="free"' in usual.browser.get(usual.page).text


def test_at_night_seconds_are_seen_and_do_not_count_and_the_reason_says_so(seat: Seat) -> None:
    seat.sit_down(hour=23.1)
    late = seat.play(0, 30)
    words = "夜里 23 点到 6 点不计学时，或到当天上限了（8 学时）"
    assert (late["credited_seconds"], late["watched"]) == (0, [[0, 30]])
    assert refusals(late) == {"daily_cap": (30, words)}
    assert progress(seat)["coverage"] == 0.05
    page = seat.browser.get(seat.page).text
    assert "有 30 秒没有算" in page
    assert words in page


def test_the_night_ends_at_six_and_what_it_took_counts_by_day(seat: Seat) -> None:
    seat.sit_down(hour=6 - 10 / 3_600)
    assert refusals(seat.play(0, 30))["daily_cap"][0] == 10
    assert progress(seat)["verified_seconds"] == 20
    assert seat.play(0, 30)["verified_seconds"] == 30


def test_elsewhere_the_night_counts(usual: Seat) -> None:
    usual.sit_down(hour=23.1)
    assert usual.play(0, 30)["verified_seconds"] == 30


def test_a_daily_limit_is_told_with_its_figure(short: Seat) -> None:
    short.sit_down()
    for begin in range(0, 270, 45):
        assert short.play(begin, begin + 45)["credited_seconds"] == 45
    assert refusals(short.play(270, 300)) == {"daily_cap": (30, "到当天上限了（0.1 学时）")}
    assert "到当天上限了（0.1 学时）" in short.browser.get(short.page).text


def test_time_that_came_too_late_waits_for_a_person(seat: Seat) -> None:
    seat.sit_down()
    late = seat.play(0, 300)
    words = "没网时看的，等老师核对"
    assert late["credited_seconds"] == 60
    assert refusals(late) == {"offline_unverified": (240, words)}
    assert words in seat.browser.get(seat.page).text


def test_elsewhere_it_is_merely_not_counted(usual: Seat) -> None:
    usual.sit_down()
    assert set(refusals(usual.play(0, 300))) == {"gap"}
