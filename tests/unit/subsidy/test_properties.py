"""What holds for every policy and all facts, known or not."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.subsidy.domain.engine import JUDGES, decide, judge
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.facts_file import as_json, read_facts
from lms.subsidy.domain.policy import Kind
from lms.subsidy.domain.results import Outcome, Verdict
from tests.unit.subsidy.conftest import CLAUSES
from tests.unit.subsidy.strategies import FACTS, FIRST, clause_lists, leaves, replaced

RANK = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]


def decided(clauses, raw):
    return decide(replace(FIRST, clauses=clauses), read_facts(raw, "facts"))


def test_every_kind_has_its_function_and_its_clause():
    assert set(JUDGES) == set(Kind) == set(CLAUSES)


@given(clauses=clause_lists(), raw=FACTS, data=st.data())
def test_the_order_of_clauses_says_nothing(clauses, raw, data):
    other = tuple(data.draw(st.permutations(clauses)))
    one, two = decided(clauses, raw), decided(other, raw)
    assert one.outcome is two.outcome
    assert {each.id: each for each in one.results} == {each.id: each for each in two.results}


@given(clauses=clause_lists(), raw=FACTS)
def test_a_fail_outranks_an_unknown_and_an_unknown_a_pass(clauses, raw):
    decision = decided(clauses, raw)
    verdicts = [result.verdict for result in decision.results]
    assert len(verdicts) == len(clauses)
    if Verdict.FAIL in verdicts:
        assert decision.outcome is Outcome.NOT_ELIGIBLE
    elif Verdict.UNKNOWN in verdicts:
        assert decision.outcome is Outcome.NEEDS_REVIEW
    else:
        assert decision.outcome is Outcome.ELIGIBLE


@given(clauses=clause_lists(), raw=FACTS, data=st.data())
def test_what_is_no_longer_known_never_makes_anybody_eligible(clauses, raw, data):
    ways = leaves(raw)
    assume(ways)
    before = decided(clauses, raw)
    after = decided(clauses, replaced(raw, data.draw(st.sampled_from(ways)), None))
    if before.outcome is not Outcome.ELIGIBLE:
        assert after.outcome is not Outcome.ELIGIBLE


@given(raw=FACTS)
def test_facts_are_written_down_whole_and_in_one_way(raw):
    whole = read_facts(raw, "facts")
    assert as_json(whole) == as_json(read_facts(raw, "facts"))
    assert set(as_json(whole)) == set(Facts.__dataclass_fields__)


def better(kind, raw, data):
    """Return the facts with one of them better for the clause."""
    part, key, change = BETTER[kind]
    value = (raw[part] or {}).get(key)
    return {**raw, part: {**(raw[part] or {}), key: change(value, data)}}


def studied_more(value, data):
    more = {"day": data.draw(st.dates()), "minutes": data.draw(st.integers(0, 400))}
    return None if value is None else [*value, more]


def scored_more(value, data):
    if not value:
        return value
    place = data.draw(st.integers(0, len(value) - 1))
    score = 0 if value[place] is None else value[place]
    higher = None if value[place] is None else data.draw(st.integers(score, 100))
    return [*value[:place], higher, *value[place + 1 :]]


def one_more(entry):
    return lambda value, _data: None if value is None else [*value, entry]


BETTER = {
    Kind.REALNAME: ("learner", "real_name_verified", lambda *_: True),
    Kind.CONSENT: ("learner", "consent", lambda *_: True),
    Kind.PAYEE: ("payee", "name_matches", lambda *_: True),
    Kind.NOT_STAFF: ("learner", "public_staff", lambda *_: False),
    Kind.NOT_PENSION: ("learner", "receiving_pension", lambda *_: False),
    Kind.NOT_FULLTIME_STUDENT: ("learner", "full_time_student", lambda *_: False),
    Kind.NO_DOUBLE_FUND: ("funding", "other_public_source", lambda *_: False),
    Kind.INTEGRITY: ("integrity", "flag", lambda *_: "none"),
    Kind.GROUP: ("learner", "groups", one_more("rural_transfer")),
    Kind.RESIDENCE: ("learner", "ties", one_more({"kind": "hukou", "code": "330822"})),
    Kind.HOURS: ("study", "days", studied_more),
    Kind.ATTENDANCE: ("study", "lessons_done", lambda n, _: None if n is None else n + 1),
    Kind.QUIZ: ("quiz", "attempts", scored_more),
}


@pytest.mark.parametrize("kind", BETTER)
@given(raw=FACTS, data=st.data())
def test_a_better_fact_never_makes_its_clause_worse(kind, raw, data):
    clause = CLAUSES[kind]
    before = judge(clause, read_facts(raw, "before")).verdict
    after = judge(clause, read_facts(better(kind, raw, data), "after")).verdict
    assert RANK.index(after) >= RANK.index(before)


@pytest.mark.parametrize("kind", [Kind.ONCE, Kind.CAP_YEAR, Kind.CAP_TOTAL])
@given(raw=FACTS, data=st.data())
def test_an_earlier_subsidy_less_never_makes_its_clause_worse(kind, raw, data):
    history = raw["history"]
    assume(history)
    place = data.draw(st.integers(0, len(history) - 1))
    fewer = {**raw, "history": [*history[:place], *history[place + 1 :]]}
    before = judge(CLAUSES[kind], read_facts(raw, "before")).verdict
    after = judge(CLAUSES[kind], read_facts(fewer, "after")).verdict
    assert RANK.index(after) >= RANK.index(before)
