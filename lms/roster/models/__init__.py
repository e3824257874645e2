"""Lists asked for once or each month, those that were frozen, and how counties want them."""

from lms.roster.models.exports import Export, ExportSchedule
from lms.roster.models.frozen import FrozenCells, FrozenLine, RosterBatch
from lms.roster.models.templates import RosterTemplate

__all__ = [
    "Export",
    "ExportSchedule",
    "FrozenCells",
    "FrozenLine",
    "RosterBatch",
    "RosterTemplate",
]
