"""Read facts from parsed YAML or JSON, and write them down as JSON for the record."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from lms.subsidy.domain import reading
from lms.subsidy.domain.facts import (
    Certificate,
    Facts,
    Flag,
    Learner,
    PastSubsidy,
    ProgrammeFacts,
    Sex,
    Study,
    StudyDay,
    Tie,
    Training,
)
from lms.subsidy.domain.policy import Number
from lms.subsidy.domain.reading import MalformedError, maybe

_Enum = TypeVar("_Enum", bound=Enum)
_Read = TypeVar("_Read")


class _Part:
    """One part of the facts; a key that is not there is as unknown as one that is null."""

    def __init__(self, value: object, where: str) -> None:
        self.values = {} if value is None else reading.mapping(value, where)
        self.where = where

    def get(self, name: str, read: Callable[[object, str], _Read]) -> _Read | None:
        return maybe(self.values.get(name), f"{self.where}, “{name}”", read)


def read_facts(data: Mapping[str, Any], where: str) -> Facts:
    """Return the facts; what nobody filled in stays unknown. Raises ``MalformedError``."""

    def part(name: str) -> _Part:
        return _Part(data.get(name), f"{where}, {name}")

    return Facts(
        learner=_learner(part("learner")),
        programme=_programme(part("programme")),
        training=Training(
            part("training").get("start", reading.day), part("training").get("end", reading.day)
        ),
        study=_study(part("study")),
        attempts=part("quiz").get("attempts", _attempts),
        certificate=maybe(data.get("certificate"), f"{where}, certificate", _certificate),
        applied_on=part("application").get("date", reading.day),
        history=maybe(data.get("history"), f"{where}, history", _history),
        other_public_source=part("funding").get("other_public_source", reading.truth),
        payee_name_matches=part("payee").get("name_matches", reading.truth),
        integrity=part("integrity").get("flag", _one_of(Flag)),
    )


def _learner(part: _Part) -> Learner:
    return Learner(
        real_name_verified=part.get("real_name_verified", reading.truth),
        consent=part.get("consent", reading.truth),
        sex=part.get("sex", _one_of(Sex)),
        birth_date=part.get("birth_date", reading.day),
        groups=part.get("groups", _groups),
        ties=part.get("ties", _ties),
        public_staff=part.get("public_staff", reading.truth),
        receiving_pension=part.get("receiving_pension", reading.truth),
        full_time_student=part.get("full_time_student", reading.truth),
    )


def _programme(part: _Part) -> ProgrammeFacts:
    return ProgrammeFacts(
        code=part.get("code", reading.text),
        occupation=part.get("occupation", reading.text),
        work_type=part.get("work_type", reading.text),
        level=part.get("level", reading.counting),
        institution=part.get("institution", reading.text),
        listed=part.get("listed", reading.truth),
    )


def _study(part: _Part) -> Study:
    return Study(
        days=part.get("days", _days),
        lessons_done=part.get("lessons_done", reading.whole),
        lessons_total=part.get("lessons_total", reading.whole),
    )


def _groups(value: object, where: str) -> frozenset[str | None]:
    return frozenset(
        reading.listed(value, where, lambda each, place: maybe(each, place, reading.text))
    )


def _ties(value: object, where: str) -> tuple[Tie, ...]:
    return reading.listed(value, where, _tie)


def _tie(value: object, where: str) -> Tie:
    part = _Part(value, where)
    return Tie(part.get("kind", reading.text), part.get("code", reading.text))


def _days(value: object, where: str) -> tuple[StudyDay, ...]:
    return reading.listed(value, where, _day)


def _day(value: object, where: str) -> StudyDay:
    part = _Part(value, where)
    return StudyDay(part.get("day", reading.day), part.get("minutes", reading.number))


def _attempts(value: object, where: str) -> tuple[Number | None, ...]:
    return reading.listed(value, where, lambda each, place: maybe(each, place, reading.number))


def _certificate(value: object, where: str) -> Certificate:
    part = _Part(reading.mapping(value, where), where)
    return Certificate(
        status=part.get("status", reading.text),
        type=part.get("type", reading.text),
        occupation=part.get("occupation", reading.text),
        work_type=part.get("work_type", reading.text),
        level=part.get("level", reading.counting),
        issue_date=part.get("issue_date", reading.day),
        registry_verified=part.get("registry_verified", reading.truth),
    )


def _history(value: object, where: str) -> tuple[PastSubsidy, ...]:
    return reading.listed(value, where, _past)


def _past(value: object, where: str) -> PastSubsidy:
    part = _Part(value, where)
    return PastSubsidy(
        kind=part.get("kind", reading.text),
        occupation=part.get("occupation", reading.text),
        work_type=part.get("work_type", reading.text),
        level=part.get("level", reading.counting),
        status=part.get("status", reading.text),
        paid_to=part.get("paid_to", reading.text),
        dated=part.get("date", reading.day),
    )


def _one_of(kind: type[_Enum]) -> Callable[[object, str], _Enum]:
    def read(value: object, where: str) -> _Enum:
        try:
            return kind(value)
        except ValueError as error:
            names = ", ".join(str(each.value) for each in kind)
            raise MalformedError(where, f"{reading.shown(value)} is not one of {names}") from error

    return read


def as_json(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return facts as JSON holds them: days as texts, fractions exactly, sets in order."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:
        return value
    names = _names(kind)
    if names:
        return {name: as_json(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Fraction) else value


_AS_THEY_ARE = frozenset({bool, int, str, type(None)})


@cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 (a type)
    """Return the names of the fields; none where it is no dataclass."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()
