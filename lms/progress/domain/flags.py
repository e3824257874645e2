"""What looks unlike a person studying; a flag asks a person and never cuts credit by itself."""

from enum import StrEnum


class FlagKind(StrEnum):
    """What was noticed."""

    PARALLEL_DEVICES = "parallel_devices"
    STEADY_CADENCE = "steady_cadence"
    LONG_NIGHTS = "long_nights"
    SHARED_DEVICE = "shared_device"


class FlagRuling(StrEnum):
    """What a person found when looking at it."""

    EXPLAINED = "explained"
    NOT_STUDY = "not_study"
