"""Tables of figures in the words of whoever reads them, for pages and files alike."""

from collections.abc import Iterable, Sequence

from flask import Response

from lms.insights.domain.filters import Dimension
from lms.insights.domain.shares import credit_hours, yuan
from lms.insights.domain.suppression import FLOOR, Shown, Veil
from lms.insights.gateway import as_csv
from lms.insights.queries.board import Board
from lms.insights.queries.figures import Line
from lms.insights.words import COLUMNS, GROUP_NAMES, HEADS, LOSSES, NAMELESS
from lms.web.i18n import gettext, localized

Row = Sequence[str | int]


def name_of(line: Line, by: Dimension) -> str:
    """Return what a line is about, in words."""
    if line.words is not None:
        return localized(line.words)
    if by is Dimension.GROUP and line.key in GROUP_NAMES:
        return gettext(GROUP_NAMES[line.key])
    if line.key in ("", "0"):
        return gettext(NAMELESS[by])
    return line.key


def breakdown(lines: Iterable[Line], by: Dimension) -> list[Row]:
    """Return a breakdown with its heading."""
    head = [gettext(HEADS[by]), *(gettext(words) for _, words, _ in COLUMNS)]
    return [head, *([name_of(line, by), *_numbers(line)] for line in lines)]


def _numbers(line: Line) -> list[str | int]:
    return [number(line, name, kind) for name, _, kind in COLUMNS]


def number(line: Line, name: str, kind: str) -> str | int:
    """Return a measure as tables have it: whole units, yuan with two decimals, or a count."""
    amount = line.amounts[name]
    if kind == "units":
        return credit_hours(amount)
    return yuan(amount) if kind == "money" else amount


def losses(board: Board) -> list[Row]:
    """Return why time did not count, with its heading; minutes rounded down."""
    head = [gettext("Reason"), gettext("Minutes")]
    found: list[Row] = [head]
    found += [[gettext(LOSSES.get(key, key)), ms // 60_000] for key, ms in board.losses.by_reason]
    return found


def steps(board: Board) -> list[Row]:
    """Return the steps from enrolment to subsidy, with their heading."""
    head = [gettext("Step"), gettext("Enrolments")]
    found: list[Row] = [head]
    found += [[gettext(words), count] for words, count in board.steps]
    return found


def shown(part: Shown[str]) -> str:
    """Return a public count, or what stands in its place."""
    if part.count is not None:
        return f"{part.count:,}"
    if part.veil is Veil.FEW:
        return gettext("fewer than %(floor)s", floor=FLOOR)
    return gettext("not shown")


def sent(rows: Iterable[Row], name: str) -> Response:
    """Return a table as a file."""
    response = Response(as_csv(rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
