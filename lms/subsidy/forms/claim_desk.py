"""Reads what reviewers ask for and say: filters, places of the queue, opinions, many at once."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.subsidy.domain.claim_desk import (
    LONGEST_REASON,
    MOST_AT_ONCE,
    OF_MANY,
    Batch,
    ClaimFilters,
    Opinion,
    Review,
    Stage,
)

_LONGEST = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OPINION = Message("opinion_missing", "Please choose what you found.")
_NOTHING = Message("claims_missing", "Please tick at least one claim.")
Place = tuple[datetime, int]


def parse_filters(query: Mapping[str, Any]) -> ClaimFilters:
    """Return which claims an address asks for. Raises ``InvalidInput`` naming what does not fit."""
    faults: Faults = {}
    names = ("county", "town", "programme", "q")
    texts = {name: read_text(query, name, faults, longest=_LONGEST) for name in names}
    person = read_number(query, "person", faults)
    # Whoever asks for a person wants all of that person's claims.
    asked = query.get("stage") or (Stage.ALL if person else Stage.FIRST)
    stage = _stage(asked, faults)
    if faults:
        raise InvalidInput(faults)
    return ClaimFilters(stage=stage, person=person, **texts)


def _stage(asked: str, faults: Faults) -> Stage:
    try:
        return Stage(asked)
    except ValueError:
        faults["stage"] = Message("choice_unknown", "This is not one of the choices.")
        return Stage.FIRST


def parse_place(query: Mapping[str, Any]) -> Place | None:
    """Return where the queue goes on, as ``written_place`` wrote it."""
    if not query.get("after"):
        return None
    moment, _, claim_id = str(query["after"]).partition("-")
    faults: Faults = {}
    parts = {"after": moment}, {"after": claim_id}
    micros, number = (read_number(part, "after", faults) for part in parts)
    try:
        return (_EPOCH + timedelta(microseconds=micros or 0), number or 0)
    except OverflowError:
        return None


def written_place(place: Place) -> str:
    """Return a place of the queue as an address carries it: microseconds and a number."""
    return f"{(place[0] - _EPOCH) // _MICROSECOND}-{place[1]}"


def parse_review(form: Mapping[str, Any]) -> Review:
    """Return what somebody says to a claim. Raises ``InvalidInput`` naming what is missing."""
    faults: Faults = {}
    reason = _reason(form, faults)
    version = read_number(form, "version", faults)
    opinion = _opinion(form, faults)
    if faults or opinion is None or version is None:
        raise InvalidInput(faults or {"version": _OPINION})
    return Review(opinion, version, reason, has_looked="looked" in form)


def parse_batch(sent: MultiDict[str, str]) -> Batch:
    """Return what somebody says to many claims, each written as number and version seen.

    Raises ``InvalidInput`` naming what is missing, or too much.
    """
    faults: Faults = {}
    opinion = _opinion(sent, faults)
    if opinion is not None and opinion not in OF_MANY:
        faults["opinion"] = _OPINION
    pairs = [_pair(each) for each in sent.getlist("claim")]
    versions = dict(pair for pair in pairs if pair)
    if not versions:
        faults["claim"] = _NOTHING
    if len(versions) > MOST_AT_ONCE:
        faults["claim"] = Message(
            "claims_many", "At most %(most)s claims at once, please.", {"most": MOST_AT_ONCE}
        )
    reason = _reason(sent, faults)
    if faults or opinion is None:
        raise InvalidInput(faults)
    return Batch(opinion, versions, reason)


def _opinion(form: Mapping[str, Any], faults: Faults) -> Opinion | None:
    try:
        return Opinion(form.get("opinion", ""))
    except ValueError:
        faults["opinion"] = _OPINION
        return None


def _pair(text: str) -> tuple[int, int] | None:
    number, _, version = text.partition("-")
    faults: Faults = {}
    parts = {"of": number}, {"of": version}
    found = [read_number(part, "of", faults) for part in parts]
    return (found[0], found[1]) if found[0] and found[1] else None


def _reason(form: Mapping[str, Any], faults: Faults) -> str | None:
    text = str(form.get("reason") or "").strip()
    if len(text) > LONGEST_REASON or "\x00" in text:
        faults["reason"] = Message(
            "note_long", "At most %(max)s characters, please.", {"max": LONGEST_REASON}
        )
    return text or None
