"""Exports, the lines lists are read from, by what people are found, and what a desk remembers."""

from lms.roster.models.exports import Export
from lms.roster.models.found import FoundBy
from lms.roster.models.lines import RosterCell, RosterLine
from lms.roster.models.saved import ListColumns, SavedFilter

__all__ = ["Export", "FoundBy", "ListColumns", "RosterCell", "RosterLine", "SavedFilter"]
