"""The words for clauses, what they found and what to do next; codes travel, these stand here."""

from collections.abc import Mapping

from lms.core.errors import Message
from lms.subsidy.domain.results import ClauseResult, Verdict


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


HEADINGS = {
    "REALNAME": _("Real name checked"),
    "CONSENT": _("You agree to send the data on"),
    "GROUP": _("Group of people"),
    "AGE": _("Age"),
    "RESIDENCE": _("Home in this area"),
    "NOT_STAFF": _("No post on the public staff"),
    "NOT_PENSION": _("No monthly pension"),
    "NOT_FULLTIME_STUDENT": _("Not a full-time student"),
    "CATALOGUE": _("Course in the county's catalogue"),
    "HOURS": _("Study %(needed)s units"),
    "ATTENDANCE": _("%(percent)s%% of the lessons done"),
    "QUIZ": _("%(needed)s points in the test"),
    "CERT": _("State skill certificate"),
    "ONCE": _("Not paid for this before"),
    "CAP_YEAR": _("Number of subsidies this year"),
    "CAP_TOTAL": _("Number of subsidies so far"),
    "WINDOW": _("Applied in time"),
    "NO_DOUBLE_FUND": _("No other public money"),
    "PAYEE": _("Bank account in your name"),
    "INTEGRITY": _("No doubt about the study record"),
    "POLICY": _("Subsidy rules"),
}
# Where the policy names no minimum there is no number to put in.
_HOURS_ALONE = _("Units studied")

_ASK = _("Ask the training office, or call 12333.")
_WRONG = _("If this is wrong, bring a proof to the training office or call 12333.")
_SHOW_ID = _("Bring your identity card to the training office: it takes 5 minutes.")
_STUDY = _("Go on learning: every minute really studied counts.")
_TEST = _("Look through the lessons and take the test.")
_EXAM = _("Ask the training office for the next exam, or call 12333.")
_WAIT = _("You need not do anything. Somebody looks at it.")
_NOT_ASKED = _("Nobody asked you about this yet.")

GROUP_WORDS = {
    "poverty_prevention": _("Family watched so that it does not fall back into poverty"),
    "graduate_year": _("University graduate of this year"),
    "unschooled_leaver": _("School leaver who does not go on to a school"),
    "rural_transfer": _("From the countryside, working in another trade"),
    "registered_unemployed": _("Registered as out of work"),
    "hardship": _("Person who finds work only with difficulty"),
    "enterprise_employee": _("Employee of a company"),
    "veteran": _("Veteran"),
}
_TIES = {
    "hukou": _("Your household is registered here."),
    "residence_permit": _("You have a residence permit here."),
    "social_insurance": _("You are insured here."),
    "unemployment_registration": _("You are registered here as out of work."),
    "employment": _("You work here."),
    "study": _("You study here."),
}
_LISTED = _("Your group is on the list.")
_TIED = _("You live here.")

# Clause and what it found: the sentence, and what to do next where there is something to do.
SENTENCES: Mapping[tuple[str, str], tuple[str, str | None]] = {
    ("REALNAME", "verified"): (_("Checked with your identity card."), None),
    ("REALNAME", "not_verified"): (_("The name does not match the identity card."), _SHOW_ID),
    ("REALNAME", "missing"): (_("Nobody checked your identity card yet."), _SHOW_ID),
    ("CONSENT", "given"): (_("You agreed that we send your data to the county bureau."), None),
    ("CONSENT", "withheld"): (
        _("You do not agree that we send your data to the county bureau."),
        _("If you change your mind, tell the training office. Your badge stays yours."),
    ),
    ("CONSENT", "missing"): (
        _("We ask you before anything is sent to the county bureau."),
        _("You will be asked when you apply."),
    ),
    ("GROUP", "listed"): (_LISTED, None),
    ("GROUP", "not_listed"): (
        _("None of your groups is on the list."),
        _("Out of work or from the countryside? Ask at the village office or call 12333."),
    ),
    ("GROUP", "missing"): (
        _NOT_ASKED,
        _("Ask at the village office for a proof of your group, or call 12333."),
    ),
    ("GROUP", "incomplete"): (_("A proof of your group is being looked at."), _WAIT),
    ("AGE", "fits"): (_("You were %(age)s: between %(least)s and %(most)s."), None),
    ("AGE", "old_enough"): (_("You were %(age)s: %(least)s is the least."), None),
    ("AGE", "too_young"): (
        _("You were %(age)s when the class began; %(least)s is the least."),
        _("Join a class after your birthday."),
    ),
    ("AGE", "too_old"): (
        _("You were %(age)s when the class began; %(most)s is the most."),
        _WRONG,
    ),
    ("AGE", "sex_missing"): (
        _("You were %(age)s. Whether that is within the limit depends on the identity card."),
        _SHOW_ID,
    ),
    ("AGE", "missing"): (_("We do not know your birthday yet."), _SHOW_ID),
    ("RESIDENCE", "tied"): (_TIED, None),
    ("RESIDENCE", "not_tied"): (
        _("We found no tie to this area: household, permit or insurance."),
        _("If you live or are insured here, bring a proof to the training office."),
    ),
    ("RESIDENCE", "missing"): (
        _NOT_ASKED,
        _("Bring your household book, residence permit or insurance card."),
    ),
    ("RESIDENCE", "incomplete"): (_("A proof of where you live is being looked at."), _WAIT),
    ("NOT_STAFF", "not_staff"): (_("You hold no such post."), None),
    ("NOT_STAFF", "public_staff"): (_("Public staff are trained from another purse."), _WRONG),
    ("NOT_STAFF", "missing"): (_NOT_ASKED, _ASK),
    ("NOT_PENSION", "no_pension"): (_("You draw no pension."), None),
    ("NOT_PENSION", "pension"): (_("Who draws a pension gets no training subsidy."), _WRONG),
    ("NOT_PENSION", "missing"): (_NOT_ASKED, _ASK),
    ("NOT_FULLTIME_STUDENT", "not_student"): (_("You were not at school full time."), None),
    ("NOT_FULLTIME_STUDENT", "excepted"): (_("At school, but in your last year: that fits."), None),
    ("NOT_FULLTIME_STUDENT", "student"): (
        _("Full-time students get no training subsidy."),
        _("From your last year on it is open to you. Ask your school or call 12333."),
    ),
    ("NOT_FULLTIME_STUDENT", "student_of_unknown_group"): (
        _("You are at school. Whether it is your last year is not known yet."),
        _("Bring a note of your school to the training office."),
    ),
    ("NOT_FULLTIME_STUDENT", "missing"): (_NOT_ASKED, _ASK),
    ("CATALOGUE", "listed"): (_("The county lists this course and this school."), None),
    ("CATALOGUE", "not_listed"): (
        _("The county did not list this course when you began."),
        _("Ask the training office which class is listed."),
    ),
    ("CATALOGUE", "missing"): (_("The school is asking the county."), _WAIT),
    ("HOURS", "enough"): (_("You have studied %(hours)s units."), None),
    ("HOURS", "too_few"): (_("%(short)s units to go; you have %(hours)s."), _STUDY),
    ("HOURS", "no_minimum"): (_("The rules name no number of units for this course."), _ASK),
    ("HOURS", "missing"): (_("Your units are not added up yet."), _WAIT),
    ("HOURS", "incomplete"): (_("You have %(hours)s units; a day is still being checked."), _WAIT),
    ("ATTENDANCE", "enough"): (_("%(done)s of %(total)s lessons done."), None),
    ("ATTENDANCE", "too_few"): (_("%(done)s of %(total)s lessons done so far."), _STUDY),
    ("ATTENDANCE", "missing"): (_("Your lessons are not added up yet."), _WAIT),
    ("QUIZ", "passed"): (_("Your best result is %(score)s points."), None),
    ("QUIZ", "not_tried"): (_("You have not taken the test yet."), _TEST),
    ("QUIZ", "too_low"): (_("Your best result is %(score)s points so far."), _TEST),
    ("QUIZ", "tries_used"): (
        _("The first %(tries)s tries count; the best gave %(score)s points."),
        _ASK,
    ),
    ("QUIZ", "missing"): (_("This course has no test of its own."), _ASK),
    ("QUIZ", "incomplete"): (_("A test is still being marked."), _WAIT),
    ("CERT", "fits"): (_("The certificate fits and stands in the registry."), None),
    ("CERT", "missing"): (_("We have seen no certificate yet."), _EXAM),
    ("CERT", "not_issued"): (_("The certificate is not valid."), _EXAM),
    ("CERT", "wrong_type"): (_("This kind of certificate does not count here."), _EXAM),
    ("CERT", "other_occupation"): (_("The certificate is for another occupation."), _EXAM),
    ("CERT", "other_work_type"): (_("The certificate is for another kind of work."), _EXAM),
    ("CERT", "other_level"): (_("The certificate is for another level."), _EXAM),
    ("CERT", "not_in_registry"): (_("The registry does not know the certificate."), _WRONG),
    ("CERT", "registry_unknown"): (_("We are asking the registry for the certificate."), _WAIT),
    ("CERT", "incomplete"): (_("Something of the certificate cannot be read yet."), _ASK),
    ("ONCE", "first"): (_("Nothing was paid to you for this occupation and level."), None),
    ("ONCE", "had_before"): (
        _("A subsidy for this was paid or asked for before."),
        _("You may go for a higher level. If this is wrong, call 12333."),
    ),
    ("ONCE", "missing"): (_("The bureau has not told us yet what you got before."), _WAIT),
    ("ONCE", "incomplete"): (_("An earlier subsidy is being looked at."), _WAIT),
    ("CAP_YEAR", "below"): (_("%(count)s so far this year; fewer than %(most)s."), None),
    ("CAP_YEAR", "reached"): (
        _("%(count)s this year already; %(most)s is the most."),
        _("Next year it is open again. If this is wrong, call 12333."),
    ),
    ("CAP_YEAR", "missing"): (_("The bureau has not told us yet what you got before."), _WAIT),
    ("CAP_YEAR", "incomplete"): (_("An earlier subsidy is being looked at."), _WAIT),
    ("CAP_TOTAL", "below"): (_("%(count)s so far; fewer than %(most)s."), None),
    ("CAP_TOTAL", "reached"): (_("%(count)s so far; %(most)s is the most."), _WRONG),
    ("CAP_TOTAL", "missing"): (_("The bureau has not told us yet what you got before."), _WAIT),
    ("CAP_TOTAL", "incomplete"): (_("An earlier subsidy is being looked at."), _WAIT),
    ("WINDOW", "in_time"): (_("You may apply until %(last)s."), None),
    ("WINDOW", "too_late"): (_("The last day to apply was %(last)s."), _WRONG),
    ("WINDOW", "before_certificate"): (
        _("You may apply from %(day)s on, the day of the certificate."),
        _ASK,
    ),
    ("WINDOW", "no_certificate"): (_("The time to apply begins with the certificate."), None),
    ("WINDOW", "missing"): (
        _("You have %(months)s months after the certificate to apply."),
        _ASK,
    ),
    ("NO_DOUBLE_FUND", "one_source"): (_("Nobody else pays for this course."), None),
    ("NO_DOUBLE_FUND", "other_source"): (
        _("Another public purse already paid for this course."),
        _WRONG,
    ),
    ("NO_DOUBLE_FUND", "missing"): (_NOT_ASKED, _ASK),
    ("PAYEE", "name_matches"): (_("The account is in your own name."), None),
    ("PAYEE", "name_differs"): (
        _("The account is in another name."),
        _("Give the account of your own social security card."),
    ),
    ("PAYEE", "missing"): (
        _("We do not know your account yet."),
        _("You will be asked when you apply: it goes to your social security card."),
    ),
    ("INTEGRITY", "clear"): (_("Nothing looks wrong."), None),
    ("INTEGRITY", "open"): (_("Somebody is looking at your study record."), _WAIT),
    ("INTEGRITY", "confirmed"): (
        _("The study record was found not to be honest."),
        _("You may object: call the training office or 12333."),
    ),
    ("INTEGRITY", "missing"): (_("Your study record is not looked at yet."), _WAIT),
    ("POLICY", "none_covers"): (_("There are no rules for the day your training began."), _ASK),
    ("POLICY", "altered"): (_("The rules are being looked over."), _WAIT),
}

# Everything there is was studied, and the rules ask for more.
EDITION_DONE = Message("edition_done", "This edition is done. More lessons will follow.")


def heading(result: ClauseResult) -> Message:
    """Return what the clause is about."""
    is_plain = result.id == "HOURS" and "needed" not in result.params
    text = _HOURS_ALONE if is_plain else HEADINGS[result.id]
    return Message(result.id, text, dict(result.params))


def sentence(result: ClauseResult) -> Message:
    """Return what the clause found."""
    text = SENTENCES[result.id, result.code][0]
    if text is _LISTED:
        text = GROUP_WORDS.get(str(result.params["group"]), text)
    elif text is _TIED:
        text = _TIES.get(str(result.params["tie"]), text)
    return Message(result.code, text, dict(result.params))


def next_step(result: ClauseResult) -> Message | None:
    """Return what the learner can do about it, where there is something to do."""
    text = SENTENCES[result.id, result.code][1]
    if text is None or result.verdict is Verdict.PASS:
        return None
    return Message(result.code, text, dict(result.params))
