"""What the desks are told speaks of the person, in both languages, whatever was found."""

import re
from datetime import date

import pytest
from babel.support import Translations
from hypothesis import given

from lms.subsidy import findings, reasons
from lms.subsidy.domain.engine import decide, judge
from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.policy import TIES, Kind
from lms.subsidy.domain.whys import Why
from lms.subsidy.unanswered import Unanswered
from tests.conftest import ROOT
from tests.unit.subsidy.conftest import CLAUSES, facts, found
from tests.unit.subsidy.strategies import FACTS

TO_SOMEBODY = re.compile(r"\b(you|your)\b|您|你", re.IGNORECASE)

CHINESE = Translations.load(ROOT / "lms" / "translations", ["zh"])


def spoken_to(message):
    said = (message.text, CHINESE.gettext(message.text))
    assert said[0] != said[1]
    return [each for each in said if TO_SOMEBODY.search(each)]


@pytest.mark.parametrize("kind", Kind)
@given(raw=FACTS)
def test_whatever_a_clause_finds_is_said_of_the_person(kind, raw):
    result = judge(CLAUSES[kind], read_facts(raw, "facts"))
    assert spoken_to(findings.heading(result)) == []
    assert spoken_to(findings.sentence(result)) == []


def test_each_tie_keeps_words_of_its_own():
    said = set()
    for kind in TIES:
        own = type(CLAUSES[Kind.RESIDENCE])(Kind.RESIDENCE, frozenset({kind}), ())
        result = judge(own, facts(learner={"ties": [{"kind": kind, "code": "330822"}]}))
        assert spoken_to(findings.sentence(result)) == []
        said.add(findings.sentence(result).text)
    assert len(said) == len(TIES)


def test_a_group_of_one_county_alone_is_said_in_general():
    result = found("GROUP", learner={"groups": ["village_guide"]})
    assert findings.sentence(result).text == "A group of the person is on the list."


def test_the_numbers_found_stay_in_the_sentence():
    result = found("AGE", learner={"birth_date": "1950-01-01", "sex": "F"})
    told = str(findings.sentence(result))
    assert told == str(reasons.sentence(result)).replace("You were", "Was")


def test_that_there_are_no_rules_is_said_too():
    result = decide(None, facts()).results[0]
    assert (
        str(findings.sentence(result)) == "There are no rules for the first day of this training."
    )


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("by_class", [True, False])
def test_why_nothing_is_known_is_said_of_the_person(why, by_class):
    result = found("NOT_STAFF")
    told = Unanswered(why, date(2026, 3, 1), date(2026, 4, 2), by_class)
    message = findings.sentence(result, told)
    assert spoken_to(message) == []
    assert ("2026-04-02" in str(message)) == (why in (Why.SAID_LATER, Why.CHECKED_LATER))


def test_no_sentence_of_a_clause_was_forgotten():
    texts = [findings.SENTENCES.get(found, said[0]) for found, said in reasons.SENTENCES.items()]
    spoken = [
        text for text in texts for each in (text, CHINESE.gettext(text)) if TO_SOMEBODY.search(each)
    ]
    assert spoken == []
