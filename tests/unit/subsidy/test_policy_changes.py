"""What a version changes, in words' terms; which version covers a day; the county's lists."""

from dataclasses import replace
from datetime import date

import pytest

from lms.subsidy.domain.engine import Decision, judge
from lms.subsidy.domain.facts_file import read_facts
from lms.subsidy.domain.policy import (
    AgeClause,
    CapClause,
    CatalogueClause,
    Clause,
    Kind,
    covering,
    last_day,
)
from lms.subsidy.domain.policy_diff import changes, text_diff
from lms.subsidy.domain.results import ClauseResult, Outcome, Verdict
from lms.subsidy.domain.trial import Before, Tally, tally_of
from tests.unit.subsidy.strategies import FIRST

OLD = replace(
    FIRST,
    starts_on=date(2025, 1, 1),
    ends_on=None,
    clauses=(Clause(Kind.REALNAME), AgeClause(Kind.AGE, 16, 60, 55), CapClause(Kind.CAP_YEAR, 3)),
    amount_fen={5: 60_000},
    catalogue=(),
)
NEW = replace(
    OLD,
    version="2",
    starts_on=date(2026, 1, 1),
    clauses=(Clause(Kind.REALNAME), AgeClause(Kind.AGE, 16, None, 55), Clause(Kind.CONSENT)),
    amount_fen={5: 60_050},
)


def test_clauses_added_removed_and_changed_are_told_with_their_values():
    found = {each.subject: (each.before, each.after, each.rows) for each in changes(OLD, NEW)}
    assert set(found) == {"PERIOD", "AGE", "CONSENT", "CAP_YEAR", "AMOUNT"}
    assert found["AGE"][2] == [("most_men", "60", None)]
    assert found["CONSENT"][:2] == (None, {})
    assert found["CAP_YEAR"][:2] == ({"most": "3"}, None)
    assert found["AMOUNT"][2] == [("level 5", "600", "600.5")]
    assert found["PERIOD"][2] == [("from", "2025-01-01", "2026-01-01")]
    assert changes(NEW, NEW) == []
    assert {each.before for each in changes(None, NEW) if each.before} == set()


def test_lines_that_differ_are_marked():
    old, new = (
        replace(OLD, content='{"clauses":[{"id":"REALNAME"}],"version":"1"}'),
        replace(OLD, content='{"clauses":[{"id":"CONSENT"}],"version":"1"}'),
    )
    lines = text_diff(old, new)
    assert '-  - {"id": "REALNAME"}' in lines
    assert '+  - {"id": "CONSENT"}' in lines
    assert text_diff(new, new) == []


def test_a_later_version_closes_the_open_end_of_the_one_before():
    closed = replace(NEW, ends_on=date(2026, 6, 30))
    both = (OLD, closed)
    assert last_day(OLD, both) == date(2025, 12, 31)
    assert last_day(closed, both) == date(2026, 6, 30)
    assert last_day(OLD, (OLD,)) is None
    assert covering(both, date(2025, 12, 31)) is OLD
    assert covering(both, date(2026, 6, 30)) is closed
    # The earlier version does not come back after the later one ended.
    assert covering(both, date(2026, 7, 1)) is None
    assert covering(both, date(2024, 12, 31)) is None


@pytest.mark.parametrize(
    ("listed", "verdict"), [(None, "unknown"), (True, "pass"), (False, "fail")]
)
def test_without_a_catalogue_the_countys_lists_decide(listed, verdict):
    programme = {"code": "x", "institution": "I", "listed": listed}
    facts = read_facts({"programme": programme, "training": {"start": "2025-03-01"}}, "facts")
    assert judge(CatalogueClause(Kind.CATALOGUE, None), facts).verdict == verdict


def test_what_would_change_is_counted_by_outcome_clause_and_money():
    refused = Decision(
        None, Outcome.NOT_ELIGIBLE, (ClauseResult("AGE", Verdict.FAIL, "too_old"),), 60_000
    )
    granted = Decision(None, Outcome.ELIGIBLE, (), 90_000)
    tally = Tally()
    tally.add(1, "a", Before("eligible", 60_000), refused)
    tally.add(2, "a", Before("eligible", 60_000), granted)
    tally.add(3, "a", Before("not_eligible", 60_000), refused)
    tally.add(4, "a", Before(), granted)
    kept = tally_of(tally.as_json())
    assert (kept.decisions, kept.changed, kept.fen) == (4, 3, 60_000)
    assert kept.moves == {"eligible not_eligible": 1, "eligible eligible": 1, "none eligible": 1}
    assert kept.clauses["eligible not_eligible"] == {"AGE": 1}
    assert [each["person"] for each in kept.examples] == [1, 2, 4]
    for person in range(100):
        tally.add(person, "a", Before(), refused)
    assert len(tally.examples) == 50
