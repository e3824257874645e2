"""Writes a stored decision so that anybody can hash again what it rests on."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import dumps
from typing import Any

from lms.subsidy.domain.facts_file import as_json
from lms.subsidy.domain.facts_record import facts_of_record

# What a decision does not rest on, as ``Judged.written`` says.
_UNSEEN = ("study", "attempts", "applied_on")


def in_order(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return stored facts in the order they were hashed in: a database may have lost it.

    Facts that cannot be read are returned as they are.
    """
    try:
        written = as_json(facts_of_record(facts))
    except (KeyError, TypeError, ValueError):
        return facts
    found: Mapping[str, Any] = _like(facts, written)
    return found


def has_basis(facts: Mapping[str, Any], results: Sequence[Mapping[str, Any]], stored: str) -> bool:
    """Tell whether the stored digest is made as it is today; the first decisions had another."""
    found = sorted([each["id"], each["verdict"], each["code"]] for each in results)
    basis = {**facts, **dict.fromkeys(_UNSEEN), "found": found}
    text = dumps(basis, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest() == stored


def _like(value: Any, model: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return the value with the members of its objects in the order of the model's."""
    if isinstance(value, dict) and isinstance(model, dict):
        names = [*(name for name in model if name in value), *(n for n in value if n not in model)]
        return {name: _like(value[name], model.get(name)) for name in names}
    if isinstance(value, list) and isinstance(model, list):
        models = [*model, *([None] * len(value))]
        return [_like(each, own) for each, own in zip(value, models, strict=False)]
    return value
