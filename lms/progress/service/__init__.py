"""Gives out leases, takes beats, derives completion; everything under the learner's lock."""

from lms.progress.service.attending import arrive, attend, spend_time_in_rooms
from lms.progress.service.beats import BeatReply, CountedBeat, SentBeat, count_beat, take_beat
from lms.progress.service.checks import CheckReply, answer_check
from lms.progress.service.completion import (
    complete_item,
    complete_what_was_seen,
    derive_completion,
    require_open,
)
from lms.progress.service.entries import Written
from lms.progress.service.leases import LeaseReply, end_lease, end_leases_of_sign_in, take_lease

__all__ = [
    "BeatReply",
    "CheckReply",
    "CountedBeat",
    "LeaseReply",
    "SentBeat",
    "Written",
    "answer_check",
    "arrive",
    "attend",
    "complete_item",
    "complete_what_was_seen",
    "count_beat",
    "derive_completion",
    "end_lease",
    "end_leases_of_sign_in",
    "require_open",
    "spend_time_in_rooms",
    "take_beat",
    "take_lease",
]
