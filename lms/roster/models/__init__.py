"""Lists that were asked for, and those that were frozen."""

from lms.roster.models.exports import Export
from lms.roster.models.frozen import FrozenCells, FrozenLine, RosterBatch

__all__ = ["Export", "FrozenCells", "FrozenLine", "RosterBatch"]
