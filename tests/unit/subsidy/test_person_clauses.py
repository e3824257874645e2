"""Who the learner is: ages to the day, groups, ties, and what nobody asked yet."""

from datetime import date

import pytest

from lms.core.clock import completed_years
from lms.subsidy.domain.engine import judge
from lms.subsidy.domain.policy import AgeClause, Kind, ResidenceClause
from tests.unit.subsidy.conftest import facts, found, verdict

THREE = [(True, "pass"), (False, "fail"), (None, "unknown")]
REVERSED = [(False, "pass"), (True, "fail"), (None, "unknown")]


@pytest.mark.parametrize(("value", "said"), THREE)
@pytest.mark.parametrize(("kind", "key"), [("REALNAME", "real_name_verified"), ("CONSENT",) * 2])
def test_what_has_to_be_true_passes_fails_or_is_unknown(kind, key, value, said):
    assert verdict(kind, learner={key.lower(): value}) == said


@pytest.mark.parametrize(("value", "said"), THREE)
def test_the_account_has_to_be_in_the_learners_name(value, said):
    assert verdict("PAYEE", payee={"name_matches": value}) == said


@pytest.mark.parametrize(("value", "said"), REVERSED)
@pytest.mark.parametrize(
    ("kind", "key"), [("NOT_STAFF", "public_staff"), ("NOT_PENSION", "receiving_pension")]
)
def test_what_has_to_be_false_passes_fails_or_is_unknown(kind, key, value, said):
    assert verdict(kind, learner={key: value}) == said


@pytest.mark.parametrize(("value", "said"), REVERSED)
def test_another_purse_for_the_same_training_fails(value, said):
    assert verdict("NO_DOUBLE_FUND", funding={"other_public_source": value}) == said


@pytest.mark.parametrize(
    ("flag", "said"),
    [("none", "pass"), ("open", "unknown"), ("confirmed", "fail"), (None, "unknown")],
)
def test_only_a_confirmed_suspicion_refuses(flag, said):
    assert verdict("INTEGRITY", integrity={"flag": flag}) == said


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (["rural_transfer"], "pass"),
        (["veteran", "graduate_year"], "pass"),
        (["veteran"], "fail"),
        ([], "fail"),
        (["veteran", None], "unknown"),
        (["rural_transfer", None], "pass"),
        (None, "unknown"),
    ],
)
def test_one_listed_group_is_enough(groups, said):
    assert verdict("GROUP", learner={"groups": groups}) == said


@pytest.mark.parametrize(
    ("student", "groups", "said"),
    [
        (False, [], "pass"),
        (False, None, "pass"),
        (True, ["rural_transfer"], "fail"),
        (True, [], "fail"),
        (True, ["graduate_year"], "pass"),
        (True, None, "unknown"),
        (True, ["veteran", None], "unknown"),
        (None, ["graduate_year"], "unknown"),
        (None, None, "unknown"),
    ],
)
def test_a_student_passes_only_in_an_excepted_group(student, groups, said):
    learner = {"full_time_student": student, "groups": groups}
    assert verdict("NOT_FULLTIME_STUDENT", learner=learner) == said


@pytest.mark.parametrize(
    ("sex", "born", "said"),
    [
        ("F", "2009-03-03", "pass"),  # 16 on the first day
        ("F", "2009-03-04", "fail"),  # a day short of 16
        ("F", "1970-03-03", "pass"),  # 55 today
        ("F", "1969-03-04", "pass"),  # 56 tomorrow
        ("F", "1969-03-03", "fail"),  # 56 today
        ("M", "1969-03-03", "pass"),
        ("M", "1964-03-04", "pass"),  # 61 tomorrow
        ("M", "1964-03-03", "fail"),  # 61 today
        ("M", None, "unknown"),
        (None, "1988-05-20", "pass"),  # the same for both sexes
        (None, "1966-01-01", "unknown"),  # 59: too old for a woman, not for a man
        (None, "2009-03-04", "fail"),
        (None, "1960-01-01", "fail"),
        (None, None, "unknown"),
    ],
)
def test_ages_are_completed_years_with_both_ends_included(sex, born, said):
    assert verdict("AGE", learner={"sex": sex, "birth_date": born}) == said


def test_age_is_not_known_before_it_is_known_when_training_began():
    assert verdict("AGE", training={"start": None}) == "unknown"


def test_a_policy_may_have_no_upper_age():
    clause = AgeClause(Kind.AGE, 16, None, None)
    assert judge(clause, facts(learner={"birth_date": "1930-01-01", "sex": None})).code == (
        "old_enough"
    )


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2024, 2, 28), 15),
        (date(2024, 2, 29), 16),
        (date(2025, 2, 28), 16),
        (date(2025, 3, 1), 17),
    ],
)
def test_who_was_born_on_29_february_is_older_on_1_march(day, years):
    assert completed_years(date(2008, 2, 29), day) == years


@pytest.mark.parametrize(
    ("ties", "said"),
    [
        ([{"kind": "hukou", "code": "330822"}], "pass"),
        ([{"kind": "hukou", "code": "361128"}], "fail"),
        (
            [
                {"kind": "hukou", "code": "361128"},
                {"kind": "residence_permit", "code": "330802"},
            ],
            "pass",
        ),
        ([{"kind": "social_insurance", "code": "330822"}], "fail"),
        ([{"kind": "hukou", "code": None}], "unknown"),
        ([{"kind": "social_insurance", "code": None}], "fail"),
        ([{"kind": None, "code": "330822"}], "unknown"),
        ([{"kind": None, "code": "361128"}], "fail"),
        ([{"kind": "hukou", "code": None}, {"kind": "hukou", "code": "330822"}], "pass"),
        ([], "fail"),
        (None, "unknown"),
    ],
)
def test_one_tie_of_the_right_kind_to_the_right_place_is_enough(ties, said):
    assert verdict("RESIDENCE", learner={"ties": ties}) == said


def test_where_the_identity_card_was_issued_is_no_tie():
    assert verdict("RESIDENCE", learner={"id_prefix": "330802", "ties": []}) == "fail"


def test_a_policy_without_prefixes_takes_a_tie_to_any_place():
    clause = ResidenceClause(Kind.RESIDENCE, frozenset({"hukou"}), ())
    ties = [{"kind": "hukou", "code": None}]
    assert judge(clause, facts(learner={"ties": ties})).verdict == "pass"


def test_the_reasons_carry_what_a_sentence_needs():
    assert found("AGE").params == {"age": 36, "least": 16, "most": 55}
    assert found("GROUP").params == {"group": "rural_transfer"}
    assert found("RESIDENCE").params == {"tie": "hukou"}
