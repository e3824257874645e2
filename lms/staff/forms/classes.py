"""Reads what staff type of classes, sessions and attendance."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.clock import from_wall_clock, local_day
from lms.core.errors import InvalidInput, Message, NotFound
from lms.core.query import Faults, read_day, read_number, read_text
from lms.core.uscc import is_uscc, normal_uscc
from lms.enrollment.domain import ClassState, HostKind, SessionKind, SessionState
from lms.enrollment.models import ClassSession
from lms.enrollment.service import Meeting, Plan
from lms.staff.domain import ClassFilters, Marks, Part
from lms.staff.forms.people import CARD_IN_ADDRESS, is_card

MISSING = Message("missing", "Please fill this in.")
_MINUTES_A_UNIT = 45
_MOST_SEATS = 10_000
_MOST_UNITS = 1_000
_LONGEST_PLAN = 4_000
_LONGEST_REASON = 200
_LONGEST = 80
_MOST_MARKED = 500
_PAGE_ROWS, _MOST_ROWS = 50, 200


def parse_part(query: Mapping[str, Any]) -> Part:
    """Return the part of a list an address asks for. Raises ``InvalidInput``."""
    faults: Faults = {}
    after, before = read_number(query, "after", faults), read_number(query, "before", faults)
    limit = read_number(query, "limit", faults) or _PAGE_ROWS
    if faults:
        raise InvalidInput(faults)
    return Part(min(limit, _MOST_ROWS), after, before)


def parse_class_filters(query: Mapping[str, Any]) -> ClassFilters:
    """Return which classes an address asks for. Raises ``InvalidInput``."""
    faults: Faults = {}
    state = read_text(query, "state", faults, longest=_LONGEST)
    if state is not None and state not in set(ClassState):
        faults["state"] = Message("state_unknown", "There is no such state.")
    course = read_text(query, "course", faults, longest=_LONGEST)
    words = read_text(query, "q", faults, longest=_LONGEST)
    if faults:
        raise InvalidInput(faults)
    return ClassFilters(state, course, words)


def parse_seat_search(query: Mapping[str, Any]) -> str | None:
    """Return who is looked for to be put into a class. Raises ``InvalidInput``."""
    faults: Faults = {}
    words = read_text(query, "q", faults, longest=_LONGEST)
    if is_card(words):
        faults["q"] = CARD_IN_ADDRESS
    if faults:
        raise InvalidInput(faults)
    return words


def parse_seat(form: Mapping[str, Any]) -> int:
    """Return the person who is put into a class. Raises ``NotFound`` for what is nobody."""
    found = read_number(form, "person", {})
    if found is None:
        raise NotFound
    return found


def parse_plan(form: Mapping[str, Any]) -> Plan:
    """Return what is planned of a class. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    title = _needed(form, "title", faults)
    starts_on, ends_on = read_day(form, "starts_on", faults), read_day(form, "ends_on", faults)
    if starts_on is None:
        faults.setdefault("starts_on", MISSING)
    kind = _one_of(form, "host_kind", tuple(HostKind), faults)
    name = read_text(form, "host_name", faults, longest=_LONGEST)
    uscc = _uscc(form, "host_uscc", faults)
    if kind == HostKind.ENTERPRISE and not (name and uscc) and not faults:
        key = "host_name" if name is None else "host_uscc"
        faults[key] = Message("host_missing", "Please say which enterprise, with its credit code.")
    plan = {
        "ends_on": ends_on,
        "filing_no": read_text(form, "filing_no", faults, longest=40),
        "plan": read_text(form, "plan", faults, longest=_LONGEST_PLAN),
        "capacity": _count(form, "capacity", faults, most=_MOST_SEATS),
        "theory_minutes": _minutes(form, "theory", faults),
        "practice_minutes": _minutes(form, "practice", faults),
    }
    if faults or title is None or starts_on is None:
        raise InvalidInput(faults)
    host = {"host_kind": HostKind(kind), "host_name": name, "host_uscc": uscc}
    return Plan(title, starts_on, **plan, **host)  # type: ignore[arg-type]  # each read above


def parse_state(form: Mapping[str, Any]) -> ClassState:
    """Return the state a class is to go to. Raises ``InvalidInput``."""
    faults: Faults = {}
    state = _one_of(form, "state", tuple(ClassState), faults)
    if faults:
        raise InvalidInput(faults)
    return ClassState(state)


def parse_session_state(form: Mapping[str, Any]) -> SessionState:
    """Return what a session is said to be. Raises ``InvalidInput``."""
    faults: Faults = {}
    state = _one_of(form, "state", tuple(SessionState), faults)
    if faults:
        raise InvalidInput(faults)
    return SessionState(state)


def parse_meeting(form: Mapping[str, Any]) -> Meeting:
    """Return a session as it is planned. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    title, place = _needed(form, "title", faults), _needed(form, "place", faults)
    kind = _one_of(form, "kind", tuple(SessionKind), faults)
    day = read_day(form, "day", faults)
    if day is None:
        faults.setdefault("day", MISSING)
    begins, ends = (read_time(form, key, faults) for key in ("from", "until"))
    for key, value in (("from", begins), ("until", ends)):
        if value is None:
            faults.setdefault(key, MISSING)
    if faults or not (title and place and day and begins is not None and ends is not None):
        raise InvalidInput(faults)
    return Meeting(
        title,
        SessionKind(kind),
        _moment(day, begins),
        _moment(day, ends),
        place,
        required=form.get("required") == "1",
    )


def parse_marks(form: "MultiDict[str, str]", row: ClassSession) -> Marks:
    """Return whom staff write down at a session, and how. Raises ``InvalidInput``."""
    faults: Faults = {}
    people = [each for each in form.getlist("who") if each.isascii() and each.isdecimal()]
    if not people or len(people) > _MOST_MARKED:
        faults["who"] = Message("nobody_ticked", "Please tick the people you mean.")
    status = _one_of(form, "status", ("present", "absent"), faults)
    day = local_day(row.starts_at)
    late, early = (_within(form, key, day, row, faults) for key in ("from", "until"))
    if late and early and late >= early:
        faults["until"] = Message("session_times", "A session cannot end before it begins.")
    reason = read_text(form, "reason", faults, longest=_LONGEST_REASON)
    if faults:
        raise InvalidInput(faults)
    known = {int(each) for each in people if len(each) < len(str(2**63))}
    return Marks(tuple(sorted(known)), status == "present", late, early, reason)


def read_time(form: Mapping[str, Any], key: str, faults: Faults) -> time | None:
    """Return the time of day under the key; one that is none becomes a fault."""
    value = read_text(form, key, faults, longest=8)
    if value is None:
        return None
    try:
        return datetime.strptime(value[:5], "%H:%M").time()  # noqa: DTZ007 (a time of day has no zone)
    except ValueError:
        faults[key] = Message("not_a_time", "Please write the time like 09:30.")
        return None


def _within(
    form: Mapping[str, Any], key: str, day: date, row: ClassSession, faults: Faults
) -> datetime | None:
    at = read_time(form, key, faults)
    if at is None:
        return None
    moment = _moment(day, at)
    if not row.starts_at <= moment <= row.ends_at:
        faults[key] = Message("outside_session", "This lies outside of the session.")
    return moment


def _moment(day: date, at: time) -> datetime:
    return from_wall_clock(datetime.combine(day, at))


def _needed(form: Mapping[str, Any], key: str, faults: Faults) -> str | None:
    value = read_text(form, key, faults, longest=_LONGEST)
    if value is None:
        faults.setdefault(key, MISSING)
    return value


def _one_of(form: Mapping[str, Any], key: str, allowed: tuple[str, ...], faults: Faults) -> str:
    value = form.get(key)
    if value not in allowed:
        faults[key] = Message("choose_one", "Please choose one of these.")
        return ""
    return str(value)


def _count(form: Mapping[str, Any], key: str, faults: Faults, *, most: int) -> int | None:
    count = read_number(form, key, faults)
    if key in faults or (count is not None and count > most):
        faults[key] = Message(
            "not_a_count", "Please write a whole number from 1 to %(most)s.", {"most": most}
        )
    return count


def _minutes(form: Mapping[str, Any], key: str, faults: Faults) -> int:
    if form.get(key) == "0":
        return 0
    return (_count(form, key, faults, most=_MOST_UNITS) or 0) * _MINUTES_A_UNIT


def _uscc(form: Mapping[str, Any], key: str, faults: Faults) -> str | None:
    text = read_text(form, key, faults, longest=40)
    if text is None:
        return None
    code = normal_uscc(text)
    if not is_uscc(code):
        faults[key] = Message(
            "not_a_uscc", "This is no credit code: it has 18 signs. Please compare."
        )
    return code
