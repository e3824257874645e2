"""The words for why a second did not count; codes travel, these stand at the edge."""

from lms.core.errors import Message
from lms.progress.domain.completion import CREDIT_HOUR_MS
from lms.progress.domain.settings import CountingSettings, Night
from lms.progress.domain.state import Reason


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


REASONS = {
    "beyond_duration": _("After the end of the video"),
    "faster_than_clock": _("Skipped ahead or played faster than the clock"),
    "already_counted": _("Counted before, here or in an earlier version"),
    "gap": _("The network was away, no record reached us"),
    "daily_cap": _("Above the day's limit, or at an hour that does not count"),
    "hidden": _("The page was in the background"),
    "prompt_missed": _("No answer to “Still watching?”"),
    "not_enrolled": _("The enrolment has ended"),
    "superseded": _("Another phone was playing"),
    "offline_unverified": _("Watched without network, waiting for a teacher's check"),
    "in_person": _("You were signed in at a class in person; that time counts there"),
}

# What else it may be than what it looks like: said to whoever rules, the harmless things first.
HINTS = {
    "faster_than_clock": _("Watching at 1.5 speed, or looking for a place, does this too."),
    "gap": _("A weak network does this. The phone reports late what was honestly watched."),
    "daily_cap": _("The person studied a lot on this day, or late. The programme sets the limits."),
    "hidden": _("A call or a message puts the page in the background."),
    "prompt_missed": _("Cooking, a child or a visitor: the phone lay beside."),
    "superseded": _("A family sharing a number, or a phone and a tablet."),
    "offline_unverified": _("Without network nobody could tell the site; it may all be true."),
    "in_person": _("This time counts in the class. Was the person not there? Correct that first."),
}


def reason_of(code: str, counting: CountingSettings) -> Message:
    """Return why seconds did not count, where it is known what the programme lays down."""
    if code != Reason.DAILY_CAP:
        return Message(code, REASONS[code])
    limit = {"units": f"{counting.daily_cap_ms * 10 // CREDIT_HOUR_MS / 10:g}"}
    if counting.night is Night.COUNTS:
        return Message(code, "The day's limit of %(units)s units is reached", limit)
    return Message(
        code,
        "23:00 to 6:00 does not count here; or the day's limit of %(units)s units is reached",
        limit,
    )
