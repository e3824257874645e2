"""What clauses found, in the words of the desks: of a person, not to one."""

from collections.abc import Mapping

from lms.core.errors import Message
from lms.subsidy import reasons
from lms.subsidy.domain.results import ClauseResult
from lms.subsidy.domain.whys import Why
from lms.subsidy.unanswered import Unanswered


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


_HEADINGS: Mapping[str, str] = {
    "CONSENT": _("Agreed to send the data on"),
    "PAYEE": _("Bank account in the person's name"),
}
_TIES: Mapping[str, str] = {
    "hukou": _("Household registered in this area."),
    "residence_permit": _("Holds a residence permit of this area."),
    "social_insurance": _("Insured in this area."),
    "unemployment_registration": _("Registered in this area as out of work."),
    "employment": _("Works in this area."),
    "study": _("Studies in this area."),
}
_NOT_ASKED = _("The person has not been asked yet.")
_UNTOLD = _("The bureau has not told yet what was paid before.")

# Where the learner's sentence speaks to the learner; the others serve both.
SENTENCES: Mapping[tuple[str, str], str] = {
    ("REALNAME", "verified"): _("Checked with the identity card."),
    ("REALNAME", "missing"): _("Nobody checked the identity card yet."),
    ("CONSENT", "given"): _("Agreed that the data go to the county bureau."),
    ("CONSENT", "withheld"): _("Does not agree that the data go to the county bureau."),
    ("CONSENT", "missing"): _("Has not been asked yet whether the data may go to the bureau."),
    ("GROUP", "listed"): _("A group of the person is on the list."),
    ("GROUP", "not_listed"): _("None of the person's groups is on the list."),
    ("GROUP", "missing"): _NOT_ASKED,
    ("GROUP", "incomplete"): _("A proof of the group is being looked at."),
    ("AGE", "fits"): _("Was %(age)s: between %(least)s and %(most)s."),
    ("AGE", "old_enough"): _("Was %(age)s: %(least)s is the least."),
    ("AGE", "too_young"): _("Was %(age)s when the class began; %(least)s is the least."),
    ("AGE", "too_old"): _("Was %(age)s when the class began; %(most)s is the most."),
    ("AGE", "sex_missing"): _(
        "Was %(age)s. Whether that is within the limit depends on the identity card."
    ),
    ("AGE", "missing"): _("The birthday is not known yet."),
    ("RESIDENCE", "tied"): _("Lives in this area."),
    ("RESIDENCE", "not_tied"): _("No tie to this area was found: household, permit or insurance."),
    ("RESIDENCE", "missing"): _NOT_ASKED,
    ("RESIDENCE", "incomplete"): _("A proof of the home is being looked at."),
    ("NOT_STAFF", "not_staff"): _("Holds no such post."),
    ("NOT_STAFF", "missing"): _NOT_ASKED,
    ("NOT_PENSION", "no_pension"): _("Draws no pension."),
    ("NOT_PENSION", "missing"): _NOT_ASKED,
    ("NOT_FULLTIME_STUDENT", "not_student"): _("Was not at school full time."),
    ("NOT_FULLTIME_STUDENT", "excepted"): _("At school, in the last year: that fits."),
    ("NOT_FULLTIME_STUDENT", "student_of_unknown_group"): _(
        "Is at school. Whether it is the last year is not known yet."
    ),
    ("NOT_FULLTIME_STUDENT", "missing"): _NOT_ASKED,
    ("CATALOGUE", "not_listed"): _("The county did not list this course on the first day."),
    ("HOURS", "enough"): _("Has studied %(hours)s units."),
    ("HOURS", "too_few"): _("%(short)s units are missing; there are %(hours)s."),
    ("HOURS", "missing"): _("The units are not added up yet."),
    ("HOURS", "incomplete"): _("There are %(hours)s units; a day is still being checked."),
    ("ATTENDANCE", "missing"): _("The lessons are not added up yet."),
    ("QUIZ", "passed"): _("The best result is %(score)s points."),
    ("QUIZ", "not_tried"): _("Has not taken the test yet."),
    ("QUIZ", "too_low"): _("The best result is %(score)s points so far."),
    ("CERT", "missing"): _("No certificate was seen yet."),
    ("CERT", "registry_unknown"): _("The registry is being asked for the certificate."),
    ("ONCE", "first"): _("Nothing was paid to the person for this occupation and level."),
    ("ONCE", "missing"): _UNTOLD,
    ("CAP_YEAR", "missing"): _UNTOLD,
    ("CAP_TOTAL", "missing"): _UNTOLD,
    ("WINDOW", "in_time"): _("May be applied for until %(last)s."),
    ("WINDOW", "before_certificate"): _(
        "May be applied for from %(day)s on, the day of the certificate."
    ),
    ("WINDOW", "missing"): _("May be applied for within %(months)s months of the certificate."),
    ("NO_DOUBLE_FUND", "missing"): _NOT_ASKED,
    ("PAYEE", "name_matches"): _("The account is in the person's own name."),
    ("PAYEE", "name_differs"): _("The account is in the name of somebody else."),
    ("PAYEE", "missing"): _("The account is not known yet."),
    ("INTEGRITY", "open"): _("A doubt about the study record is open."),
    ("INTEGRITY", "missing"): _("The study record is not looked at yet."),
    ("POLICY", "none_covers"): _("There are no rules for the first day of this training."),
}
_SILENT: Mapping[Why, str] = {
    Why.NOT_ASKED: _NOT_ASKED,
    Why.NOT_KNOWN: _("The person does not know. That is not counted against anybody."),
    Why.SAID_LATER: _(
        "It began on %(began)s; what the person said speaks of %(since)s on. "
        "The person is asked about %(began)s."
    ),
    Why.CHECKED_LATER: _(
        "It began on %(began)s; what was checked speaks of %(since)s on. "
        "The person is asked about %(began)s."
    ),
}


def heading(result: ClauseResult) -> Message:
    """Return what the clause is about."""
    said = reasons.heading(result)
    return Message(said.code, _HEADINGS.get(result.id, said.text), said.params)


def sentence(result: ClauseResult, unanswered: Unanswered | None = None) -> Message:
    """Return what the clause found; ``unanswered`` says why the person's own word is missing."""
    if unanswered:
        return Message(unanswered.why, _SILENT[unanswered.why], unanswered.days)
    said = reasons.sentence(result)
    return Message(said.code, _text(result, said.text), said.params)


def _text(result: ClauseResult, to_learner: str) -> str:
    found = (result.id, result.code)
    if found == ("GROUP", "listed"):
        # The group's own name serves both.
        return reasons.GROUP_WORDS.get(str(result.params["group"]), SENTENCES[found])
    if found == ("RESIDENCE", "tied"):
        return _TIES.get(str(result.params["tie"]), SENTENCES[found])
    return SENTENCES.get(found, to_learner)
