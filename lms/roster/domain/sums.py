"""What is added up over a frozen list: in whole small units, so that nothing is lost on the way."""

from collections.abc import Mapping

from lms.roster.domain.fields import FIELDS, Shape
from lms.roster.domain.filters import Text
from lms.roster.domain.frozen import Cells
from lms.roster.domain.templates import Template

# Yuan are counted in fen, hours in tenths: as many decimals are written.
_DECIMALS: Mapping[Shape, int] = {Shape.MONEY: 2, Shape.HOURS: 1}
_HOURS = "hours_online_verified"


class Sums:
    """Adds up the columns of a list that are money or verified hours, row by row."""

    def __init__(self, template: Template) -> None:
        self.totals: dict[str, int] = {
            column.key: 0
            for column in template.columns
            if column.field.is_summed or column.key == _HOURS
        }

    def add(self, cells: Cells) -> None:
        """Take a row in."""
        for key in self.totals:
            cell = cells.get(key)
            if isinstance(cell, int | float):
                self.totals[key] += round(cell * 10 ** _DECIMALS[FIELDS[key].shape])


def sums_said(sums: Mapping[str, int]) -> list[tuple[Text, str]]:
    """Return what came to something, with its title, in the order of the lists: ``1,234.50``."""
    return [
        (field.title, _said(sums[key], _DECIMALS[field.shape]))
        for key, field in FIELDS.items()
        if sums.get(key)
    ]


def fen_of(sums: Mapping[str, int]) -> dict[str, int]:
    """Return the money among the sums."""
    return {key: total for key, total in sums.items() if FIELDS[key].is_summed}


def _said(total: int, decimals: int) -> str:
    whole, rest = divmod(total, 10**decimals)
    return f"{whole:,}.{rest:0{decimals}d}"
