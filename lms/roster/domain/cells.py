"""Makes the cells of a list, a column of some thousand rows at a time.

A source yields what is known as columns of plain values (``Raw``); what it does not know of stays
empty. A million rows are a million times as many cells, so nothing here is done row by row that
can be done for a whole column.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.accounts.domain.people import masked_phone
from lms.core.clock import completed_years
from lms.enrollment.domain import EnrollmentStatus
from lms.progress.domain.completion import credit_hours
from lms.roster.domain import cell_words
from lms.roster.domain.fields import WRITTEN, Field, Shape
from lms.roster.domain.filters import Text
from lms.roster.domain.lines import in_words
from lms.roster.domain.masks import masked_accounts, shown_numbers
from lms.sheets.domain import clean

Cell = str | int | float | date | None
Raw = Mapping[str, Sequence[Any]]

_HUNDRED, _THOUSAND = 100, 1_000


@dataclass(frozen=True, slots=True)
class Look:
    """How cells are to be written: language, form, and whether secrets are shown whole."""

    language: str
    form: str = ""
    is_whole: bool = False
    today: date | None = None


def column_of(field: Field, raw: Raw, look: Look, count: int) -> Sequence[Cell]:
    """Return the cells of a column for ``count`` rows; texts are clean."""
    make = _MAKERS.get(field.key) or _BY_SHAPE.get(field.shape)
    made = make(raw, field.key, look) if make is not None else raw.get(field.key, ())
    if not made:
        return ("",) * count if field.shape in WRITTEN else (None,) * count
    return _clean(made) if field.shape in WRITTEN else made


def _clean(cells: Sequence[Any]) -> Sequence[str]:
    """Return the texts without what no file can hold; what is missing is empty."""
    if None in cells:
        cells = ["" if cell is None else cell for cell in cells]
    return cells if "".join(cells).isprintable() else [clean(cell) for cell in cells]


def _hours(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
    """Return milliseconds as credit hours, floored to a tenth or to whole ones."""
    times = raw.get(key, ())
    if look.form == "0":
        return [None if ms is None else credit_hours(ms) // 10 for ms in times]
    return [None if ms is None else credit_hours(ms) / 10 for ms in times]


def _money(raw: Raw, key: str, _look: Look) -> Sequence[Cell]:
    return [None if fen is None else fen / _HUNDRED for fen in raw.get(key, ())]


def _numbers(raw: Raw, key: str, _look: Look) -> Sequence[Cell]:
    return [None if number is None else float(number) for number in raw.get(key, ())]


def _places(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
    """Return places as code and name, or one of them, as far as both are known."""
    codes = raw.get(key, ())
    names = raw.get(f"{key}_name") or [""] * len(codes)
    known: dict[tuple[str, str], str] = {}
    pairs = [(code or "", name or "") for code, name in zip(codes, names, strict=True)]
    for code, name in set(pairs):
        parts = {"code": (code,), "name": (name,)}.get(look.form, (code, name))
        known[code, name] = " ".join(part for part in parts if part)
    return [known[pair] for pair in pairs]


def _worded(words: Mapping[Any, Text]) -> "_Maker":
    """Return what puts words for codes; a code without words stays as it is."""

    def make(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
        codes = raw.get(key, ())
        said = {code: "" if code is None else str(code) for code in set(codes)}
        said |= {code: in_words(text, look.language) for code, text in words.items()}
        return list(map(said.__getitem__, codes))

    return make


def _said(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
    """Return stored texts of both languages; many rows tell the same few of them."""
    texts = raw.get(key, ())
    places = list(map(id, texts))
    said = {
        place: in_words(text, look.language) if text else ""
        for place, text in dict(zip(places, texts, strict=True)).items()
    }
    return list(map(said.__getitem__, places))


def _notes(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
    """Return what is noted: as it is, or in the language of the file."""
    return [
        in_words(note, look.language) if isinstance(note, Mapping) else note
        for note in raw.get(key, ())
    ]


def _phones(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
    phones = raw.get(key, ())
    return phones if look.is_whole else list(map(masked_phone, phones))


def _identities(raw: Raw, _key: str, look: Look) -> Sequence[Cell]:
    return shown_numbers(
        raw.get("id_mask", ()), raw.get("id_whole"), form=look.form, is_whole=look.is_whole
    )


def _accounts(raw: Raw, _key: str, look: Look) -> Sequence[Cell]:
    return masked_accounts(
        raw.get("account_mask", ()), raw.get("account_whole"), is_whole=look.is_whole
    )


def _addresses(raw: Raw, key: str, look: Look) -> Sequence[Cell]:
    """Return addresses; whoever may not see secrets sees that there is one."""
    found = raw.get(key, ())
    return found if look.is_whole else ["***" if each else "" for each in found]


def _ages(raw: Raw, _key: str, look: Look) -> Sequence[Cell]:
    born = raw.get("birth_date", ())
    if look.today is None:
        return ()
    return [None if each is None else completed_years(each, look.today) for each in born]


def _attended(raw: Raw, _key: str, _look: Look) -> Sequence[Cell]:
    """Return the share of the sessions held that somebody was at, floored to a tenth."""
    both = zip(raw.get("visits", ()), raw.get("meetings", ()), strict=True)
    return [visits * _THOUSAND // held / 10 if held else None for visits, held in both]


def _passed(raw: Raw, _key: str, look: Look) -> Sequence[Cell]:
    """Return what came of the course; nothing is said while it goes on."""
    said = {
        state: in_words(cell_words.PASSED[state == EnrollmentStatus.COMPLETED], look.language)
        for state in (set(EnrollmentStatus) - {EnrollmentStatus.ACTIVE})
    }
    return [said.get(state, "") for state in raw.get("status", ())]


def _marks(raw: Raw, _key: str, look: Look) -> Sequence[Cell]:
    """Return the best final test: the theory of who has no mark of an exam yet."""
    return _numbers(raw, "final", look)


def _records(raw: Raw, key: str, _look: Look) -> Sequence[Cell]:
    """Return what a row can be found by: the record it is about, unless it names others."""
    return raw.get(key) or list(map(str, raw.get("subject", ())))


_Maker = Callable[[Raw, str, Look], Sequence[Cell]]
_BY_SHAPE: Mapping[Shape, _Maker] = {
    Shape.HOURS: _hours,
    Shape.MONEY: _money,
    Shape.NUMBER: _numbers,
    Shape.PLACE: _places,
}
_MAKERS: Mapping[str, _Maker] = {
    **{key: _worded(known) for key, known in cell_words.WORDS.items()},
    **dict.fromkeys(("course", "county", "institution", "study_course", "lacking"), _said),
    "phone": _phones,
    "id_number": _identities,
    "account": _accounts,
    "address": _addresses,
    "age": _ages,
    "attendance_pct": _attended,
    "passed": _passed,
    "score_theory": _marks,
    "record": _records,
    "note": _notes,
}
