"""Every finding has a sentence, and what is not met or not known has a next step."""

import re

import pytest
from hypothesis import given

from lms.subsidy import reasons
from lms.subsidy.domain.engine import decide, judge
from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.policy import GROUPS, TIES, Kind
from lms.subsidy.domain.results import Verdict
from tests.unit.subsidy.conftest import CLAUSES, facts, found
from tests.unit.subsidy.strategies import FACTS


def filled(message):
    return message.text % message.params if message.params else message.text


@pytest.mark.parametrize("kind", Kind)
@given(raw=FACTS)
def test_whatever_a_clause_finds_can_be_said(kind, raw):
    result = judge(CLAUSES[kind], read_facts(raw, "facts"))
    assert filled(reasons.heading(result))
    assert filled(reasons.sentence(result))
    step = reasons.next_step(result)
    assert (step is not None) == (result.verdict in (Verdict.FAIL, Verdict.UNKNOWN))
    if step is not None:
        assert filled(step)


def test_that_there_are_no_rules_can_be_said_too():
    result = decide(None, facts()).results[0]
    assert "no rules" in filled(reasons.sentence(result))
    assert reasons.next_step(result)


def test_every_group_and_every_tie_has_words_of_its_own():
    said = set()
    for name in GROUPS:
        clause = CLAUSES[Kind.GROUP]
        own = type(clause)(Kind.GROUP, frozenset({name}))
        said.add(reasons.sentence(judge(own, facts(learner={"groups": [name]}))).text)
    for kind in TIES:
        own = type(CLAUSES[Kind.RESIDENCE])(Kind.RESIDENCE, frozenset({kind}), ())
        ties = [{"kind": kind, "code": "330822"}]
        said.add(reasons.sentence(judge(own, facts(learner={"ties": ties}))).text)
    assert len(said) == len(GROUPS) + len(TIES)


def test_a_group_of_one_county_alone_is_said_in_general():
    result = found("GROUP", learner={"groups": ["village_guide"]})
    assert reasons.sentence(result).text == "Your group is on the list."


def test_no_sentence_promises_money_or_hurries_anybody():
    for text, step in reasons.SENTENCES.values():
        assert not re.search(r"guarantee|hurry|at once", f"{text} {step}", re.IGNORECASE)
