"""Case files are read, judged and compared; a malformed one is told where and what."""

import pytest

from lms.subsidy.domain.cases import differences, judged, load_cases, merged
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import read_yaml
from tests.unit.subsidy.conftest import OWN

LOADED = load_cases(OWN)


@pytest.mark.parametrize("case", LOADED.cases, ids=lambda case: case.id)
def test_our_own_cases_end_as_expected(case):
    assert differences(case, judged(case, LOADED.policies)) == []


def test_a_result_has_the_shape_that_the_command_prints():
    assert judged(LOADED.cases[7], LOADED.policies) == {
        "id": "own-8",
        "policy": "1.0",
        "outcome": "not_eligible",
        "failed": ["CONSENT"],
        "unknown": ["CAP_YEAR", "ONCE", "RESIDENCE"],
    }


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        ({"policy": "2.0", "outcome": "eligible"}, "policy is '1.0', expected '2.0'"),
        ({"outcome": "needs_review"}, "outcome is 'eligible', expected 'needs_review'"),
        ({"outcome": "eligible", "failed": ["AGE"]}, "failed is [], expected ['AGE']"),
        ({"outcome": "eligible", "unknown": ["AGE"]}, "unknown is [], expected ['AGE']"),
        ({"outcome": "eligible", "amount": 600}, "amount is 'not checked', expected 600"),
    ],
)
def test_a_result_that_differs_is_named(own, expect, line):
    own["cases"] = [{"id": "K", "facts": {}, "expect": expect}]
    file = load_cases(own)
    assert differences(file.cases[0], judged(file.cases[0], file.policies)) == [f"case K: {line}"]


def test_the_order_of_expected_clauses_says_nothing(own):
    listed = ["CONSENT", "AGE", "CONSENT"]
    own["cases"] = [{"id": "K", "expect": {"outcome": "not_eligible", "failed": listed}}]
    assert load_cases(own).cases[0].expect["failed"] == ["AGE", "CONSENT"]


def test_mappings_merge_and_lists_and_scalars_replace():
    base = {"a": {"x": 1, "y": [1, 2]}, "b": None, "c": {"z": 1}}
    own = {"a": {"y": [3]}, "b": {"w": 1}, "c": None}
    assert merged(base, own) == {"a": {"x": 1, "y": [3]}, "b": {"w": 1}, "c": None}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"schema": 2}, "the file: schema 2 is not known, only 1"),
        ({"cases": None}, "“cases”: a list is expected here, not None"),
        ({"policies": None}, "“policies”: a list is expected here"),
        ({"policies": [{"id": "x"}]}, "policy 1: “version” is missing"),
        ({"base_facts": []}, None),
        ({"base_facts": [1]}, "base_facts: a mapping is expected here, not [1]"),
        ({"cases": [{"id": True}]}, "case 1: “id” must be a name or a number"),
        ({"cases": ["E01"]}, "case 1: a mapping is expected here, not 'E01'"),
        ({"cases": [{"expect": {}}]}, "case 1, expect: None is no outcome"),
        ({"cases": [{"expect": {"outcome": "yes"}}]}, "case 1, expect: 'yes' is no outcome"),
    ],
)
def test_a_malformed_file_is_told_where_and_what(own, changes, sentence):
    own.update(changes)
    if sentence is None:
        load_cases(own)
        return
    with pytest.raises(MalformedError) as caught:
        load_cases(own)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"learner": {"sex": "W"}}, "case K, learner, “sex”: 'W' is not one of M, F"),
        ({"learner": {"consent": "yes"}}, "true or false is expected here, not 'yes'"),
        ({"learner": {"birth_date": "1988"}}, "“birth_date”: a day like 2025-03-01"),
        ({"learner": {"groups": "veteran"}}, "“groups”: a list is expected here"),
        ({"learner": {"ties": ["hukou"]}}, "“ties”, entry 1: a mapping is expected here"),
        ({"learner": [1]}, "case K, learner: a mapping is expected here, not [1]"),
        ({"study": {"days": [{"minutes": -1}]}}, "“days”, entry 1, “minutes”: -1 is below 0"),
        ({"study": {"lessons_done": 1.5}}, "“lessons_done”: a whole number is expected here"),
        ({"quiz": {"attempts": ["A"]}}, "“attempts”, entry 1: a number is expected here"),
        ({"integrity": {"flag": "maybe"}}, "“flag”: 'maybe' is not one of none, open, confirmed"),
        ({"history": [{"level": "5"}]}, "history, entry 1, “level”: a whole number"),
        ({"certificate": "yes"}, "case K, certificate: a mapping is expected here, not 'yes'"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_told_where(own, facts, sentence):
    own["cases"] = [{"id": "K", "facts": facts}]
    with pytest.raises(MalformedError) as caught:
        load_cases(own)
    assert sentence in str(caught.value)


def test_two_policies_that_cover_the_same_training_cannot_be_chosen_between(own):
    own["policies"].append({**own["policies"][0], "id": "other"})
    file = load_cases(own)
    with pytest.raises(MalformedError, match=r"own-1: own 1\.0 and other 1\.0 both cover"):
        judged(file.cases[0], file.policies)


@pytest.mark.field
def test_the_cases_beside_the_field_data_end_as_expected(field_data):
    file = load_cases(read_yaml(field_data.parent / "eligibility_cases.yaml"))
    assert file.cases
    assert [
        fault for case in file.cases for fault in differences(case, judged(case, file.policies))
    ] == []
