"""Makes the cells of a list from what was read: the same for every file, page and batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.service.opening import Opening, open_accounts, open_identities
from lms.roster.domain.cells import Cell, Look, column_of
from lms.roster.domain.kinds import ExportFormat, ExportKind
from lms.roster.domain.sheets import Block, totals_of
from lms.roster.domain.templates import Template
from lms.roster.queries.enrolled import Columns
from lms.roster.queries.lists import count_list, read_list
from lms.roster.queries.selecting import Selection

Report = Callable[[int, int], None]
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """The list somebody wants: its kind, whose rows, in which file and language.

    Without an ``opening`` no number is opened; one of a list that is not ``is_unmasked`` is used
    where a county's mask cannot be made otherwise. ``watermark`` is written into what can carry it.
    Where it ``is_marked``, the digests that lie beside sealed numbers are read too.
    """

    kind: ExportKind
    selection: Selection
    form: ExportFormat = ExportFormat.XLSX
    language: str = "zh"
    opening: Opening | None = None
    is_unmasked: bool = False
    watermark: str = ""
    is_marked: bool = False


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
        report: Report | None = None,
    ) -> None:
        self._session, self._wanted, self._template = session, wanted, template
        self._today, self._report = today, report
        self._sums = {column.key: 0 for column in template.columns if column.field.is_summed}
        self.written = 0

    @property
    def opening(self) -> Opening | None:
        """Return under which name numbers are opened, where any has to be: of a notice none is."""
        wanted = self._wanted
        if wanted.kind is ExportKind.NOTICE:
            return None
        return wanted.opening if wanted.is_unmasked or self._template.needs_numbers else None

    @cached_property
    def total(self) -> int:
        """Return how many rows there are, or learners where each has many; counted when asked."""
        return count_list(self._session, self._wanted.kind, self._wanted.selection)

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks; how far it is is told behind each."""
        for _, block in self.blocks():
            yield block

    def blocks(self, chunk: int | None = None) -> Iterator[tuple[Columns, Block]]:
        """Yield each block with what it was made of."""
        self._tell()
        wanted, keys = self._wanted, {column.key for column in self._template.columns}
        if self.opening is not None:
            keys.add("id_sealed")
        if wanted.is_marked and "id_number" in keys:
            keys.add("id_index")
        for raw in read_list(
            self._session, wanted.kind, wanted.selection, keys, chunk=chunk or CHUNK
        ):
            block = self._block(raw)
            for key in self._sums:
                self._sums[key] += sum(fen or 0 for fen in raw.get(key, ()))
            yield raw, block
            self.written += len(raw["subject"])
            self._tell()

    def totals(self) -> Sequence[Cell] | None:
        """Return the row below the last one, where the template wants one."""
        if not self._template.has_totals:
            return None
        return totals_of(self._template, self._wanted.language, self._sums)

    def notes(self) -> Sequence[str]:
        """Return what stands below the rows: a list of today says nothing more."""
        return ()

    def _tell(self) -> None:
        if self._report is not None:
            self._report(self.written, self.total)

    def _block(self, raw: Columns) -> Block:
        height = len(raw["subject"])
        self._open(raw)
        raw["seq"] = range(self.written + 1, self.written + height + 1)
        return [
            column_of(column.field, raw, self._look(column.form), height)
            for column in self._template.columns
        ]

    def _open(self, raw: Columns) -> None:
        """Open the numbers of the rows, where that was allowed and written down."""
        opening = self.opening
        if opening is None:
            return
        if "id_sealed" in raw:
            sealed = zip(raw["person"], raw["id_sealed"], strict=True)
            raw["id_whole"] = open_identities(opening, sealed)
        if "account_sealed" in raw and self._wanted.is_unmasked:
            sealed = zip(raw["person"], raw["account_sealed"], strict=True)
            raw["account_whole"] = open_accounts(opening, sealed)

    def _look(self, form: str) -> Look:
        return Look(
            self._wanted.language,
            form,
            is_whole=self.opening is not None and self._wanted.is_unmasked,
            today=self._today,
        )


def rows_of(
    session: Session,
    wanted: Wanted,
    template: Template,
    *,
    today: date,
    chunk: int | None = None,
) -> Iterator[ListRow]:
    """Yield the rows of a list one by one, as they are written, for whoever keeps or compares."""
    keys = [column.key for column in template.columns]
    for raw, block in ListRows(session, wanted, template, today=today).blocks(chunk):
        rows: Iterator[tuple[Any, ...]] = zip(*block, strict=True)
        about = zip(raw["subject"], raw["person"], rows, strict=True)
        for subject, person, row in about:
            yield ListRow(subject, person, dict(zip(keys, row, strict=True)))
