"""Read policies, parsed from YAML already, into their values; refuse all that does not fit."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import Any

from lms.subsidy.domain import policy_faults as faults
from lms.subsidy.domain import reading
from lms.subsidy.domain.policy import (
    CERTIFICATES,
    GROUPS,
    MOST_INSTALMENTS,
    ONCE_KEYS,
    TIES,
    AgeClause,
    AttendanceClause,
    CapClause,
    CatalogueClause,
    CatalogueEntry,
    CertClause,
    Clause,
    GroupClause,
    HoursClause,
    Kind,
    Number,
    OnceClause,
    Policy,
    QuizClause,
    ResidenceClause,
    Status,
    StudentClause,
    WindowClause,
)
from lms.subsidy.domain.reading import MalformedError, Where, at, key

_NEEDED = ("id", "version", "from", "to", "status", "selects_by", "clauses", "amount_cny")
_OPTIONAL = ("fund", "catalogue", "instalments")
_SELECTS_BY = "training.start"
_FUNDS = ("employment_subsidy", "unemployment_insurance", "project")
_FEN = 100
# What a clause's reader gets: the clause's fields, its place, and what stands around it.
Read = Callable[[Mapping[str, Any], Where, "_Around"], Clause]


class _Around:
    """What the clauses of one policy may refer to."""

    def __init__(
        self, catalogue: tuple[CatalogueEntry, ...] | None, groups: Collection[str]
    ) -> None:
        self.catalogue = catalogue
        self.groups = groups


def read_policy(data: object, where: Where, groups: Collection[str] = GROUPS) -> Policy:
    """Return one version of a policy. Raises ``MalformedError``."""
    top = reading.fields(data, where, needed=_NEEDED, optional=_OPTIONAL)
    starts_on, ends_on = _period(top, where)
    _choice(top["selects_by"], key(where, "selects_by"), (_SELECTS_BY,))
    if top.get("fund") is not None:
        _choice(top["fund"], key(where, "fund"), _FUNDS)
    catalogue = reading.maybe(top.get("catalogue"), key(where, "catalogue"), _entries)
    return Policy(
        id=reading.text(top["id"], key(where, "id")),
        version=_version(top["version"], key(where, "version")),
        starts_on=starts_on,
        ends_on=ends_on,
        status=Status(_choice(top["status"], key(where, "status"), tuple(Status))),
        clauses=_clauses(top["clauses"], where, _Around(catalogue, groups)),
        catalogue=catalogue or (),
        amount_fen=_amounts(top["amount_cny"], key(where, "amount_cny")),
        content=canonical(top),
        instalments=_instalments(top.get("instalments", 1), key(where, "instalments")),
    )


def stored_policy(content: Mapping[str, Any], where: Where) -> Policy:
    """Return a version from its content as it is stored, where levels have become texts."""
    amounts = {int(level): yuan for level, yuan in content["amount_cny"].items()}
    return read_policy({**content, "amount_cny": amounts}, where)


def refuse_overlaps(policies: Iterable[tuple[Where, Policy]]) -> None:
    """Raise ``MalformedError`` for two entries of one id that are one version or share a day."""
    for (_, one), (where, other) in combinations(policies, 2):
        if one.id != other.id:
            continue
        if one.version == other.version:
            raise MalformedError(where, faults.stands_twice(other.name))
        first, last = sorted((one, other), key=lambda policy: policy.starts_on)
        if first.covers(last.starts_on):
            raise MalformedError(where, faults.share_days(other.name, one.name, last.starts_on))


def canonical(data: Mapping[str, Any]) -> str:
    """Return the content as one text, the same whatever comments and layout a file has."""
    return json.dumps(_plain(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _period(top: Mapping[str, Any], where: Where) -> tuple[date, date | None]:
    starts_on = reading.day(top["from"], key(where, "from"))
    ends_on = reading.maybe(top["to"], key(where, "to"), reading.day)
    if ends_on is not None and ends_on < starts_on:
        raise MalformedError(where, faults.reversed_days(starts_on, ends_on))
    return starts_on, ends_on


def _version(value: object, where: Where) -> str:
    if isinstance(value, int | float):
        raise MalformedError(where, faults.unquoted(value))
    return reading.text(value, where)


def _choice(value: object, where: Where, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise MalformedError(where, reading.not_one_of(reading.shown(value), allowed))
    return value


def _entries(value: object, where: Where) -> tuple[CatalogueEntry, ...]:
    return reading.listed(value, where, _entry)


def _entry(value: object, where: Where) -> CatalogueEntry:
    found = reading.fields(value, where, needed=("programme", "institution", "from", "to"))
    starts_on, ends_on = _period(found, where)
    return CatalogueEntry(
        reading.text(found["programme"], key(where, "programme")),
        reading.text(found["institution"], key(where, "institution")),
        starts_on,
        ends_on,
    )


def _amounts(value: object, where: Where) -> Mapping[int, int]:
    amounts: dict[int, int] = {}
    for level, yuan in reading.pairs(value, where).items():
        place = faults.level(where, level)
        fen = reading.number(yuan, place) * _FEN
        if fen != int(fen):
            raise MalformedError(place, faults.DECIMALS)
        amounts[reading.counting(level, place)] = int(fen)
    return amounts


def _instalments(value: object, where: Where) -> int:
    count = reading.counting(value, where)
    if count > MOST_INSTALMENTS:
        raise MalformedError(where, faults.above(count, MOST_INSTALMENTS))
    return count


def _clauses(value: object, where: Where, around: _Around) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    for number, each in enumerate(reading.sequence(value, key(where, "clauses")), start=1):
        place = faults.clause(where, number)
        clause = _clause(each, place, around)
        if any(clause.kind == other.kind for other in clauses):
            raise MalformedError(place, faults.second(clause.kind))
        clauses.append(clause)
    if not clauses:
        raise MalformedError(where, faults.NO_CLAUSES)
    return tuple(clauses)


def _clause(value: object, where: Where, around: _Around) -> Clause:
    name = reading.mapping(value, where).get("id")
    if not isinstance(name, str) or name not in Kind.__members__:
        raise MalformedError(where, faults.no_clause(name))
    kind = Kind(name)
    place = faults.named(where, name)
    needed, optional, read = _READERS.get(kind, ((), (), _plain_clause))
    found = reading.fields(value, place, needed=("id", *needed), optional=optional)
    return read(found, place, around)


def _plain_clause(found: Mapping[str, Any], _where: Where, _around: _Around) -> Clause:
    return Clause(Kind(found["id"]))


def _group(found: Mapping[str, Any], where: Where, around: _Around) -> Clause:
    names = reading.words_of(found["any_of"], key(where, "any_of"), around.groups)
    return GroupClause(Kind.GROUP, frozenset(names))


def _age(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    least = reading.whole(found["min"], key(where, "min"))
    most, place = found.get("max"), key(where, "max")
    if not isinstance(most, Mapping):
        most = {"M": most, "F": most}
    by_sex = reading.fields(most, place, needed=("M", "F"))
    limits = [reading.maybe(by_sex[sex], at(place, sex), reading.whole) for sex in ("M", "F")]
    if any(limit is not None and limit < least for limit in limits):
        raise MalformedError(place, faults.too_young(least))
    return AgeClause(Kind.AGE, least, limits[0], limits[1])


def _residence(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    kinds = reading.words_of(found["any_of"], key(where, "any_of"), TIES)
    prefixes = reading.listed(
        found.get("code_prefix") or [], key(where, "code_prefix"), reading.text
    )
    return ResidenceClause(Kind.RESIDENCE, frozenset(kinds), prefixes)


def _student(found: Mapping[str, Any], where: Where, around: _Around) -> Clause:
    excepted = found.get("except_groups")
    place = key(where, "except_groups")
    names = reading.words_of(excepted, place, around.groups) if excepted else ()
    return StudentClause(Kind.NOT_FULLTIME_STUDENT, frozenset(names))


def _catalogue(_found: Mapping[str, Any], where: Where, around: _Around) -> Clause:
    if around.catalogue == ():
        raise MalformedError(where, faults.NO_ENTRIES)
    return CatalogueClause(Kind.CATALOGUE, around.catalogue)


def _hours(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    place = key(where, "min_hours")
    least = reading.mapping(found["min_hours"], place)
    return HoursClause(
        Kind.HOURS,
        reading.above_zero(found["hour_minutes"], key(where, "hour_minutes")),
        reading.above_zero(found["daily_cap_minutes"], key(where, "daily_cap_minutes")),
        {name: reading.number(hours, at(place, name)) for name, hours in least.items()},
    )


def _attendance(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    place = key(where, "min_percent")
    return AttendanceClause(Kind.ATTENDANCE, _percent(found["min_percent"], place))


def _quiz(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    return QuizClause(
        Kind.QUIZ,
        _percent(found["min_score"], key(where, "min_score")),
        reading.counting(found["max_attempts"], key(where, "max_attempts")),
    )


def _percent(value: object, where: Where) -> Number:
    found = reading.number(value, where)
    if found > 100:  # noqa: PLR2004 (per cent)
        raise MalformedError(where, faults.above_hundred(value))
    return found


def _cert(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    types = reading.words_of(found["types"], key(where, "types"), CERTIFICATES)
    return CertClause(Kind.CERT, frozenset(types))


def _once(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    return OnceClause(Kind.ONCE, reading.words_of(found["key"], key(where, "key"), ONCE_KEYS))


def _cap(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    return CapClause(Kind(found["id"]), reading.counting(found["max"], key(where, "max")))


def _window(found: Mapping[str, Any], where: Where, _around: _Around) -> Clause:
    return WindowClause(Kind.WINDOW, reading.counting(found["months"], key(where, "months")))


# Kind: parameters it needs, parameters it may have, and how they are read; the rest have none.
_READERS: Mapping[Kind, tuple[tuple[str, ...], tuple[str, ...], Read]] = {
    Kind.GROUP: (("any_of",), (), _group),
    Kind.AGE: (("min",), ("max",), _age),
    Kind.RESIDENCE: (("any_of",), ("code_prefix",), _residence),
    Kind.NOT_FULLTIME_STUDENT: ((), ("except_groups",), _student),
    Kind.CATALOGUE: ((), (), _catalogue),
    Kind.HOURS: (("hour_minutes", "daily_cap_minutes", "min_hours"), (), _hours),
    Kind.ATTENDANCE: (("min_percent",), (), _attendance),
    Kind.QUIZ: (("min_score", "max_attempts"), (), _quiz),
    Kind.CERT: (("types",), (), _cert),
    Kind.ONCE: (("key",), (), _once),
    Kind.CAP_YEAR: (("max",), (), _cap),
    Kind.CAP_TOTAL: (("max",), (), _cap),
    Kind.WINDOW: (("months",), (), _window),
}
