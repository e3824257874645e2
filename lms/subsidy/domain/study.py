"""The clauses about the training: what was offered, studied and passed."""

from datetime import date
from fractions import Fraction

from lms.subsidy.domain.facts import Facts, StudyDay
from lms.subsidy.domain.policy import (
    AttendanceClause,
    CatalogueClause,
    HoursClause,
    Number,
    QuizClause,
)
from lms.subsidy.domain.results import Finding, failed, passed, unknown


def catalogue(clause: CatalogueClause, facts: Facts) -> Finding:
    """Judge CATALOGUE on the first day of training."""
    programme, start = facts.programme, facts.training.start
    if clause.entries is None:
        return _by_the_county(programme.listed)
    if programme.code is None or programme.institution is None or start is None:
        return unknown("missing")
    is_listed = any(
        entry.programme == programme.code
        and entry.institution == programme.institution
        and entry.starts_on <= start
        and (entry.ends_on is None or start <= entry.ends_on)
        for entry in clause.entries
    )
    return passed("listed") if is_listed else failed("not_listed")


def _by_the_county(listed: bool | None) -> Finding:  # noqa: FBT001 (a fact)
    if listed is None:
        return unknown("missing")
    return passed("listed") if listed else failed("not_listed")


def hours(clause: HoursClause, facts: Facts) -> Finding:
    """Judge HOURS exactly; what is shown is floored to a tenth, never rounded up."""
    needed = clause.min_hours.get(facts.programme.code or "")
    if needed is None:
        return unknown("no_minimum")
    if facts.study.days is None:
        return unknown("missing", needed=tenths(needed))
    minutes, is_whole = credited_minutes(facts.study.days, clause.daily_cap_minutes)
    held = Fraction(minutes) / clause.hour_minutes
    shown = {"hours": tenths(held), "needed": tenths(needed)}
    if held >= needed:
        return passed("enough", **shown)
    if not is_whole:
        return unknown("incomplete", **shown)
    short = Fraction(needed) - Fraction(int(held * 10), 10)
    return failed("too_few", **shown, short=tenths(short))


def credited_minutes(days: tuple[StudyDay, ...], cap: Number) -> tuple[Number, bool]:
    """Return what counts, each calendar day cut at the cap, and whether no day is missing."""
    by_day: dict[date, Number] = {}
    is_whole = True
    for entry in days:
        if entry.day is None or entry.minutes is None:
            is_whole = False
        elif entry.day in by_day:
            by_day[entry.day] += entry.minutes
        else:
            by_day[entry.day] = entry.minutes
    return sum(min(minutes, cap) for minutes in by_day.values()), is_whole


def tenths(value: Number) -> str:
    """Return the number with one decimal where it has one, cut and never rounded up."""
    whole, rest = divmod(int(value * 10), 10)
    return f"{whole}.{rest}" if rest else str(whole)


def attendance(clause: AttendanceClause, facts: Facts) -> Finding:
    """Judge ATTENDANCE exactly: lessons done against lessons there are."""
    done, total = facts.study.lessons_done, facts.study.lessons_total
    needed = tenths(clause.min_percent)
    if done is None or not total:
        return unknown("missing", percent=needed)
    is_enough = done * 100 >= clause.min_percent * total
    found = passed if is_enough else failed
    return found("enough" if is_enough else "too_few", done=done, total=total, percent=needed)


def quiz(clause: QuizClause, facts: Facts) -> Finding:
    """Judge QUIZ: the best of the first attempts."""
    needed = tenths(clause.min_score)
    if facts.attempts is None:
        return unknown("missing", needed=needed)
    counted = facts.attempts[: clause.max_attempts]
    known = [score for score in counted if score is not None]
    if known and max(known) >= clause.min_score:
        return passed("passed", score=tenths(max(known)), needed=needed)
    if len(known) < len(counted):
        return unknown("incomplete", needed=needed)
    if not known:
        return failed("not_tried", needed=needed)
    if len(counted) == clause.max_attempts:
        return failed("tries_used", score=tenths(max(known)), needed=needed, tries=len(counted))
    return failed("too_low", score=tenths(max(known)), needed=needed)
