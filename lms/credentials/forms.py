"""Parses what the desk sends about revocations."""

from collections.abc import Mapping

from lms.core.errors import InvalidInput, Message
from lms.credentials.domain.states import Plea, RevocationReason, Ruling

MAX_NOTE = 500


def parse_plea(sent: Mapping[str, str]) -> Plea:
    """Return why a badge is to be revoked. Raises ``InvalidInput`` naming what is missing."""
    faults = {}
    note = sent.get("note", "").strip()
    try:
        reason = RevocationReason(sent.get("reason", ""))
    except ValueError:
        reason = None
        faults["reason"] = Message("reason_missing", "Please choose a reason.")
    if not note:
        faults["note"] = Message("note_missing", "Please write what was found, and by whom.")
    elif len(note) > MAX_NOTE:
        faults["note"] = Message(
            "note_long", "At most %(max)s characters, please.", {"max": MAX_NOTE}
        )
    if reason is None or faults:
        raise InvalidInput(faults)
    return Plea(reason, note)


def parse_ruling(sent: Mapping[str, str]) -> Ruling:
    """Return the ruling. Raises ``InvalidInput`` for anything else."""
    try:
        return Ruling(sent.get("ruling", ""))
    except ValueError as error:
        fault = Message("ruling_missing", "Please confirm or decline.")
        raise InvalidInput({"ruling": fault}) from error
