"""Parses what the desk sends: a request about a badge, and how it ended."""

from collections.abc import Mapping

from lms.core.errors import InvalidInput, Message
from lms.credentials.domain.states import Aim, Plea, Ruling, reasons_for

MAX_NOTE = 500


def parse_plea(sent: Mapping[str, str]) -> Plea:
    """Return what is asked for and why. Raises ``InvalidInput`` naming what is missing."""
    faults = {}
    note = sent.get("note", "").strip()
    aim = Aim.REISSUE if sent.get("aim") == Aim.REISSUE else Aim.REVOKE
    reason = next((each for each in reasons_for(aim) if each == sent.get("reason")), None)
    if reason is None:
        faults["reason"] = Message("reason_missing", "Please choose a reason.")
    if not note:
        faults["note"] = Message("note_missing", "Please write what was found, and by whom.")
    elif len(note) > MAX_NOTE:
        faults["note"] = Message(
            "note_long", "At most %(max)s characters, please.", {"max": MAX_NOTE}
        )
    if reason is None or faults:
        raise InvalidInput(faults)
    return Plea(aim, reason, note)


def parse_ruling(sent: Mapping[str, str]) -> Ruling:
    """Return the ruling. Raises ``InvalidInput`` for anything else."""
    try:
        return Ruling(sent.get("ruling", ""))
    except ValueError as error:
        fault = Message("ruling_missing", "Please confirm or decline.")
        raise InvalidInput({"ruling": fault}) from error
