"""When a text message may go out, and until when it helps to send one."""

from datetime import datetime, time, timedelta

from lms.core.clock import from_wall_clock, local_time

# What takes longer to reach a phone helps nobody any more: a code is over by then. Of a badge one
# has thirty days to object, so two days late is still in time. What had to wait for the morning
# is good for so long from then on.
GOOD_FOR = {
    "code": timedelta(minutes=5),
    "phone_changed": timedelta(minutes=10),
    "badge_revoked": timedelta(days=2),
    "badge_reissued": timedelta(days=2),
    "time_counted": timedelta(days=2),
    "time_stays": timedelta(days=2),
    "time_made_good": timedelta(days=2),
    "invited": timedelta(days=2),
    "seat_free": timedelta(days=2),
    "seat_given": timedelta(days=2),
    "seat_line": timedelta(days=2),
    "claim_submitted": timedelta(days=2),
    "claim_returned": timedelta(days=2),
    "claim_public": timedelta(days=2),
    "claim_paid": timedelta(days=2),
    "claim_instalment_paid": timedelta(days=2),
    "claim_bank_returned": timedelta(days=2),
    "claim_rejected": timedelta(days=2),
    "claim_reopened": timedelta(days=2),
    "claim_clawed_back": timedelta(days=2),
    "order_paid": timedelta(days=2),
    "order_without_seat": timedelta(days=2),
    "order_refunded": timedelta(days=2),
}

# What was sent is kept this long, to answer who was told what and when.
KEPT_FOR = timedelta(days=30)

# Phones rest from nine in the evening until eight in the morning, by the clock of the site.
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
_NIGHT = timedelta(hours=24 - QUIET_FROM.hour + QUIET_UNTIL.hour)
# Whoever waits for a code sits before the screen, and whose number was changed must know at once.
AT_ANY_HOUR = frozenset({"code", "phone_changed"})

# Whatever was not sent by then is not sent any more, however it came to wait.
NOT_SENT_AFTER = max(GOOD_FOR.values()) + _NIGHT


def may_go_at(template: str, at: datetime) -> datetime:
    """Return from when a message that is there ``at`` may go out: at once, or in the morning."""
    wall = local_time(at)
    is_late = wall.time() >= QUIET_FROM
    if template in AT_ANY_HOUR or not (is_late or wall.time() < QUIET_UNTIL):
        return at
    morning = wall.date() + timedelta(days=1) if is_late else wall.date()
    return from_wall_clock(datetime.combine(morning, QUIET_UNTIL))


def is_too_late(template: str, *, written_at: datetime, at: datetime) -> bool:
    """Tell whether a message helps nobody any more; a night it had to wait through is left out."""
    return at > may_go_at(template, written_at) + GOOD_FOR[template]
