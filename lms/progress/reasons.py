"""The words for why a second did not count; codes travel, these stand at the edge."""


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


REASONS = {
    "beyond_duration": _("After the end of the video"),
    "faster_than_clock": _("Skipped ahead or played faster than the clock"),
    "already_counted": _("This part was counted before"),
    "gap": _("The network was away, no record reached us"),
    "daily_cap": _("Today's limit of 8 units is reached"),
    "hidden": _("The page was in the background"),
    "prompt_missed": _("No answer to “Still watching?”"),
    "not_enrolled": _("The enrolment has ended"),
    "superseded": _("Another phone was playing"),
    "offline_unverified": _("Watched without network, waiting for a teacher's check"),
}

# What else it may be than what it looks like: said to whoever rules, the harmless things first.
HINTS = {
    "faster_than_clock": _("Watching at 1.5 speed, or looking for a place, does this too."),
    "gap": _("A weak network does this. The phone reports late what was honestly watched."),
    "daily_cap": _("The person studied a lot on this day. The programme sets the limit."),
    "hidden": _("A call or a message puts the page in the background."),
    "prompt_missed": _("Cooking, a child or a visitor: the phone lay beside."),
    "superseded": _("A family sharing a number, or a phone and a tablet."),
    "offline_unverified": _("Without network nobody could tell the site; it may all be true."),
}
