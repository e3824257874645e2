"""A stored decision is found again from its own facts; days pass and change what they should."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalog.outline import CourseView
from lms.subsidy.domain import recheck
from lms.subsidy.domain.assembly import Dossier, OwnCourse, Programme, facts_of
from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource
from lms.subsidy.domain.engine import decide
from lms.subsidy.domain.facts import Certificate, PastSubsidy
from lms.subsidy.domain.facts_file import as_json, read_facts
from lms.subsidy.domain.facts_record import facts_of_record
from lms.subsidy.domain.judgement import Judged, found_in, results_json
from lms.subsidy.domain.policy import Kind
from lms.subsidy.domain.record import Recorded, differs
from tests.unit.subsidy.conftest import CLAUSES
from tests.unit.subsidy.strategies import FACTS, FIRST, clause_lists

TODAY = date(2025, 6, 15)
PROGRAMME = Programme(1, "noodle-l5", {"zh": "拉面"}, "4-01", 5)
COURSE = OwnCourse(1, CourseView.__new__(CourseView), "noodle-l5", "QZ-1", date(2025, 3, 1), None)
DAYS = st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40))
OF_TODAY = {
    FactKey.REAL_NAME_VERIFIED: st.booleans(),
    FactKey.CONSENT: st.booleans(),
    FactKey.PAYEE_NAME_MATCHES: st.booleans(),
    FactKey.OTHER_PUBLIC_SOURCE: st.booleans(),
    FactKey.PUBLIC_STAFF: st.booleans(),
}


@given(clauses=clause_lists(), raw=FACTS)
def test_what_was_written_down_is_judged_to_be_the_same(clauses, raw):
    policy = replace(FIRST, clauses=clauses)
    facts = read_facts(raw, "facts")
    found = decide(policy, facts)
    assert facts_of_record(as_json(facts)) == facts
    kept = Recorded(
        1, as_json(facts), policy, found.outcome.value, found.amount_fen, results_json(found)
    )
    assert differs(kept) is None


@given(raw=FACTS)
def test_a_decision_that_says_something_else_is_named(raw):
    facts = read_facts(raw, "facts")
    policy = replace(FIRST, clauses=(CLAUSES[Kind.REALNAME],))
    found = decide(policy, facts)
    other = [{**results_json(found)[0], "verdict": "fail", "code": "made_up"}]
    kept = Recorded(1, as_json(facts), policy, found.outcome.value, found.amount_fen, other)
    assert "REALNAME" in differs(kept)
    paid = replace(kept, results=results_json(found), amount_fen=1)
    assert "it comes to" in differs(paid)


@st.composite
def dated_facts(draw):
    key = draw(st.sampled_from(list(OF_TODAY)))
    since = draw(DAYS)
    until = draw(st.none() | st.dates(since, TODAY + timedelta(days=60)))
    number = draw(st.integers(1, 1_000))
    return DatedFact(number, key, draw(OF_TODAY[key]), FactSource.STAFF, since, until)


@st.composite
def claims(draw):
    """What one has besides dated facts: a certificate, earlier subsidies."""
    issued = draw(st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=30)))
    history = draw(
        st.lists(
            st.builds(
                PastSubsidy,
                kind=st.just("training"),
                status=st.just("paid"),
                dated=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
            ),
            max_size=4,
        )
    )
    return Certificate(status="issued", issue_date=issued), tuple(history)


@pytest.fixture(autouse=True)
def _no_course_is_looked_into(monkeypatch):
    monkeypatch.setattr("lms.subsidy.domain.assembly._study", lambda *_: read_facts({}, "").study)
    monkeypatch.setattr("lms.subsidy.domain.assembly._attempts", lambda *_, **__: None)


def assembled(monkeypatch, certificate, history):
    """Let facts have what the site does not keep yet."""

    def facts(dossier, programme, *, today):
        return replace(
            facts_of(dossier, programme, today=today), certificate=certificate, history=history
        )

    monkeypatch.setattr(recheck, "facts_of", facts)
    return facts


@given(facts=st.lists(dated_facts(), max_size=6), clauses=clause_lists(), held=claims())
def test_nothing_changes_before_the_day_and_something_does_on_it(facts, clauses, held):
    with pytest.MonkeyPatch.context() as patch:
        own_facts = assembled(patch, *held)
        dossier = Dossier(courses=[COURSE], facts=facts)
        policy = replace(FIRST, clauses=clauses)

        def on(day):
            return decide(policy, own_facts(dossier, PROGRAMME, today=day))

        now = own_facts(dossier, PROGRAMME, today=TODAY)
        own = Judged(PROGRAMME, now, decide(policy, now))
        day = recheck.recheck_on(dossier, own, today=TODAY)
        last = day or TODAY + timedelta(days=570)
        passing = TODAY
        while passing < last:
            assert found_in(on(passing)) == found_in(own.decision)
            passing += timedelta(days=1)
        if day:
            assert found_in(on(day)) != found_in(own.decision)


def next_day(facts=(), *, clauses, certificate=None, history=None, today=TODAY):
    with pytest.MonkeyPatch.context() as patch:
        own_facts = assembled(patch, certificate, history)
        dossier = Dossier(courses=[COURSE], facts=list(facts))
        policy = replace(FIRST, clauses=tuple(CLAUSES[kind] for kind in clauses))
        now = own_facts(dossier, PROGRAMME, today=today)
        return recheck.recheck_on(dossier, Judged(PROGRAMME, now, decide(policy, now)), today=today)


def test_the_time_to_apply_ends_on_the_day_after_its_last():
    held = Certificate(status="issued", issue_date=date(2024, 7, 1))
    assert next_day(clauses=[Kind.WINDOW], certificate=held) == date(2025, 7, 2)
    assert next_day(clauses=[Kind.REALNAME], certificate=held) is None


def test_a_new_year_begins_a_new_count():
    most = CLAUSES[Kind.CAP_YEAR].most
    past = [PastSubsidy("training", status="paid", dated=date(2025, 2, 1))] * most
    assert next_day(clauses=[Kind.CAP_YEAR], history=tuple(past)) == date(2026, 1, 1)
    assert next_day(clauses=[Kind.CAP_TOTAL], history=tuple(past)) is None
    assert next_day(clauses=[Kind.CAP_YEAR], history=()) is None


def test_a_fact_to_come_and_one_that_ends_are_looked_at_on_their_day():
    def consent(value, since, until=None, number=1):
        return DatedFact(number, FactKey.CONSENT, value, FactSource.STAFF, since, until)

    coming = consent(value=True, since=date(2025, 7, 1))
    assert next_day([coming], clauses=[Kind.CONSENT]) == date(2025, 7, 1)
    assert next_day([coming], clauses=[Kind.REALNAME]) is None
    ending = consent(value=True, since=date(2025, 6, 1), until=date(2025, 6, 20))
    assert next_day([ending], clauses=[Kind.CONSENT]) == date(2025, 6, 21)
    ever = consent(value=True, since=date(2025, 6, 1), until=date.max)
    assert next_day([ever], clauses=[Kind.CONSENT]) is None
