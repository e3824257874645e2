"""Case files are read, run and compared; a malformed one is told where and what."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from lms.progress.domain.cases import CaseError, load_cases
from lms.progress.domain.simulate import differences, simulate_case

OWN = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", load_cases(OWN), ids=lambda case: case.case_id)
def test_our_own_schedules_end_as_expected(case):
    assert differences(case, simulate_case(case)) == []


def test_a_result_has_the_shape_that_the_command_prints():
    assert simulate_case(load_cases(OWN)[2]) == {
        "id": "own-3",
        "lessons": {"E": {"seen": [[100, 112.5]], "credited": [[100, 112.5]]}},
        "verified_seconds": 12.5,
        "refused": {},
        "errors": [{"at": 13, "code": "lease_ended"}, {"at": 14, "code": "lease_ended"}],
    }


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("verified_seconds", 35),
        ("refused", {"already_counted": 4}),
        ("refused", {"already_counted": 4, "beyond_duration": 4, "gap": 1}),
        ("errors", [{"at": 47, "code": "lease_ended"}]),
        ("lessons", {}),
        ("lessons", {"D": {"seen": [[4, 40]], "credited": [[4, 39]]}}),
        ("lessons", {"D": {"seen": [[3, 40]], "credited": [[4, 40]]}}),
    ],
)
def test_each_part_that_differs_is_named(part, value):
    data = deepcopy(OWN)
    data["cases"][0]["expect"][part] = value
    case = load_cases(data)[0]
    (sentence,) = differences(case, simulate_case(case))
    assert sentence.startswith(f"case own-1: {part} is ")


def test_an_expected_set_may_be_written_in_pieces():
    data = deepcopy(OWN)
    data["cases"][0]["expect"]["lessons"]["D"]["seen"] = [[20, 40], [4, 20.0]]
    case = load_cases(data)[0]
    assert differences(case, simulate_case(case)) == []


def test_a_case_without_an_expectation_differs_in_nothing():
    data = deepcopy(OWN)
    del data["cases"][0]["expect"]
    case = load_cases(data)[0]
    assert differences(case, simulate_case(case)) == []


def broken(**changed):
    """Return a file whose only case has one lease and one beat, with ``changed`` in the beat."""
    played = {"at": 5, "do": "beat", "device": 1, "seq": 1, "played": [[0, 5]], **changed}
    start = {"at": 0, "do": "lease", "lesson": "D", "device": 1}
    return {"lessons": {"D": 40}, "cases": [{"id": "K", "events": [start, played]}]}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "the file: a mapping is expected here"),
        ([], "the file: a mapping is expected here"),
        ({}, "the file, “cases”: a list is expected here"),
        ({"cases": "C01"}, "the file, “cases”: a list is expected here"),
        ({"schema": 9, "cases": []}, "schema 9 is not known, only 1"),
        ({"cases": ["C01"]}, "case 1: a mapping is expected here"),
        ({"cases": [{"id": "K"}]}, "case K, “events”: a list is expected here"),
        ({"cases": [], "settings": {"gap": 1}}, "the file: setting “gap” is not known"),
        ({"cases": [], "settings": {"slack": "x"}}, "the file: setting “slack” cannot be 'x'"),
        ({"cases": [], "settings": 5}, "the file, settings: a mapping is expected here"),
        ({"cases": [], "lessons": {"A": 0}}, "lesson A: a lesson must last longer than 0 s"),
        ({"cases": [], "lessons": {"A": None}}, "lesson A: None is not a number of seconds"),
        (broken(do="dance"), "event 2: “do” must be one of lease, beat, prompt"),
        (broken(at="noon"), "event 2, “at”: 'noon' is not a number of seconds"),
        (broken(at=float("nan")), "event 2, “at”: nan is not a number of seconds"),
        (broken(at=-1), "event 2: “at” must not be below 0"),
        (broken(device=None), "event 2: “device” must be a name or a number"),
        (broken(device=2), "event 2: device 2 has taken no lease"),
        (broken(seq="1"), "event 2: “seq” must be a whole number"),
        (broken(seq=True), "event 2: “seq” must be a whole number"),
        (broken(state="asleep"), "event 2: “state” must be one of playing, paused"),
        (broken(played=None), "event 2, “played”: a list is expected here"),
        (broken(played=[[0, 5, 9]]), "“played”: an interval is [from, to], not [0, 5, 9]"),
        (broken(played=[[5, 0]]), "“played”: interval [5, 0] ends before it begins"),
        (broken(played=[5]), "event 2, “played”: a list is expected here"),
        (broken(do="lease", lesson="Z"), "event 2: lesson Z is not among the lessons"),
    ],
)
def test_a_malformed_file_is_told_where_and_what(data, sentence):
    with pytest.raises(CaseError) as caught:
        load_cases(data)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_events_that_go_back_in_time_are_malformed():
    data = broken()
    data["cases"][0]["events"][0]["at"] = 6
    with pytest.raises(CaseError, match="event 2: happens before event 1"):
        load_cases(data)


def test_an_expectation_without_a_sum_is_malformed():
    data = broken()
    data["cases"][0]["expect"] = {"lessons": {}}
    with pytest.raises(CaseError, match="case K, expect, “verified_seconds”: None is not"):
        load_cases(data)


@pytest.mark.field
def test_the_schedules_beside_the_field_data_end_as_expected(field_data):
    text = (field_data.parent / "counting_cases.yaml").read_text(encoding="utf-8")
    cases = load_cases(yaml.safe_load(text))
    assert cases
    assert [fault for case in cases for fault in differences(case, simulate_case(case))] == []
