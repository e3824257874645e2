"""Reads lists other offices send: XLSX and CSV, as text, within limits, and nothing calculates."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import IO

from lxml import etree

from lms.core.errors import InvalidInput, Message
from lms.subsidy.domain.rows import MOST_ROWS, Cell, CellKind

MAX_BYTES = 32 * 1024 * 1024
_MOST_PARTS = 500
_MOST_UNPACKED = 400 * 1024 * 1024
# Sheets of plain rows pack about tenfold.
_MOST_RATIO = 150
_SMALL = 4 * 1024 * 1024
_MOST_COLUMNS = 60
_LONGEST_CELL = 500
_HEAD = 4096
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = re.compile(r"\{[^}]*relationships\}id")
_BLANK = Cell("", CellKind.TEXT)

UNREADABLE = Message(
    "list_unreadable", "This is neither an XLSX nor a CSV file that can be read. Save it anew."
)
_PROTECTED = Message(
    "list_odd", "There are things in this file a list has no need of. Save it anew."
)
_HUGE = Message("list_huge", "This file is larger than a list of 200,000 rows. Please split it.")
_EMPTY = Message("list_empty", "There is nothing in this file.")


def read_cells(data: bytes) -> Iterator[list[Cell]]:
    """Yield the rows of the first sheet. Raises ``InvalidInput`` for a file that is none."""
    if not data:
        raise InvalidInput({"list": _EMPTY})
    if len(data) > MAX_BYTES:
        raise InvalidInput({"list": _HUGE})
    rows = _workbook(data) if data[:2] == b"PK" else _csv(data)
    for number, row in enumerate(rows):
        # A title, a heading and a line to sign stand around the rows.
        if number > MOST_ROWS + 10:
            raise InvalidInput({"list": _HUGE})
        yield row


def _csv(data: bytes) -> Iterator[list[Cell]]:
    text = _decoded(data)
    if "\x00" in text:
        raise InvalidInput({"list": UNREADABLE})
    first = text.split("\n", 1)[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [Cell(each[:_LONGEST_CELL], CellKind.TEXT) for each in row[:_MOST_COLUMNS]]
    except csv.Error as error:
        raise InvalidInput({"list": UNREADABLE}) from error


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput({"list": UNREADABLE})


def _workbook(data: bytes) -> Iterator[list[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            _require_small(book)
            sheet = _first_sheet(book)
            words = _shared(book)
            with book.open(sheet) as file:
                yield from _rows(file, words)
    except (zipfile.BadZipFile, KeyError, etree.LxmlError, EOFError, RuntimeError) as error:
        raise InvalidInput({"list": UNREADABLE}) from error
    except (NotImplementedError, ValueError, IndexError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]  # it is there
        raise InvalidInput({"list": UNREADABLE}) from error


def _require_small(book: zipfile.ZipFile) -> None:
    parts = book.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED:
        raise InvalidInput({"list": _HUGE})
    for part in parts:
        if part.file_size > _SMALL and part.file_size > part.compress_size * _MOST_RATIO:
            raise InvalidInput({"list": _PROTECTED})
        if part.filename.endswith((".xml", ".rels")):
            with book.open(part) as file:
                head = file.read(_HEAD)
            # No list has declarations of its own; in another encoding they could hide.
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\x00" in head:
                raise InvalidInput({"list": _PROTECTED})


def _tree(book: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with book.open(name) as file:
        return etree.fromstring(file.read(_SMALL), parser)


def _first_sheet(book: zipfile.ZipFile) -> str:
    """Return the part that holds the first sheet of the workbook."""
    sheets = [each for each in _tree(book, "xl/workbook.xml").iter() if _name(each) == "sheet"]
    wanted = next(
        str(value) for key, value in sheets[0].attrib.items() if _RELATION.fullmatch(str(key))
    )
    for relation in _tree(book, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == wanted:
            target = str(relation.get("Target", ""))
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(wanted)


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    words: list[str] = []
    with book.open("xl/sharedStrings.xml") as file:
        for element in _elements(file, "si"):
            words.append(_text(element))
            _forget(element)
    return words


def _rows(file: IO[bytes], words: list[str]) -> Iterator[list[Cell]]:
    for row in _elements(file, "row"):
        cells: list[Cell] = []
        for element in row:
            if not element.tag.endswith("}c"):
                continue
            place = _column(element.get("r", "").rstrip("0123456789"), len(cells))
            if place >= _MOST_COLUMNS:
                break
            if place > len(cells):
                cells += [_BLANK] * (place - len(cells))
            cells.append(_cell(element, words))
        yield cells
        _forget(row)


def _elements(file: IO[bytes], name: str) -> Iterator[etree._Element]:
    steps = etree.iterparse(
        file,
        events=("end",),
        tag=(_MAIN + name, _STRICT + name),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for _, element in steps:
        yield element


def _cell(element: etree._Element, words: list[str]) -> Cell:
    kind, said, inline = element.get("t", "n"), "", None
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "f":
            return Cell("", CellKind.FORMULA)
        if name == "v":
            said = child.text or ""
        elif name == "is":
            inline = child
    if kind == "s":
        return Cell(words[int(said)][:_LONGEST_CELL], CellKind.TEXT)
    if kind == "inlineStr":
        return Cell(_text(inline)[:_LONGEST_CELL] if inline is not None else "", CellKind.TEXT)
    is_number = kind == "n" and said != ""
    return Cell(said[:_LONGEST_CELL], CellKind.NUMBER if is_number else CellKind.TEXT)


def _text(element: etree._Element) -> str:
    """Return the words of a string, without the reading aids beside them."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return element[0].text or ""
    return "".join(
        each.text or ""
        for each in element.iter()
        if _name(each) == "t" and _name(each.getparent()) != "rPh"
    )


@lru_cache(maxsize=1024)
def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _column(letters: str, after: int) -> int:
    """Return where a cell stands; one that does not say stands after the last."""
    is_place = letters.isalpha() and letters.isascii() and len(letters) <= len("XFD")
    return max(_number(letters.upper()), after) if is_place else after


def _name(element: etree._Element | None) -> str:
    tag = element.tag if element is not None else ""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _forget(element: etree._Element) -> None:
    """Let go of what was read, and of what stands before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
