"""What figures are called; templates and files translate it."""

from collections.abc import Mapping

from lms.insights.domain.filters import UNKNOWN, Dimension
from lms.progress.domain.state import Reason
from lms.progress.reasons import REASONS


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# A column of the tables: its measure, its words, and what kind of number it is.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("people_enrolled", _("People enrolled"), "count"),
    ("enrolled", _("Enrolments"), "count"),
    ("started", _("Began to study"), "count"),
    ("credited_ms", _("Verified hours"), "units"),
    ("passed", _("Passed the final test"), "count"),
    ("completed", _("Course completions"), "count"),
    ("people_trained", _("People trained"), "count"),
    ("badges", _("Badges issued"), "count"),
    ("certified", _("State certificates"), "count"),
    ("claimed", _("Claims handed in"), "count"),
    ("approved", _("Claims approved"), "count"),
    ("people_paid", _("People paid"), "count"),
    ("paid_fen", _("Paid, yuan"), "money"),
)
STEPS: tuple[tuple[str, str], ...] = (
    ("enrolled", _("Enrolled")),
    ("reached_start", _("Began to study")),
    ("reached_test", _("Passed the test")),
    ("reached_end", _("Completed")),
    ("reached_certificate", _("Has the certificate")),
    ("reached_money", _("Got the subsidy")),
)
BY: Mapping[Dimension, str] = {
    Dimension.COUNTY: _("By county"),
    Dimension.TOWN: _("By town"),
    Dimension.GROUP: _("By group"),
    Dimension.PROGRAMME: _("By programme"),
    Dimension.COURSE: _("By course"),
    Dimension.INSTITUTION: _("By institution"),
    Dimension.MONTH: _("By month"),
}
HEADS: Mapping[Dimension, str] = {
    Dimension.COUNTY: _("County"),
    Dimension.TOWN: _("Town"),
    Dimension.GROUP: _("Group"),
    Dimension.PROGRAMME: _("Programme"),
    Dimension.COURSE: _("Course"),
    Dimension.INSTITUTION: _("Institution"),
    Dimension.MONTH: _("Month"),
}
# What has no name: a town that was not given, a group nobody wrote down, a claim of no course.
NAMELESS: Mapping[Dimension, str] = {
    Dimension.TOWN: _("No town given"),
    Dimension.GROUP: _("Not written down"),
    Dimension.PROGRAMME: _("No programme"),
    Dimension.COURSE: _("No course"),
    Dimension.INSTITUTION: _("No institution"),
}
LOSSES: Mapping[str, str] = {reason: REASONS[reason] for reason in Reason if reason in REASONS}
GROUP_NAMES: Mapping[str, str] = {
    "poverty_prevention": _("Kept from falling into poverty"),
    "graduate_year": _("Graduate of the year"),
    "unschooled_leaver": _("School leaver"),
    "rural_transfer": _("Rural worker in another trade"),
    "registered_unemployed": _("Registered unemployed"),
    "hardship": _("Finds work only with difficulty"),
    "enterprise_employee": _("Employee"),
    "veteran": _("Former soldier"),
    UNKNOWN: NAMELESS[Dimension.GROUP],
}
# What the public sees of a county's month besides completions.
OPEN: tuple[tuple[str, str], ...] = (
    ("enrolled", _("Enrolments")),
    ("certified", _("State certificates")),
    ("people_paid", _("People paid")),
)
