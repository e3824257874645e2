"""The calls of the player: leases and beats."""

from lms.progress.views.api import bp

__all__ = ["bp"]
