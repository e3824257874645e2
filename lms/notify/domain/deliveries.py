"""What people are told of lists and packages that are made for them or wait for their word."""

from collections.abc import Mapping

from lms.core.errors import Message
from lms.notify.domain.kinds import Kind, Notice

# What a list or package is for, as whoever asked wrote it; or why another person refused it.
_WHAT_FOR = {"reason": Kind.REASON}
_LISTS, _PACKAGES = "/staff/exports", "/supervision/handover"

DELIVERIES: Mapping[str, Notice] = {
    "export_awaits": Notice(
        Message("title", "A list waits for your approval"),
        Message(
            "text",
            "A colleague asks for a list with full numbers. Please look what it is for, and "
            "approve or refuse it before %(until)s.",
        ),
        {"until": Kind.DAY, **_WHAT_FOR},
        "/staff/exports/approvals",
    ),
    "export_approved": Notice(
        Message("title", "Your list was approved"),
        Message("text", "It is being made. You are told when it is ready."),
        _WHAT_FOR,
        _LISTS,
    ),
    "export_refused": Notice(
        Message("title", "Your list was not approved"),
        Message("text", "Nothing was made. You can order it again, with what was missing."),
        _WHAT_FOR,
        _LISTS,
    ),
    "export_lapsed": Notice(
        Message("title", "Nobody approved your list"),
        Message("text", "7 days passed, so the order is over. Please order the list again."),
        _WHAT_FOR,
        _LISTS,
    ),
    "export_ready": Notice(
        Message("title", "Your list is ready"),
        Message("text", "It can be downloaded once, until %(until)s."),
        {"until": Kind.DAY, **_WHAT_FOR},
        _LISTS,
    ),
    "export_failed": Notice(
        Message("title", "Your list could not be made"),
        Message("text", "Nothing was kept of it. Please look why, and let it go on."),
        _WHAT_FOR,
        _LISTS,
    ),
    "export_schedule_ended": Notice(
        Message("title", "A monthly list has ended"),
        Message("text", "It is not made for you any more: what you may export has changed."),
        _WHAT_FOR,
        "/staff/exports/schedules",
    ),
    "handover_ready": Notice(
        Message("title", "Your package is ready"),
        Message("text", "It can be downloaded once, until %(until)s."),
        {"until": Kind.DAY, **_WHAT_FOR},
        _PACKAGES,
    ),
    "handover_failed": Notice(
        Message("title", "Your package could not be made"),
        Message("text", "Nothing was kept of it. Please look why, and let it go on."),
        _WHAT_FOR,
        _PACKAGES,
    ),
}
