"""Gives out leases, takes beats, derives completion; everything under the learner's lock."""

from lms.progress.service.beats import BeatReply, take_beat
from lms.progress.service.checks import CheckReply, answer_check
from lms.progress.service.completion import (
    complete_item,
    complete_what_was_seen,
    derive_completion,
    require_open,
)
from lms.progress.service.leases import (
    LeaseReply,
    counting_of_lease,
    end_lease,
    end_leases_of_sign_in,
    take_lease,
)

__all__ = [
    "BeatReply",
    "CheckReply",
    "LeaseReply",
    "answer_check",
    "complete_item",
    "complete_what_was_seen",
    "counting_of_lease",
    "derive_completion",
    "end_lease",
    "end_leases_of_sign_in",
    "require_open",
    "take_beat",
    "take_lease",
]
