"""JSON-LD and canonical RDF with pinned contexts; nothing is ever fetched.

Two implementations that share no code: pyld expands what we sign and refuses a member that no
context defines (it would stay unsigned), oxigraph reads back what was signed. A fault of either
shows as a signature that does not verify, before anything is stored.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import pyoxigraph as rdf
from openbadgeslib.ob3.contexts import bundled_contexts, document_loader
from pyld import jsonld

# pyld keeps the contexts it resolved in caches that threads may not share.
_pyld = Lock()


class UndefinedTerm(Exception):
    """A member that no context defines: it would not be covered by the signature."""


@cache
def trusted_contexts() -> frozenset[str]:
    """Return the addresses of the contexts this site knows and signs or reads with."""
    return frozenset(bundled_contexts())


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the canonical N-Quads (RDFC-1.0) of a document that is to be signed.

    Raises ``UndefinedTerm`` for a member the contexts do not define (JSON-LD safe mode).
    """
    with _pyld:
        expanded = jsonld.expand(
            dict(document), {"documentLoader": document_loader()}, on_property_dropped=_refuse
        )
    return _canonized(json.dumps(expanded))


def canonical_as_read(document: Mapping[str, Any]) -> bytes:
    """Return the canonical N-Quads of a document whose contexts are all trusted.

    Raises ``SyntaxError`` for what is no JSON-LD and ``KeyError`` for a context of others.
    """
    body = {key: value for key, value in document.items() if key != "@context"}
    names = document["@context"]
    contexts = _contexts_text(tuple(names) if isinstance(names, list) else (names,))
    return _canonized(f'{{"@context":{contexts},{json.dumps(body)[1:]}')


def _refuse(term: str | None) -> None:
    raise UndefinedTerm(str(term))


@lru_cache(maxsize=32)
def _contexts_text(names: tuple[str, ...]) -> str:
    known = bundled_contexts()
    return json.dumps([known[name]["@context"] for name in names], separators=(",", ":"))


def _canonized(text: str) -> bytes:
    dataset = rdf.Dataset(rdf.parse(text, format=rdf.RdfFormat.JSON_LD))
    dataset.canonicalize(rdf.CanonicalizationAlgorithm.RDFC_1_0)
    lines = rdf.serialize(dataset, format=rdf.RdfFormat.N_QUADS)
    if lines is None:
        raise ValueError("nothing was written")
    return b"".join(sorted(lines.splitlines(keepends=True)))
