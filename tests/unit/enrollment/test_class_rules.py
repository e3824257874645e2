"""The usual name of a class, the code at a door and when it opens."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.enrollment.domain import (
    ClassState,
    SessionState,
    class_name,
    class_steps,
    door_code,
    door_refusal,
    door_step,
    is_door_code,
    present_from,
)

STARTS = datetime(2026, 11, 30, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("institution", "level", "number", "name"),
    [
        ("乡播学堂", 5, 1, "2026乡播学堂直播销售员五级01"),
        ("常山县职业培训学校", 4, 12, "2026常山县直播销售员四级12"),
        ("衢州村播有限公司", 0, 3, "2026衢州村播直播销售员03"),
        ("有限公司", 9, 3, "2026有限公司直播销售员03"),
    ],
)
def test_a_class_is_named_by_year_school_work_level_and_number(
    institution: str, level: int, number: int, name: str
) -> None:
    assert class_name(2026, institution, "直播销售员", level, number) == name


def test_a_long_name_is_cut_to_what_fits() -> None:
    assert len(class_name(2026, "校" * 100, "直播销售员", 5, 1)) == 80


def test_the_code_holds_for_its_step_and_the_next() -> None:
    at = datetime(2026, 11, 30, 0, 0, 0, tzinfo=UTC)
    code = door_code("secret", 7, door_step(at))
    good = [
        is_door_code("secret", 7, code, at + timedelta(seconds=each))
        for each in (-1, 0, 29, 30, 59, 60)
    ]
    assert good == [False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("secret", "session_id", "code"),
    [("other", 7, None), ("secret", 8, None), ("secret", 7, ""), ("secret", 7, "二维码")],
)
def test_another_door_another_secret_and_rubbish_open_nothing(
    secret: str, session_id: int, code: str | None
) -> None:
    right = door_code("secret", 7, door_step(STARTS))
    assert not is_door_code(secret, session_id, right if code is None else code, STARTS)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (STARTS - timedelta(minutes=30) - SECOND, "door_early"),
        (STARTS - timedelta(minutes=30), None),
        (STARTS, None),
        (ENDS - SECOND, None),
        (ENDS, "door_late"),
    ],
)
def test_the_door_is_open_from_half_an_hour_before_to_the_end(
    at: datetime, code: str | None
) -> None:
    refusal = door_refusal(SessionState.PLANNED, STARTS, ENDS, at)
    assert (refusal.code if refusal else None) == code


def test_a_cancelled_session_has_no_door() -> None:
    refusal = door_refusal(SessionState.CANCELLED, STARTS, ENDS, STARTS)
    assert refusal is not None
    assert refusal.code == "session_cancelled"


def test_nobody_is_there_before_it_begins() -> None:
    assert present_from(STARTS, STARTS - SECOND) == STARTS
    assert present_from(STARTS, STARTS + SECOND) == STARTS + SECOND


def test_a_class_goes_where_its_life_goes() -> None:
    ways = {state.value: [step.value for step in class_steps(state)] for state in ClassState}
    assert ways == {
        "draft": ["filed", "open"],
        "filed": ["draft", "open"],
        "open": ["running", "ended"],
        "running": ["ended"],
        "ended": ["archived"],
        "archived": [],
    }
