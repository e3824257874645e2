"""Read worked schedules, parsed from their file already, and say clearly what is wrong in one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.spans import Pair, Spans
from lms.progress.domain.state import Beat, Key, PlayerState
from lms.progress.domain.units import seconds_to_ms

SCHEMA = 1
_Choice = TypeVar("_Choice", bound=StrEnum)


class CaseError(ValueError):
    """A case file does not have the shape of one; the message says where and what."""


class EventKind(StrEnum):
    """What can happen in a schedule."""

    LEASE = "lease"
    BEAT = "beat"
    PROMPT = "prompt"
    ANSWER = "answer"
    EXTEND = "extend"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Event:
    """One event at ``at`` milliseconds after the midnight its schedule begins with."""

    at: int
    kind: EventKind
    device: Key
    lesson: str | None = None
    beat: Beat | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a schedule is to end with, in milliseconds."""

    lessons: Mapping[str, tuple[Spans, Spans]]
    verified_ms: int
    refused: Mapping[str, int]
    errors: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A schedule of one learner: settings, the lessons' durations, events, what is expected."""

    case_id: Key
    settings: CountingSettings
    lessons: Mapping[str, int]
    events: tuple[Event, ...]
    expect: Expectation | None


def load_cases(data: object) -> tuple[Case, ...]:
    """Return the cases of a parsed case file. Raises ``CaseError``."""
    top = _mapping(data, "the file")
    if top.get("schema", SCHEMA) != SCHEMA:
        raise CaseError(f"schema {top['schema']!r} is not known, only {SCHEMA}")
    settings = _settings(CountingSettings(), top, "the file")
    lessons = _lessons(top, "the file")
    return tuple(
        _case(_mapping(each, f"case {number}"), number, settings, lessons)
        for number, each in enumerate(_list(top, "cases", "the file"), start=1)
    )


def _case(
    data: Mapping[str, Any], number: int, settings: CountingSettings, lessons: Mapping[str, int]
) -> Case:
    case_id = data.get("id", number)
    if isinstance(case_id, bool) or not isinstance(case_id, int | str):
        raise CaseError(f"case {number}: “id” must be a name or a number")
    where = f"case {case_id}"
    durations = {**lessons, **_lessons(data, where)}
    expect = data.get("expect")
    return Case(
        case_id=case_id,
        settings=_settings(settings, data, where),
        lessons=durations,
        events=_events(_list(data, "events", where), durations, where),
        expect=None if expect is None else _expectation(expect, f"{where}, expect"),
    )


def _settings(base: CountingSettings, data: Mapping[str, Any], where: str) -> CountingSettings:
    try:
        return base.overridden(_mapping(data.get("settings", {}), f"{where}, settings"))
    except CaseError:
        raise
    except ValueError as error:
        raise CaseError(f"{where}: {error}") from error


def _lessons(data: Mapping[str, Any], where: str) -> dict[str, int]:
    lessons = _mapping(data.get("lessons", {}), f"{where}, lessons")
    durations = {
        str(name): _ms(value, f"{where}, lesson {name}") for name, value in lessons.items()
    }
    for name, duration in durations.items():
        if duration <= 0:
            raise CaseError(f"{where}, lesson {name}: a lesson must last longer than 0 s")
    return durations


def _events(data: Sequence[object], lessons: Mapping[str, int], where: str) -> tuple[Event, ...]:
    """Read the events in their order; each beat needs a lease its device took before."""
    events: list[Event] = []
    leased: set[Key] = set()
    for number, each in enumerate(data, start=1):
        place = f"{where}, event {number}"
        event = _event(_mapping(each, place), lessons, place)
        if events and event.at < events[-1].at:
            raise CaseError(f"{place}: happens before event {number - 1}")
        if event.kind is EventKind.LEASE:
            leased.add(event.device)
        elif event.kind in _NEEDS_LEASE and event.device not in leased:
            raise CaseError(f"{place}: device {event.device} has taken no lease")
        events.append(event)
    return tuple(events)


_NEEDS_LEASE = frozenset({EventKind.BEAT, EventKind.PROMPT, EventKind.RELEASE})


def _event(data: Mapping[str, Any], lessons: Mapping[str, int], where: str) -> Event:
    kind = _choice(EventKind, data.get("do"), f"{where}: “do”")
    at = _ms(data.get("at"), f"{where}, “at”")
    if at < 0:
        raise CaseError(f"{where}: “at” must not be below 0")
    device = data.get("device", 1)
    if isinstance(device, bool) or not isinstance(device, int | str):
        raise CaseError(f"{where}: “device” must be a name or a number")
    lesson = None
    if kind is EventKind.LEASE:
        lesson = str(data.get("lesson"))
        if lesson not in lessons:
            raise CaseError(f"{where}: lesson {lesson} is not among the lessons")
    beat = _beat(data, where) if kind is EventKind.BEAT else None
    return Event(at, kind, device, lesson, beat)


def _beat(data: Mapping[str, Any], where: str) -> Beat:
    seq = data.get("seq")
    if isinstance(seq, bool) or not isinstance(seq, int):
        raise CaseError(f"{where}: “seq” must be a whole number")
    return Beat(
        seq=seq,
        played=_pairs(data.get("played"), f"{where}, “played”"),
        state=_choice(PlayerState, data.get("state", "playing"), f"{where}: “state”"),
    )


def _expectation(value: object, where: str) -> Expectation:
    data = _mapping(value, where)
    lessons = _mapping(data.get("lessons", {}), f"{where}, lessons")
    refused = _mapping(data.get("refused", {}), f"{where}, refused")
    return Expectation(
        lessons={
            str(name): _sets(sets, f"{where}, lesson {name}") for name, sets in lessons.items()
        },
        verified_ms=_ms(data.get("verified_seconds"), f"{where}, “verified_seconds”"),
        refused={str(key): _ms(ms, f"{where}, refused {key}") for key, ms in refused.items()},
        errors=tuple(
            _error(each, f"{where}, errors") for each in _sequence(data.get("errors", []), where)
        ),
    )


def _sets(value: object, where: str) -> tuple[Spans, Spans]:
    data = _mapping(value, where)
    seen = _pairs(data.get("seen", []), f"{where}, “seen”")
    credited = _pairs(data.get("credited", []), f"{where}, “credited”")
    return Spans.of(seen), Spans.of(credited)


def _error(value: object, where: str) -> tuple[int, str]:
    data = _mapping(value, where)
    return _ms(data.get("at"), f"{where}, “at”"), str(data.get("code"))


def _pairs(value: object, where: str) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    for each in _sequence(value, where):
        ends = _sequence(each, where)
        if len(ends) != len(("from", "to")):
            raise CaseError(f"{where}: an interval is [from, to], not {each!r}")
        begin, end = (_ms(seconds, where) for seconds in ends)
        if end < begin:
            raise CaseError(f"{where}: interval {each!r} ends before it begins")
        pairs.append((begin, end))
    return tuple(pairs)


def _ms(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CaseError(f"{where}: {value!r} is not a number of seconds")
    try:
        return seconds_to_ms(value)
    except (ValueError, ArithmeticError) as error:
        raise CaseError(f"{where}: {value!r} is not a number of seconds") from error


def _choice(kind: type[_Choice], value: object, where: str) -> _Choice:
    try:
        return kind(str(value))
    except ValueError as error:
        names = ", ".join(kind)
        raise CaseError(f"{where} must be one of {names}, not {value!r}") from error


def _mapping(value: object, where: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise CaseError(f"{where}: a mapping is expected here")
    return value


def _sequence(value: object, where: str) -> Sequence[Any]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise CaseError(f"{where}: a list is expected here")
    return value


def _list(data: Mapping[str, Any], name: str, where: str) -> Sequence[Any]:
    return _sequence(data.get(name), f"{where}, “{name}”")
