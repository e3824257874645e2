"""Lists asked for and frozen, their templates, the lines they are read from, what a desk keeps."""

from lms.roster.models.exports import Export, ExportSchedule
from lms.roster.models.found import FoundBy
from lms.roster.models.frozen import FrozenCells, FrozenLine, RosterBatch
from lms.roster.models.lines import RosterCell, RosterLine
from lms.roster.models.saved import ListColumns, SavedFilter
from lms.roster.models.templates import RosterTemplate

__all__ = [
    "Export",
    "ExportSchedule",
    "FoundBy",
    "FrozenCells",
    "FrozenLine",
    "ListColumns",
    "RosterBatch",
    "RosterCell",
    "RosterLine",
    "RosterTemplate",
    "SavedFilter",
]
