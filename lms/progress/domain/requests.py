"""Requests to count time the clock did not: what may be asked and how it may be ruled."""

from enum import StrEnum


class RequestAim(StrEnum):
    """Whose time is asked about: one learner's stretches, or everybody's during an outage."""

    APPEAL = "appeal"
    COMPENSATION = "compensation"


class RequestRuling(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
