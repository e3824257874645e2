"""The words the desk uses for policies: what a clause is called, its parameters, their values."""

from collections.abc import Mapping

from lms.core.errors import Message
from lms.subsidy.domain.policy_diff import AMOUNT, ENTRY, PERIOD, STATUS, Value
from lms.subsidy.domain.results import Outcome
from lms.subsidy.domain.trial import NOTHING
from lms.subsidy.reasons import GROUP_WORDS


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


SUBJECTS: Mapping[str, str] = {
    "REALNAME": _("Real name checked"),
    "CONSENT": _("Agreed that data is sent on"),
    "GROUP": _("Group of people"),
    "AGE": _("Age"),
    "RESIDENCE": _("Home in this area"),
    "NOT_STAFF": _("No post on the public staff"),
    "NOT_PENSION": _("No monthly pension"),
    "NOT_FULLTIME_STUDENT": _("Not a full-time student"),
    "CATALOGUE": _("Course in the county's catalogue"),
    "HOURS": _("Units studied"),
    "ATTENDANCE": _("Share of lessons done"),
    "QUIZ": _("Points in the test"),
    "CERT": _("State skill certificate"),
    "ONCE": _("Not paid for this before"),
    "CAP_YEAR": _("Number of subsidies this year"),
    "CAP_TOTAL": _("Number of subsidies so far"),
    "WINDOW": _("Applied in time"),
    "NO_DOUBLE_FUND": _("No other public money"),
    "PAYEE": _("Bank account in one's own name"),
    "INTEGRITY": _("No doubt about the study record"),
    "POLICY": _("Subsidy rules"),
    PERIOD: _("First days of training it covers"),
    STATUS: _("May be relied on"),
    AMOUNT: _("Amounts, in yuan"),
    ENTRY: _("Entry of the catalogue"),
}
_PARAMETERS: Mapping[str, str] = {
    "from": _("from"),
    "to": _("up to"),
    "status": _("status"),
    "least": _("at least"),
    "most_men": _("men at most"),
    "most_women": _("women at most"),
    "most": _("fewer than"),
    "any_of": _("one of"),
    "code_prefix": _("place code begins with"),
    "except_groups": _("but for"),
    "hour_minutes": _("minutes a unit"),
    "daily_cap_minutes": _("minutes a day at most"),
    "min_hours": _("units by programme"),
    "min_percent": _("per cent at least"),
    "min_score": _("points at least"),
    "max_attempts": _("tries that count"),
    "types": _("kinds"),
    "key": _("same"),
    "months": _("months after the certificate"),
    "lists": _("looked up in"),
    "programme": _("programme"),
    "institution": _("school"),
}
_VALUES: Mapping[str, str] = {
    **GROUP_WORDS,
    "hukou": _("registered household"),
    "residence_permit": _("residence permit"),
    "social_insurance": _("social insurance"),
    "unemployment_registration": _("registered as out of work"),
    "employment": _("work"),
    "study": _("school"),
    "vocational_qualification": _("vocational qualification"),
    "skill_level": _("skill level certificate"),
    "special_ability": _("special ability certificate"),
    "training_pass": _("training certificate"),
    "occupation": _("occupation"),
    "work_type": _("kind of work"),
    "own": _("its own catalogue"),
    "county": _("the county's lists"),
    "demo": _("demonstration"),
    "active": _("in use"),
}
OUTCOMES: Mapping[str, str] = {
    Outcome.ELIGIBLE: _("conditions met"),
    Outcome.NEEDS_REVIEW: _("to be looked at"),
    Outcome.NOT_ELIGIBLE: _("not met"),
    NOTHING: _("no rules"),
}
STATES: Mapping[str, str] = {
    "proposed": _("waiting for a second person"),
    "accepted": _("in force"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
}
VERDICTS: Mapping[str, str] = {
    "pass": _("met"),
    "fail": _("not met"),
    "unknown": _("not known"),
    "not_applicable": _("asks nothing here"),
}
_LEVEL = "level "


def subject(name: str) -> Message:
    """Return what a clause or another part of a version is called."""
    return Message(name, SUBJECTS.get(name, name))


def parameter(name: str) -> Message:
    """Return what a parameter is called."""
    if name.startswith(_LEVEL):
        return Message("level", "level %(level)s", {"level": name.removeprefix(_LEVEL)})
    return Message(name, _PARAMETERS.get(name, name))


def values(name: str, value: Value) -> list[Message]:
    """Return the words for a parameter's value, one for each where there are several."""
    if value is None:
        is_amount = name.startswith(_LEVEL)
        return [Message("none", _("nothing paid") if is_amount else _("no limit"))]
    several = value if isinstance(value, tuple) else (value,)
    return [Message(each, _VALUES.get(each, each)) for each in several]


def outcome(name: str) -> Message:
    """Return what an outcome is called."""
    return Message(name, OUTCOMES[name])


def state(name: str) -> Message:
    """Return where a proposal stands."""
    return Message(name, STATES[name])


def verdict(name: str) -> Message:
    """Return what a clause says."""
    return Message(name, VERDICTS[name])
