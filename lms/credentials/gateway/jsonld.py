"""JSON-LD and canonical RDF with pinned contexts; nothing is ever fetched.

Two implementations that share no code: pyld expands what we sign and refuses a member that no
context defines (it would stay unsigned), oxigraph reads back what was signed. A fault of either
shows as a signature that does not verify, before anything is stored.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import pyoxigraph as rdf
from openbadgeslib.ob3.contexts import bundled_contexts, document_loader
from pyld import jsonld

# pyld keeps the contexts it resolved in caches that threads may not share.
_pyld = Lock()
_MARK = re.compile(r'"urn:mark:(\d+)"')


class UndefinedTerm(Exception):
    """A member that no context defines: it would not be covered by the signature."""


@cache
def trusted_contexts() -> frozenset[str]:
    """Return the addresses of the contexts this site knows and signs or reads with."""
    return frozenset(bundled_contexts())


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the canonical N-Quads (RDFC-1.0) of a document that is to be signed.

    Documents of one shape are expanded once, with marks for their texts; each one's own are put
    in afterwards. Whether that came out right, ``canonical_as_read`` of the whole tells.
    Raises ``UndefinedTerm`` for a member the contexts do not define (JSON-LD safe mode).
    """
    texts: list[str] = []
    expanded = _expanded(json.dumps(_marked(document, texts)))
    return _canonized(_MARK.sub(lambda mark: json.dumps(texts[int(mark[1])]), expanded))


def canonical_as_read(document: Mapping[str, Any]) -> bytes:
    """Return the canonical N-Quads of a document whose contexts are all trusted.

    The contexts are cut down to the terms the document uses, once for all documents of its
    shape. A cut too deep shows: the result then differs from what was signed.
    Raises ``SyntaxError`` for what is no JSON-LD and ``KeyError`` for a context of others.
    """
    body = {key: value for key, value in document.items() if key != "@context"}
    names = document["@context"]
    contexts = tuple(names) if isinstance(names, list) else (names,)
    spoken = _contexts_text(contexts, _terms().intersection(_words(body)))
    return _canonized(f'{{"@context":{spoken},{json.dumps(body)[1:]}')


def _marked(value: Any, texts: list[str], name: str = "") -> Any:  # noqa: ANN401 (JSON)
    """Return the shape of a document: marks for texts, which are noted; what has meaning stays."""
    if isinstance(value, Mapping):
        return {key: _marked(member, texts, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_marked(each, texts, name) for each in value]
    if not isinstance(value, str) or name in ("type", "@context") or value in _terms():
        return value
    texts.append(value)
    return f"urn:mark:{len(texts) - 1}"


@lru_cache(maxsize=64)
def _expanded(shape: str) -> str:
    with _pyld:
        expanded = jsonld.expand(
            json.loads(shape),
            {"documentLoader": document_loader()},
            on_property_dropped=_refuse,
        )
    return json.dumps(expanded)


def _refuse(term: str | None) -> None:
    raise UndefinedTerm(str(term))


@cache
def _terms() -> frozenset[str]:
    """Return every term that any of the pinned contexts defines, however deep."""

    def terms(value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield from value
            for meaning in value.values():
                yield from terms(meaning)

    return frozenset(terms(bundled_contexts()))


def _words(value: object) -> Iterator[str]:
    """Yield every member name of a document and every text in it, however deep."""
    if isinstance(value, Mapping):
        yield from value
        for member in value.values():
            yield from _words(member)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, str):
        yield value


@lru_cache(maxsize=64)
def _contexts_text(names: tuple[str, ...], words: frozenset[str]) -> str:
    known = bundled_contexts()
    cut = [_cut(known[name]["@context"], words) for name in names]
    return json.dumps(cut, separators=(",", ":"))


def _cut(context: Mapping[str, Any], words: frozenset[str]) -> dict[str, Any]:
    """Return a context without the terms nobody uses; prefixes and keywords stay."""
    kept: dict[str, Any] = {}
    for term, meaning in context.items():
        if isinstance(meaning, Mapping) and isinstance(meaning.get("@context"), Mapping):
            if term in words:
                kept[term] = {**meaning, "@context": _cut(meaning["@context"], words)}
        elif term in words or term.startswith("@") or _is_prefix(meaning):
            kept[term] = meaning
    return kept


def _is_prefix(meaning: object) -> bool:
    return isinstance(meaning, str) and (meaning.startswith("@") or meaning[-1:] in "#/")


def _canonized(text: str) -> bytes:
    dataset = rdf.Dataset(rdf.parse(text, format=rdf.RdfFormat.JSON_LD))
    dataset.canonicalize(rdf.CanonicalizationAlgorithm.RDFC_1_0)
    lines = rdf.serialize(dataset, format=rdf.RdfFormat.N_QUADS)
    if lines is None:
        raise ValueError("nothing was written")
    return b"".join(sorted(lines.splitlines(keepends=True)))
