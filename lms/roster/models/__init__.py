"""Lists that were asked for, once or each month, and those that were frozen."""

from lms.roster.models.exports import Export, ExportSchedule
from lms.roster.models.frozen import FrozenCells, FrozenLine, RosterBatch

__all__ = ["Export", "ExportSchedule", "FrozenCells", "FrozenLine", "RosterBatch"]
