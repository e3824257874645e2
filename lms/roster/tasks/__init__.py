"""What workers do for lists: they make files, freeze rosters and order what is due each month."""

from lms.roster.tasks.exports import make_export, make_scheduled
from lms.roster.tasks.freezing import freeze_roster

__all__ = ["freeze_roster", "make_export", "make_scheduled"]
