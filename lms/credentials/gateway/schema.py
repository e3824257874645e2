"""Checks documents against the published schema of Open Badges 3.0.

``schema/`` holds 1EdTech's file as published; only this site's copy is ever read.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft201909Validator

_FILE = (
    Path(__file__).resolve().parent.parent / "schema" / "ob_v3p0_achievementcredential_schema.json"
)
_SHOWN = 3


def faults(document: Mapping[str, Any]) -> list[str]:
    """Return where the document breaks the schema, ``place: reason``, a few at most."""
    found = []
    for error in _validator().iter_errors(dict(document)):
        place = "/".join(str(step) for step in error.instance_path) or "/"
        found.append(f"{place}: {error.message[:160]}")
        if len(found) == _SHOWN:
            break
    return found


@cache
def _validator() -> Draft201909Validator:
    schema = json.loads(_FILE.read_text(encoding="utf-8"))
    return Draft201909Validator(schema, validate_formats=True)
