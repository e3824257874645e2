"""Keeps the Chinese catalogue: merges its parts, says what lacks words, compiles it."""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = Path("lms") / "translations"
CATALOGUE = TRANSLATIONS / "zh" / "LC_MESSAGES" / "messages.po"
PARTS = TRANSLATIONS / "parts"
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd]")

# Which argument is the sentence. Messages and errors carry a code first.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "Message": (2,),
    "__init__": (2,),
}

Key = tuple[str, str | None]
Forms = str | list[str] | tuple[str, ...] | None


def main() -> None:
    """Merge, then compile; with ``--check`` only say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail on any fault")
    only_check = parser.parse_args().check
    found = faults(ROOT)
    if not only_check:
        merge(ROOT)
        compile_catalogue(ROOT)
    for fault in found:
        print(fault)
    if found:
        sys.exit(f"{len(found)} faults in the Chinese catalogue.")
    print("Every sentence of the site has its Chinese words.")


def faults(root: Path) -> list[str]:
    """Return every sentence without Chinese, and every Chinese sentence nobody says any more."""
    used = extract(root)
    words = {key(message): message for message in translations(root)}
    found = [f"{where(m)}: no Chinese for “{first(m.id)}”" for m in used if not said(words, m)]
    found += [
        f"{fault}: “{first(message.id)}”"
        for message in used
        if said(words, message)
        for fault in word_faults(words[key(message)], message)
    ]
    wanted = {key(message) for message in used}
    found += [f"nobody says “{first(m.id)}” any more" for k, m in words.items() if k not in wanted]
    return found + said_twice(root)


def extract(root: Path) -> list[Message]:
    """Return every sentence of the code and the templates, with where it stands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        parsed: tuple[list[tuple[str, str]], dict[str, dict[str, str]]]
        parsed = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel forgot to say
    errors = _own_errors() if root == ROOT else _own_errors() | error_classes(root)
    catalogue = Catalog(locale="zh")
    for name, line, message, _comments, context in extract_from_dir(
        str(root),
        *parsed,
        keywords={**KEYWORDS, **dict.fromkeys(errors, (2,))},
        directory_filter=lambda folder: not Path(folder).name.startswith("."),
    ):
        catalogue.add(message, None, [(name, line)], context=context)
    return [message for message in catalogue if message.id]


@cache
def _own_errors() -> set[str]:
    return error_classes(ROOT)


def error_classes(root: Path) -> set[str]:
    """Return the names of the coded errors: ``LmsError`` and all that descends from it."""
    bases: dict[str, set[str]] = {}
    for file in sorted((root / "lms").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                names = {base.id for base in node.bases if isinstance(base, ast.Name)}
                bases.setdefault(node.name, set()).update(names)
    found = {"LmsError"}
    while fresh := {name for name, over in bases.items() if over & found} - found:
        found |= fresh
    return found


def translations(root: Path) -> Iterator[Message]:
    """Return what has Chinese words; a part wins over the merged catalogue."""
    merged: dict[Key, Message] = {}
    for file in [root / CATALOGUE, *sorted((root / PARTS).glob("*.po"))]:
        merged.update((key(message), message) for message in read(file))
    yield from merged.values()


def read(file: Path) -> list[Message]:
    """Return the messages of one file, none where there is no file."""
    if not file.exists():
        return []
    with file.open("rb") as opened:
        catalogue = read_po(opened, locale="zh", abort_invalid=True)
    return [message for message in catalogue if message.id]


def said(words: dict[Key, Message], message: Message) -> bool:
    """Tell whether the sentence has Chinese words."""
    known = words.get(key(message))
    if known is None:
        return False
    return all(forms(known.string))


def word_faults(words: Message, message: Message) -> Iterator[str]:
    """Tell what is wrong with the Chinese of one sentence."""
    if words.fuzzy:
        yield f"{where(message)}: the Chinese is marked as a guess"
    if len(forms(message.id)) > 1 and isinstance(words.string, str):
        yield f"{where(message)}: the sentence counts, so its Chinese is msgstr[0]"
    chinese = first(words.string)
    if placeholders(chinese) != placeholders(forms(message.id)[-1]):
        yield f"{where(message)}: the Chinese fills in other values than the English"


def said_twice(root: Path) -> list[str]:
    """Return the sentences to which two parts give different words."""
    seen: dict[Key, tuple[str, str]] = {}
    found = []
    for file in sorted((root / PARTS).glob("*.po")):
        for message in read(file):
            words = first(message.string)
            other, where_else = seen.setdefault(key(message), (words, file.name))
            if other != words:
                found.append(
                    f"{file.name} says “{words}”, {where_else} says “{other}” "
                    f"for “{first(message.id)}”"
                )
    return found


def merge(root: Path) -> None:
    """Write the merged catalogue: the sentences in use with their words, in a stable order."""
    words = {key(message): message for message in translations(root)}
    catalogue = new_catalogue()
    for message in extract(root):
        known = words.get(key(message))
        places = sorted({(name, 0) for name, _line in message.locations})
        string = known.string if known else None
        catalogue.add(message.id, string, places, context=message.context)
    write(root / CATALOGUE, serialize(catalogue))


def serialize(catalogue: Catalog) -> bytes:
    """Return the catalogue as text that changes only where a sentence changes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += '"Language: zh\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    return header.encode() + out.getvalue()


def compile_catalogue(root: Path) -> None:
    """Write the file the site reads, where it is older than the words; safe to run at once."""
    sources = [root / CATALOGUE, *(root / PARTS).glob("*.po")]
    target = (root / CATALOGUE).with_suffix(".mo")
    newest = max((file.stat().st_mtime for file in sources if file.exists()), default=0.0)
    if not newest or (target.exists() and target.stat().st_mtime > newest):
        return
    catalogue = new_catalogue()
    for message in translations(root):
        catalogue.add(message.id, message.string, context=message.context)
    out = io.BytesIO()
    write_mo(out, catalogue)
    write(target, out.getvalue())


def new_catalogue() -> Catalog:
    """Return an empty Chinese catalogue; Chinese has one form for every number."""
    return Catalog(locale="zh")


def write(target: Path, content: bytes) -> None:
    """Put a whole file in place at once, so that no reader meets half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as fresh:
        fresh.write(content)
    Path(fresh.name).chmod(0o644)
    Path(fresh.name).replace(target)


def key(message: Message) -> Key:
    """Return what tells one sentence from another."""
    return first(message.id), message.context


def where(message: Message) -> str:
    """Return the first place that says the sentence."""
    return ":".join(map(str, message.locations[0])) if message.locations else "catalogue"


def first(text: Forms) -> str:
    """Return the sentence, or the first of its plural forms."""
    return forms(text)[0]


def forms(text: Forms) -> tuple[str, ...]:
    """Return the sentence in its plural forms; the last one fills in the most."""
    if text is None or isinstance(text, str):
        return (text or "",)
    return tuple(text) or ("",)


def placeholders(text: str) -> set[str]:
    """Return the names of what is filled in."""
    return set(PLACEHOLDER.findall(text))


if __name__ == "__main__":
    main()
