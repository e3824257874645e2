"""Makes the cells of a list from what was read: the same for every file, page and batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.roster import queries
from lms.roster.domain.cells import Cell, Look, column_of
from lms.roster.domain.kinds import ExportFormat, ExportKind
from lms.roster.domain.sheets import Block, totals_of
from lms.roster.domain.templates import Template

Report = Callable[[int, int], None]
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Opening:
    """That secrets are opened: for which export, by whom (``None``: the operator) and what for.

    ``export`` goes into the record of who saw them, beside how many.
    """

    export: str
    by_id: int | None
    purpose: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Wanted:
    """The list somebody wants: its kind, whose rows, in which file and language.

    Without an ``opening`` secrets are masked. ``watermark`` is written into what can carry it.
    """

    kind: ExportKind
    selection: queries.Selection
    form: ExportFormat = ExportFormat.XLSX
    language: str = "zh"
    opening: Opening | None = None
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list: what it is about, whose it is, and its cells by key."""

    subject_id: int
    person_id: int
    cells: Mapping[str, Cell]


class ListRows:
    """The rows of a list in the order of its template's columns, block by block."""

    def __init__(
        self,
        session: Session,
        wanted: Wanted,
        template: Template,
        *,
        today: date,
        report: Report = lambda _done, _total: None,
    ) -> None:
        self.total = queries.count_list(session, wanted.kind, wanted.selection)
        self._session, self._wanted, self._template = session, wanted, template
        self._today, self._report = today, report
        self._sums = {column.key: 0 for column in template.columns if column.field.is_summed}
        self.written = 0

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks; how far it is is told behind each."""
        for _, block in self.blocks():
            yield block

    def blocks(self) -> Iterator[tuple[queries.Columns, Block]]:
        """Yield each block with what it was made of."""
        self._report(0, self.total)
        wanted, keys = self._wanted, [column.key for column in self._template.columns]
        for raw in queries.read_list(
            self._session, wanted.kind, wanted.selection, keys, chunk=CHUNK
        ):
            block = self._block(raw)
            for key in self._sums:
                self._sums[key] += sum(fen or 0 for fen in raw.get(key, ()))
            yield raw, block
            self.written += len(raw["subject"])
            self._report(self.written, self.total)

    def totals(self) -> Sequence[Cell] | None:
        """Return the row below the last one, where the template wants one."""
        if not self._template.has_totals:
            return None
        return totals_of(self._template, self._wanted.language, self._sums)

    def _block(self, raw: queries.Columns) -> Block:
        height = len(raw["subject"])
        raw["seq"] = range(self.written + 1, self.written + height + 1)
        return [
            column_of(column.field, raw, self._look(column.form), height)
            for column in self._template.columns
        ]

    def _look(self, form: str) -> Look:
        return Look(
            self._wanted.language,
            form,
            is_whole=self._wanted.opening is not None,
            today=self._today,
        )


def rows_of(
    session: Session, wanted: Wanted, template: Template, *, today: date
) -> Iterator[ListRow]:
    """Yield the rows of a list one by one, as they are written, for whoever keeps or compares."""
    keys = [column.key for column in template.columns]
    for raw, block in ListRows(session, wanted, template, today=today).blocks():
        rows: Iterator[tuple[Any, ...]] = zip(*block, strict=True)
        about = zip(raw["subject"], raw["person"], rows, strict=True)
        for subject, person, row in about:
            yield ListRow(subject, person, dict(zip(keys, row, strict=True)))
