"""Makes the rows of a frozen roster into those of a file: the very cells that were frozen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.accounts.models import BankAccount, Identity, Person
from lms.accounts.service.opening import Opening, open_accounts, open_identities
from lms.db.among import among
from lms.roster.domain.cells import Cell
from lms.roster.domain.fields import WRITTEN, Secret, Shape
from lms.roster.domain.frozen_words import ERASED, notes_of
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.marks import mark_of
from lms.roster.domain.sheets import Block, totals_of
from lms.roster.domain.sums import fen_of
from lms.roster.domain.templates import Column, Template, template_of
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch
from lms.roster.queries.enrolled import consented
from lms.roster.queries.making import CHUNK, Report
from lms.roster.queries.people import particulars_of_people

_Line = Row[int, Any, Any, Any]
# What somebody's numbers are now: the mark of each, and the number itself, sealed or in clear.
_Now = Mapping[int, tuple[str, str]]
_LANGUAGE = "zh"


class FrozenRows:
    """The rows of a whole batch in their order; whoever was erased since keeps their place.

    With an ``opening`` a whole number stands where it is still the one behind the frozen mask.
    """

    def __init__(
        self, session: Session, batch: RosterBatch, *, opening: Opening | None, report: Report
    ) -> None:
        self.batch, self.template = batch, template_of(ExportKind(batch.kind), batch.template)
        self._session, self._opening, self._report = session, opening, report
        self._said_at = _place_of_words(self.template)
        self.written = self.erased = self.left_masked = 0

    @property
    def total(self) -> int:
        """Return how many rows were frozen."""
        return self.batch.rows_total or 0

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks; how far it is is told behind each."""
        self._report(0, self.total)
        found = self._session.execute(_lines(self.batch.id))
        for lines in found.partitions(CHUNK):
            yield self._block(lines)
            self.written += len(lines)
            self.erased += sum(cells is None for _, cells, _, _ in lines)
            self._report(self.written, self.total)

    def totals(self) -> Sequence[Cell] | None:
        """Return the row below the last one, where the template wants one: the frozen sums."""
        if not self.template.has_totals:
            return None
        return totals_of(self.template, _LANGUAGE, fen_of(self.batch.sums))

    def notes(self) -> Sequence[str]:
        """Return what is to be known of the file, below its rows."""
        return notes_of(self.batch, erased=self.erased, left_masked=self.left_masked)

    def _block(self, lines: Sequence[_Line]) -> Block:
        block = [
            [self._cell(place, column, line) for line in lines]
            for place, column in enumerate(self.template.columns)
        ]
        if self._opening is not None:
            for place, column in enumerate(self.template.columns):
                if column.field.secret is not None:
                    self._show(self._opening, column.field.secret, block[place], lines)
        return block

    def _cell(self, place: int, column: Column, line: _Line) -> Cell:
        number, cells, _, _ = line
        if cells is None:
            if place == self._said_at:
                return ERASED
            if column.key == "seq":
                return number
        cell: Cell = (cells or {}).get(column.key)
        if column.field.shape in WRITTEN:
            return cell or ""
        is_day = column.field.shape is Shape.DAY and isinstance(cell, str)
        return date.fromisoformat(str(cell)) if is_day else cell

    def _show(
        self, opening: Opening, secret: Secret, cells: list[Cell], lines: Sequence[_Line]
    ) -> None:
        """Put whole numbers where the mark of today's is the frozen one; count the other masks."""
        known = self._now(opening, secret, [person for _, _, person, _ in lines if person])
        same: dict[int, tuple[int, str]] = {}
        for place, (_, _, person, marks) in enumerate(lines):
            mark, kept = known.get(person or 0, ("", ""))
            if mark and (marks or {}).get(secret) == mark:
                same[place] = (person, kept)
            elif person and cells[place]:
                self.left_masked += 1
        for place, whole in zip(same, _opened(opening, secret, same.values()), strict=True):
            cells[place] = whole

    def _now(self, opening: Opening, secret: Secret, people: Sequence[int]) -> _Now:
        if secret is Secret.ADDRESS:
            said = particulars_of_people(self._session, people)
            texts = {person: row.address for person, row in said.items() if row.address}
        elif secret is Secret.PHONE:
            wanted = select(Person.id, Person.phone).where(Person.phone.is_not(None))
            texts = dict(self._of(wanted, Person.id, people))
        else:
            return {person: (mark, kept) for person, mark, kept in self._sealed(secret, people)}
        digest = opening.keys.index.of
        return {person: (mark_of(secret, text, digest), text) for person, text in texts.items()}

    def _sealed(self, secret: Secret, people: Sequence[int]) -> Sequence[Any]:
        if secret is Secret.ACCOUNT:
            own = BankAccount
            wanted = select(own.person_id, own.number_index, own.number)
            return self._of(wanted, own.person_id, people)
        card = select(Person.id, Identity.number_index, Identity.number)
        # Whoever took their agreement back is not shown whole, as in no other list.
        agreed = card.join(Identity, Identity.person_id == Person.id).where(consented())
        return self._of(agreed, Person.id, people)

    def _of(self, wanted: Any, column: Any, people: Sequence[int]) -> Sequence[Any]:  # noqa: ANN401 (a statement)
        statement = wanted.where(among(column, "people"))
        return self._session.execute(statement, {"people": sorted(set(people))}).all()


def _opened(opening: Opening, secret: Secret, kept: Any) -> Sequence[str | None]:  # noqa: ANN401 (a view)
    if secret is Secret.ID_NUMBER:
        return open_identities(opening, kept)
    if secret is Secret.ACCOUNT:
        return open_accounts(opening, kept)
    return [text for _, text in kept]


def _place_of_words(template: Template) -> int | None:
    """Return which column says that somebody was erased: the name, else the first of texts."""
    written = [place for place, each in enumerate(template.columns) if each.field.shape in WRITTEN]
    named = [place for place in written if template.columns[place].key == "name"]
    return next(iter((*named, *written)), None)


def _lines(batch_id: int) -> Any:  # noqa: ANN401 (a statement)
    of_line = (FrozenCells.batch_id == FrozenLine.batch_id) & (
        FrozenCells.number == FrozenLine.number
    )
    return (
        select(FrozenLine.number, FrozenCells.cells, FrozenCells.person_id, FrozenCells.marks)
        .outerjoin(FrozenCells, of_line)
        .where(FrozenLine.batch_id == batch_id)
        .order_by(FrozenLine.number)
        .execution_options(yield_per=CHUNK)
    )
