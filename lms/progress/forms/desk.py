"""What learners and the desk say about time: appeals, decisions, outages, words about a flag."""

from collections.abc import Mapping
from datetime import datetime

from werkzeug.datastructures import MultiDict

from lms.core.clock import from_wall_clock
from lms.core.errors import InvalidInput, Message, NotFound
from lms.progress.domain.flags import FlagRuling
from lms.progress.domain.requests import LONGEST_OUTAGE_MS, Decision, Outage, RequestRuling
from lms.progress.domain.units import datetime_to_ms

MAX_WORDS = 500
_MAX_STRETCHES = 10_000
# Fits a column of 64 bits.
_DIGITS = 18
_MOMENT = len("2026-11-20T09:30:00")
_CHOOSE = Message("ruling_missing", "Please choose what you found.")


def parse_words(sent: Mapping[str, str], name: str = "words") -> str:
    """Return what somebody wrote. Raises ``InvalidInput`` for nothing or too much."""
    words = sent.get(name, "").strip()
    if not words:
        raise InvalidInput({name: Message("words_missing", "Please write a sentence.")})
    if len(words) > MAX_WORDS:
        fault = Message("note_long", "At most %(max)s characters, please.", {"max": MAX_WORDS})
        raise InvalidInput({name: fault})
    return words


def parse_decision(sent: MultiDict[str, str]) -> Decision:
    """Return how somebody rules on a request, with the reason the learner reads.

    Raises ``InvalidInput`` naming what is missing. ``stretch`` may stand several times; where
    ``some`` is sent and none is named, nothing would be counted, which is said instead.
    """
    ruling = _ruling(sent)
    if ruling is RequestRuling.WITHDRAWN:
        return Decision(ruling)
    reason = parse_words(sent, "reason")
    if ruling is RequestRuling.DECLINED or "some" not in sent:
        return Decision(ruling, reason)
    named = sent.getlist("stretch")
    places = frozenset(int(each) for each in named[:_MAX_STRETCHES] if _is_place(each))
    if not places:
        fault = Message("stretch_missing", "Please tick what is to count, or leave it as it is.")
        raise InvalidInput({"stretch": fault})
    return Decision(ruling, reason, places)


def parse_flag_ruling(sent: Mapping[str, str]) -> tuple[FlagRuling, str]:
    """Return what somebody found and why. Raises ``InvalidInput`` naming what is missing."""
    try:
        ruling = FlagRuling(sent.get("ruling", ""))
    except ValueError as error:
        raise InvalidInput({"ruling": _CHOOSE}) from error
    return ruling, parse_words(sent, "reason")


def parse_outage(sent: Mapping[str, str]) -> Outage:
    """Return the outage asked about. Raises ``InvalidInput`` naming what does not fit."""
    began, ended = _moment(sent, "from"), _moment(sent, "to")
    if ended <= began:
        fault = Message("ends_before", "The end has to come after the beginning.")
        raise InvalidInput({"to": fault})
    if ended - began > LONGEST_OUTAGE_MS:
        fault = Message("outage_long", "At most 24 hours, please.")
        raise InvalidInput({"to": fault})
    return Outage(sent.get("county", "")[:6], began, ended, parse_words(sent))


def parse_cursor(sent: Mapping[str, str]) -> int | None:
    """Return where a list goes on; what is no number starts at the beginning."""
    after = sent.get("after", "")
    return int(after) if _is_place(after) else None


def parse_late(sent: Mapping[str, str]) -> tuple[int, int]:
    """Return whose late time of which material. Raises ``NotFound`` for what is no number."""
    person, material = sent.get("person", ""), sent.get("material", "")
    if not (_is_place(person) and _is_place(material)):
        raise NotFound
    return int(person), int(material)


def _ruling(sent: Mapping[str, str]) -> RequestRuling:
    try:
        return RequestRuling(sent.get("ruling", ""))
    except ValueError as error:
        raise InvalidInput({"ruling": _CHOOSE}) from error


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS


def _moment(sent: Mapping[str, str], name: str) -> int:
    try:
        read = datetime.fromisoformat(sent.get(name, "")[:_MOMENT])
        return datetime_to_ms(from_wall_clock(read.replace(tzinfo=None)))
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            {name: Message("moment_missing", "Please give day and time.")}
        ) from error
