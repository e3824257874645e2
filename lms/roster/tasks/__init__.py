"""What workers do for lists: they make files, freeze rosters and clear away."""

from lms.roster.tasks.exports import clear_files, make_export
from lms.roster.tasks.freezing import freeze_roster

__all__ = ["clear_files", "freeze_roster", "make_export"]
