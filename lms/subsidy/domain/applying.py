"""The clauses about the certificate, earlier subsidies and the day of applying."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from lms.subsidy.domain.facts import Certificate, Facts, PastSubsidy, ProgrammeFacts
from lms.subsidy.domain.policy import CapClause, CertClause, OnceClause, WindowClause
from lms.subsidy.domain.results import Finding, failed, not_applicable, passed, unknown

# Living allowances and exam fees are other purses, and a refused or revoked one was none.
_COUNTED_KINDS = frozenset({"training", "skill_upgrade"})
_COUNTED_STATES = frozenset({"paid", "pending"})
_MONTHS = 12


def certificate(clause: CertClause, facts: Facts) -> Finding:
    """Judge CERT: issued, of a listed type, for this occupation and level, and in the registry."""
    held = facts.certificate
    if held is None:
        return unknown("missing")
    for code, answer in _certificate_answers(clause, held, facts.programme):
        if answer is False:
            return failed(code)
    answers = dict(_certificate_answers(clause, held, facts.programme))
    if answers["not_in_registry"] is None:
        return unknown("registry_unknown")
    return unknown("incomplete") if None in answers.values() else passed("fits")


def _certificate_answers(
    clause: CertClause, held: Certificate, programme: ProgrammeFacts
) -> list[tuple[str, bool | None]]:
    """Return each question by the code of its no; ``None`` where a fact is missing."""
    return [
        ("not_issued", _same(held.status, "issued")),
        ("wrong_type", None if held.type is None else held.type in clause.types),
        ("other_occupation", _same(held.occupation, programme.occupation)),
        ("other_work_type", _same(held.work_type, programme.work_type)),
        ("other_level", _same(held.level, programme.level)),
        ("not_in_registry", held.registry_verified),
    ]


def once(clause: OnceClause, facts: Facts) -> Finding:
    """Judge ONCE: nothing counted before for the same key at the same level or a higher one."""
    if facts.history is None:
        return unknown("missing")
    answers = [
        _all((_counts(past), *_same_thing(clause, past, facts.programme))) for past in facts.history
    ]
    if True in answers:
        return failed("had_before")
    return unknown("incomplete") if None in answers else passed("first")


def _same_thing(
    clause: OnceClause, past: PastSubsidy, programme: ProgrammeFacts
) -> Iterable[bool | None]:
    for name in clause.key:
        yield _same(getattr(past, name), getattr(programme, name))
    is_known = past.level is not None and programme.level is not None
    # The smaller the number, the higher the level.
    yield (past.level or 0) <= (programme.level or 0) if is_known else None


def cap_year(clause: CapClause, facts: Facts) -> Finding:
    """Judge CAP_YEAR: counted subsidies of the calendar year of applying."""
    if facts.history is None or facts.applied_on is None:
        return unknown("missing")
    year = facts.applied_on.year
    in_year = [None if past.dated is None else past.dated.year == year for past in facts.history]
    answers = [
        _all((_counts(past), same)) for past, same in zip(facts.history, in_year, strict=True)
    ]
    return _below(clause, answers)


def cap_total(clause: CapClause, facts: Facts) -> Finding:
    """Judge CAP_TOTAL: counted subsidies of a lifetime."""
    if facts.history is None:
        return unknown("missing")
    return _below(clause, [_counts(past) for past in facts.history])


def _below(clause: CapClause, answers: list[bool | None]) -> Finding:
    certain = answers.count(True)
    if certain >= clause.most:
        return failed("reached", count=certain, most=clause.most)
    if certain + answers.count(None) >= clause.most:
        return unknown("incomplete")
    return passed("below", count=certain, most=clause.most)


def _counts(past: PastSubsidy) -> bool | None:
    kind = None if past.kind is None else past.kind in _COUNTED_KINDS
    state = None if past.status is None else past.status in _COUNTED_STATES
    return _all((kind, state))


def window(clause: WindowClause, facts: Facts) -> Finding:
    """Judge WINDOW: from the certificate's day to the same day months later, both included."""
    held, applied = facts.certificate, facts.applied_on
    if held is None:
        return not_applicable("no_certificate")
    if held.issue_date is None or applied is None:
        return unknown("missing", months=clause.months)
    last = months_later(held.issue_date, clause.months)
    if applied < held.issue_date:
        return failed("before_certificate", day=held.issue_date.isoformat())
    found = passed if applied <= last else failed
    return found("in_time" if applied <= last else "too_late", last=last.isoformat())


def months_later(day: date, months: int) -> date:
    """Return the same day of the month so much later, or the last one a shorter month has."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _same(one: str | int | None, other: str | int | None) -> bool | None:
    return None if one is None or other is None else one == other


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Return whether all hold; one no settles it, whatever is missing elsewhere."""
    given = set(answers)
    if False in given:
        return False
    return None if None in given else True
