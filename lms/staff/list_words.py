"""The words of lists: columns, groups, where a claim stands, and what each list is for."""

from lms.roster.domain.orders import ExportKind
from lms.roster.domain.shown import ListColumn
from lms.subsidy.domain.claim_states import ClaimState


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


COLUMN_WORDS = {
    ListColumn.PHONE: _("Phone"),
    ListColumn.TOWN: _("Town"),
    ListColumn.GROUP: _("Group"),
    ListColumn.COURSE: _("Course"),
    ListColumn.CLASS: _("Class"),
    ListColumn.HOURS: _("Verified hours"),
    ListColumn.ATTENDANCE: _("Attendance"),
    ListColumn.TEST: _("Test"),
    ListColumn.ENROLLED: _("Enrolled on"),
    ListColumn.COMPLETED: _("Completed on"),
    ListColumn.RESULT: _("Result"),
    ListColumn.CERTIFICATE: _("Certificate"),
    ListColumn.CLAIM: _("Subsidy"),
    ListColumn.FLAGS: _("Things noticed"),
    ListColumn.MISSING: _("Still missing"),
}
# Short enough for a chip; the desk of claims says more.
CLAIM_CHIPS = {
    ClaimState.DRAFT: ("", _("begun")),
    ClaimState.SUBMITTED: ("warn", _("to be reviewed")),
    ClaimState.IN_REVIEW: ("warn", _("in review")),
    ClaimState.RETURNED: ("bad", _("returned")),
    ClaimState.PUBLICISED: ("info", _("on public notice")),
    ClaimState.OBJECTED: ("bad", _("objected to")),
    ClaimState.APPROVED: ("ok", _("approved")),
    ClaimState.PAID: ("ok", _("paid out")),
    ClaimState.BANK_RETURNED: ("bad", _("bank returned it")),
    ClaimState.REJECTED: ("bad", _("rejected")),
    ClaimState.WITHDRAWN: ("", _("withdrawn")),
    ClaimState.CLAWED_BACK: ("bad", _("to be paid back")),
}
GROUP_WORDS = {
    "poverty_prevention": _("Kept from poverty"),
    "graduate_year": _("Graduate of the year"),
    "unschooled_leaver": _("School leaver"),
    "rural_transfer": _("Rural worker"),
    "registered_unemployed": _("Registered unemployed"),
    "hardship": _("Hard to employ"),
    "enterprise_employee": _("Company employee"),
    "veteran": _("Veteran"),
}
# A letter as the bureau calls the list, its name, and what it is for.
KIND_WORDS = {
    ExportKind.COMPLETIONS: ("", _("List of completions"), _("The people this page shows.")),
    ExportKind.OPENING: ("A", _("Roster for opening a class"), _("To file the class with.")),
    ExportKind.APPLICATION: ("B", _("Roster of subsidy claims"), _("As the bureau's template.")),
    ExportKind.HOURS: ("C", _("Sheet of hours"), _("Study time of each learner, by day.")),
    ExportKind.NOTICE: ("P", _("Public list"), _("Names, towns and amounts alone.")),
    ExportKind.BEHIND: ("", _("Call list"), _("Who has not studied for some time.")),
}
