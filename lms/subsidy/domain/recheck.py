"""Find the next day on which a decision changes because a day passes, with nothing else new."""

from collections.abc import Iterator
from datetime import date, timedelta

from lms.subsidy.domain.applying import months_later
from lms.subsidy.domain.assembly import Dossier, facts_of
from lms.subsidy.domain.dated import OF_THE_FIRST_DAY, DatedFact
from lms.subsidy.domain.engine import decide
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.judgement import Judged, found_in
from lms.subsidy.domain.policy import Kind, Policy

_DAY = timedelta(days=1)


def recheck_on(dossier: Dossier, own: Judged, *, today: date) -> date | None:
    """Return the next day on which the clauses would find something else; ``None``: never.

    Nothing can change between two of the days at which a fact, the calendar year or the time to
    apply turns, so only those are judged.
    """
    policy, before = own.decision.policy, found_in(own.decision)
    day, facts = today, own.facts
    while turns := list(_turns(dossier, facts, policy, day)):
        day = min(turns)
        facts = facts_of(dossier, own.programme, today=day)
        if found_in(decide(policy, facts)) != before:
            return day
    return None


def _turns(dossier: Dossier, facts: Facts, policy: Policy | None, today: date) -> Iterator[date]:
    """Yield the days after today at which something turns that the policy may ask about."""
    for fact in dossier.facts:
        if fact.key not in OF_THE_FIRST_DAY:
            yield from (day for day in _turns_of_fact(fact) if day > today)
    if policy is None:
        return
    if policy.clause(Kind.CAP_YEAR):
        yield from (day for day in _new_years(facts) if day > today)
    held = facts.certificate
    if policy.window_months and held and held.issue_date:
        last = months_later(held.issue_date, policy.window_months)
        yield from (day for day in (held.issue_date, *_after(last)) if day > today)


def _turns_of_fact(fact: DatedFact) -> Iterator[date]:
    """Yield the day it begins to hold, and the first day it no longer does."""
    yield fact.valid_from
    if fact.valid_to:
        yield from _after(fact.valid_to)


def _new_years(facts: Facts) -> Iterator[date]:
    """Yield the first and the next year's first day of each year something was counted in."""
    for past in facts.history or ():
        if past.dated:
            yield past.dated.replace(month=1, day=1)
            yield from _after(past.dated.replace(month=12, day=31))


def _after(day: date) -> Iterator[date]:
    """Yield the next day, where the calendar has one."""
    if day < date.max:
        yield day + _DAY
