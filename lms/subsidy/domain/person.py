"""The clauses about who the learner is; each a function of clause and facts."""

from lms.core.clock import completed_years
from lms.subsidy.domain.facts import Facts, Flag, Sex, Tie
from lms.subsidy.domain.policy import AgeClause, Clause, GroupClause, ResidenceClause, StudentClause
from lms.subsidy.domain.results import Finding, failed, passed, unknown


def real_name(_clause: Clause, facts: Facts) -> Finding:
    """Judge REALNAME: somebody checked who the learner is."""
    return _wanted(facts.learner.real_name_verified, "verified", "not_verified")


def consent(_clause: Clause, facts: Facts) -> Finding:
    """Judge CONSENT: the learner lets the data be sent to the bureau."""
    return _wanted(facts.learner.consent, "given", "withheld")


def payee(_clause: Clause, facts: Facts) -> Finding:
    """Judge PAYEE: the bank account is in the learner's own name."""
    return _wanted(facts.payee_name_matches, "name_matches", "name_differs")


def not_staff(_clause: Clause, facts: Facts) -> Finding:
    """Judge NOT_STAFF: no post on the established staff of a public body."""
    return _unwanted(facts.learner.public_staff, "not_staff", "public_staff")


def not_pension(_clause: Clause, facts: Facts) -> Finding:
    """Judge NOT_PENSION: no pension is drawn by the month."""
    return _unwanted(facts.learner.receiving_pension, "no_pension", "pension")


def no_double_fund(_clause: Clause, facts: Facts) -> Finding:
    """Judge NO_DOUBLE_FUND: no other public purse pays for the same training."""
    return _unwanted(facts.other_public_source, "one_source", "other_source")


def integrity(_clause: Clause, facts: Facts) -> Finding:
    """Judge INTEGRITY: an open suspicion waits for a person, only a confirmed one refuses."""
    if facts.integrity is None:
        return unknown("missing")
    if facts.integrity is Flag.CONFIRMED:
        return failed("confirmed")
    return unknown("open") if facts.integrity is Flag.OPEN else passed("clear")


def not_full_time_student(clause: StudentClause, facts: Facts) -> Finding:
    """Judge NOT_FULLTIME_STUDENT: no full-time student, but for the excepted groups."""
    learner = facts.learner
    if not learner.full_time_student:
        return _unwanted(learner.full_time_student, "not_student", "student")
    held = {None} if learner.groups is None else learner.groups
    if clause.except_groups & held:
        return passed("excepted")
    is_open = clause.except_groups and None in held
    return unknown("student_of_unknown_group") if is_open else failed("student")


def group(clause: GroupClause, facts: Facts) -> Finding:
    """Judge GROUP: the learner was in one of the groups when training began."""
    held = facts.learner.groups
    if held is None:
        return unknown("missing")
    listed = sorted(name for name in held if name in clause.any_of)
    if listed:
        return passed("listed", group=listed[0])
    return unknown("incomplete") if None in held else failed("not_listed")


def age(clause: AgeClause, facts: Facts) -> Finding:
    """Judge AGE on the first day of training.

    The sex decides only where it makes a difference; where it is not known and does, so is this.
    """
    born, start = facts.learner.birth_date, facts.training.start
    if born is None or start is None:
        return unknown("missing")
    years = completed_years(born, start)
    if years < clause.least:
        return failed("too_young", age=years, least=clause.least)
    by_sex = {Sex.MALE: clause.most_men, Sex.FEMALE: clause.most_women}
    limits = {by_sex[facts.learner.sex]} if facts.learner.sex else set(by_sex.values())
    fits = {limit is None or years <= limit for limit in limits}
    if len(fits) > 1:
        return unknown("sex_missing", age=years)
    upper = [limit for limit in limits if limit is not None]
    if fits == {False}:
        return failed("too_old", age=years, most=max(upper))
    if not upper:
        return passed("old_enough", age=years, least=clause.least)
    return passed("fits", age=years, least=clause.least, most=min(upper))


def residence(clause: ResidenceClause, facts: Facts) -> Finding:
    """Judge RESIDENCE by ties alone; where an identity card was first issued proves nothing."""
    ties = facts.learner.ties
    if ties is None:
        return unknown("missing")
    answers = {_binds(clause, tie): tie for tie in ties}
    if True in answers:
        first = next(tie for tie in ties if _binds(clause, tie))
        return passed("tied", tie=first.kind or "")
    return unknown("incomplete") if None in answers else failed("not_tied")


def _binds(clause: ResidenceClause, tie: Tie) -> bool | None:
    """Tell whether the tie counts; ``None`` where what is missing of it decides."""
    kind = None if tie.kind is None else tie.kind in clause.any_of
    place: bool | None = True
    if clause.code_prefix:
        place = None if tie.code is None else tie.code.startswith(clause.code_prefix)
    if False in (kind, place):
        return False
    return None if None in (kind, place) else True


def _wanted(value: bool | None, yes: str, no: str) -> Finding:  # noqa: FBT001 (a fact)
    if value is None:
        return unknown("missing")
    return passed(yes) if value else failed(no)


def _unwanted(value: bool | None, no: str, yes: str) -> Finding:  # noqa: FBT001 (a fact)
    if value is None:
        return unknown("missing")
    return failed(yes) if value else passed(no)
