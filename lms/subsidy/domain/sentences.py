"""A sentence as a row keeps it: code and parameters, so that each reads it in their language."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import Message


def written_sentence(message: Message) -> dict[str, Any]:
    """Return the sentence as JSON holds it."""
    return {
        "code": message.code,
        "text": message.text,
        "params": {
            name: written_sentence(value) if isinstance(value, Message) else value
            for name, value in message.params.items()
        },
    }


def read_sentence(kept: Mapping[str, Any]) -> Message:
    """Return a sentence that was kept."""
    return Message(
        kept["code"],
        kept["text"],
        {
            name: read_sentence(value) if isinstance(value, Mapping) else value
            for name, value in kept["params"].items()
        },
    )
