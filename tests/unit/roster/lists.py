"""What tests of files share: a small template, and rows given as they are."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from lms.roster.domain.fields import FIELDS
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.sheets import Block, Sheet
from lms.roster.domain.templates import Template, shipped, usual

MADE_AT = datetime(2026, 6, 1, 2, tzinfo=UTC)


class Given:
    """Rows that are there already, a block at a time."""

    def __init__(
        self, rows: Sequence[Sequence[Any]], *, most: int = 2, totals: Any = None, notes: Any = ()
    ) -> None:
        self.rows, self.most, self.sum, self.below = rows, most, totals, notes

    def __iter__(self) -> Iterator[Block]:
        for first in range(0, len(self.rows), self.most):
            yield [
                list(column) for column in zip(*self.rows[first : first + self.most], strict=True)
            ]

    def totals(self) -> Any:
        return self.sum

    def notes(self) -> Any:
        return self.below


def template(*keys: str, kind: ExportKind = ExportKind.COMPLETIONS, **changes: Any) -> Template:
    """Return the shipped template with the columns named."""
    own = shipped(kind)
    columns = tuple(usual(FIELDS[key]) for key in keys) or own.columns
    values = {name: getattr(own, name) for name in own.__dataclass_fields__}
    return Template(**{**values, "columns": columns, **changes})


def sheet(*keys: str, language: str = "zh", watermark: str = "", **changes: Any) -> Sheet:
    return Sheet(template(*keys, **changes), language, MADE_AT, watermark)
