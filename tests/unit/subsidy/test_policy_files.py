"""Policies are data: a file that does not fit is refused with file, place and reason."""

from copy import deepcopy
from datetime import date

import pytest

from lms.subsidy.domain.policy import Kind
from lms.subsidy.domain.policy_file import canonical, read_policy
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import read_yaml, shelf
from tests.support.field import field_folder
from tests.unit.subsidy.conftest import OWN

CLAUSE = dict.fromkeys(Kind) | {
    each["id"]: each for policy in OWN["policies"] for each in policy["clauses"]
}


def policy(**changes):
    whole = deepcopy(OWN["policies"][0])
    return {**whole, **changes}


def refused(data):
    with pytest.raises(MalformedError) as caught:
        read_policy(data, "a.yaml, policy 1", OWN["groups"])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_yuan_are_kept_as_fen():
    assert read_policy(policy(), "here", OWN["groups"]).amount_fen == {5: 60_050}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": 1.0}, 'policy 1, “version”: write it in quotes: "1.0"'),
        ({"from": "soon"}, "“from”: a day like 2025-03-01 is expected here, not 'soon'"),
        ({"to": date(2024, 1, 1)}, "it ends on 2024-01-01, before it begins on 2025-01-01"),
        ({"status": "final"}, "“status”: 'final' is not one of demo, active"),
        ({"status": ["demo"]}, "“status”: ['demo'] is not one of demo, active"),
        ({"selects_by": "today"}, "“selects_by”: 'today' is not one of training.start"),
        ({"fund": "lottery"}, "“fund”: 'lottery' is not one of"),
        ({"clauses": []}, "a policy without clauses would be met by everybody"),
        ({"clauses": {}}, "“clauses”: a list is expected here, not {}"),
        ({"catalogue": [{"programme": "x"}]}, "“catalogue”, entry 1: “institution” is missing"),
        ({"catalogue": []}, "(CATALOGUE): the policy's own “catalogue” lists nothing"),
        ({"amount_cny": {5: -1}}, "“amount_cny”, level 5: -1 is below 0"),
        ({"amount_cny": {5: 0.001}}, "an amount has no more than two decimals"),
        ({"amount_cny": {"five": 1}}, "a whole number is expected here, not 'five'"),
        ({"amount_cny": 600}, "“amount_cny”: a mapping is expected here, not 600"),
        ({"expires": 1}, "policy 1: “expires” is not known here"),
    ],
)
def test_a_policy_that_does_not_fit_is_refused_with_place_and_reason(changes, sentence):
    assert sentence in refused(policy(**changes))


def test_a_policy_that_lacks_something_is_refused():
    whole = policy()
    del whole["amount_cny"]
    assert refused(whole) == "a.yaml, policy 1: “amount_cny” is missing"
    assert "a mapping is expected" in refused("policy")


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ({"id": "LUCK"}, "clause 1: there is no clause 'LUCK'"),
        ({"id": ["AGE"]}, "clause 1: there is no clause ['AGE']"),
        ({}, "clause 1: there is no clause None"),
        ("AGE", "clause 1: a mapping is expected here, not 'AGE'"),
        ({"id": "REALNAME", "min": 1}, "clause 1 (REALNAME): “min” is not known here"),
        ({"id": "AGE"}, "clause 1 (AGE): “min” is missing"),
        ({"id": "AGE", "min": "16"}, "“min”: a whole number is expected here, not '16'"),
        ({"id": "AGE", "min": True}, "“min”: a whole number is expected here, not True"),
        ({"id": "AGE", "min": 16, "max": {"M": 60}}, "“max”: “F” is missing"),
        ({"id": "AGE", "min": 16, "max": 15}, "“max”: it is below the least age of 16"),
        ({"id": "GROUP", "any_of": []}, "“any_of”: at least one is needed"),
        ({"id": "GROUP", "any_of": ["mothers"]}, "“any_of”: “mothers” is not one of"),
        ({"id": "GROUP", "any_of": "hukou"}, "“any_of”: a list is expected here"),
        ({"id": "GROUP", "any_of": ["graduate_year"] * 2}, "one stands here twice"),
        ({"id": "RESIDENCE", "any_of": ["luck"]}, "“luck” is not one of"),
        ({"id": "RESIDENCE", "any_of": ["hukou"], "code_prefix": [3308]}, "a text is expected"),
        ({"id": "QUIZ", "min_score": 101, "max_attempts": 3}, "“min_score”: 101 is above 100"),
        ({"id": "QUIZ", "min_score": 60, "max_attempts": 0}, "“max_attempts”: 0 is below 1"),
        ({"id": "QUIZ", "min_score": float("nan"), "max_attempts": 1}, "nan is not a number"),
        ({"id": "CERT", "types": ["diploma"]}, "“diploma” is not one of"),
        ({"id": "ONCE", "key": ["name"]}, "“name” is not one of occupation, work_type"),
        ({"id": "CAP_YEAR", "max": 2.5}, "“max”: a whole number is expected here, not 2.5"),
        ({"id": "WINDOW", "months": -1}, "“months”: -1 is below 1"),
        (
            {"id": "HOURS", "hour_minutes": 0, "daily_cap_minutes": 360, "min_hours": {}},
            "“hour_minutes”: this must be above 0",
        ),
        (
            {"id": "HOURS", "hour_minutes": 45, "daily_cap_minutes": 360, "min_hours": {5: 1}},
            "“min_hours”: the key 5 is not a word",
        ),
        (
            {"id": "HOURS", "hour_minutes": 45, "daily_cap_minutes": 9, "min_hours": {"a": "24"}},
            "“min_hours”, a: a number is expected here, not '24'",
        ),
    ],
)
def test_a_clause_that_does_not_fit_is_refused_with_place_and_reason(clause, sentence):
    said = refused(policy(clauses=[clause]))
    assert said.startswith("a.yaml, policy 1, clause 1")
    assert sentence in said


def test_a_clause_stands_once():
    assert "clause 2: a second PAYEE" in refused(policy(clauses=[{"id": "PAYEE"}] * 2))


@pytest.mark.parametrize("clause", [each for each in CLAUSE.values() if each], ids=str)
def test_each_clause_refuses_a_parameter_nobody_knows(clause):
    assert "“grace” is not known here" in refused(policy(clauses=[{**clause, "grace": 1}]))


@pytest.fixture
def folder(tmp_path):
    """Call it with the text of policy files; their folder is read strictly."""

    def made(*texts):
        for number, text in enumerate(texts, start=1):
            (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return made


def written(policy_id="a", version="1.0", first="2025-01-01", last="null", programme="p"):
    return (
        f'- {{id: {policy_id}, version: "{version}", from: {first}, to: {last}, status: demo,\n'
        "   selects_by: training.start, clauses: [{id: REALNAME}], amount_cny: {},\n"
        f"   catalogue: [{{programme: {programme}, institution: I, from: {first}, to: null}}]}}\n"
    )


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (written(version="2.0"), "2.yaml, policy 1: a 2.0 shares days with a 1.0: both cover"),
        (written(version="1.0", first="2030-01-01"), "a 1.0 stands here a second time"),
        (written("b"), "programme p already belongs to a"),
        ("- {id: c", "2.yaml, line 1"),
        ("- {id: c, id: d}", "2.yaml, line 1: “id” twice"),
        ("- {from: 2025-02-30}", "2.yaml, line 1: there is no such day in the calendar"),
        ("policies: []", "2.yaml: a list is expected here"),
        ("- !!python/object/apply:os.system [ls]", "2.yaml, line 1"),
    ],
)
def test_a_folder_with_a_fault_is_refused_with_its_file(folder, second, sentence):
    with pytest.raises(MalformedError) as caught:
        shelf(folder(written(), second))
    assert sentence in str(caught.value)


def test_versions_follow_each_other_day_by_day(folder):
    both = written(last="2025-12-31") + written(version="2.0", first="2026-01-01")
    kept = shelf(folder(both, written("b", programme="q")))
    versions = {
        day: getattr(kept.covering("p", date.fromisoformat(day)), "version", None)
        for day in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01", "2099-01-01")
    }
    assert list(versions.values()) == [None, "1.0", "1.0", "2.0", "2.0"]
    assert kept.covering("nobody", date(2025, 5, 5)) is None


def test_comments_and_layout_do_not_change_what_a_version_says():
    one = policy()
    other = dict(reversed(list(policy().items())))
    assert canonical(one) == canonical(other)
    assert (
        read_policy(one, "", OWN["groups"]).sha256 == read_policy(other, "", OWN["groups"]).sha256
    )
    changed = read_policy(policy(amount_cny={5: 601}), "", OWN["groups"])
    assert changed.sha256 != read_policy(one, "", OWN["groups"]).sha256


def test_every_policy_of_the_repository_is_a_demonstration_and_reads_well():
    kept = shelf()
    assert {policy.name for policy in kept.policies} == {
        "qz-demo 1.0",
        "qz-demo 2.0",
        "demo-intro 1.0",
    }
    assert {policy.status for policy in kept.policies} == {"demo"}
    assert kept.policy_of["anchor-l5"] == "qz-demo"


def test_no_policy_of_the_repository_asks_for_a_window_without_its_certificate():
    for each in shelf().policies:
        if each.clause(Kind.WINDOW):
            assert each.clause(Kind.CERT)


@pytest.mark.field
def test_the_repository_holds_the_countys_policies_word_for_word(field_data):
    shared = read_yaml(field_data.parent / "eligibility_cases.yaml")
    assert field_folder() is not None
    for each in shared["policies"]:
        kept = {policy.name: policy.content for policy in shelf().policies}
        assert kept[f"{each['id']} {each['version']}"] == canonical(each)
