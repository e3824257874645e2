"""Takes a roster in: finds who is here already, then writes all the others down in bulk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, literal, select
from sqlalchemy.orm import Session

from lms.accounts.domain import identity as rules
from lms.accounts.domain import texts
from lms.accounts.domain.matching import Holder, Meant, person_meant
from lms.accounts.domain.roster import COLUMNS, NEEDED, RosterLine, read_roster
from lms.accounts.events import PeopleTakenIn
from lms.accounts.gateway import BlindIndex, Keys
from lms.accounts.models import Consent, ConsentWay, Identity, IdentityState, Person, PersonState
from lms.accounts.queries.rosters import (
    holders_of_numbers,
    holders_of_phones,
    sensitive_consents,
)
from lms.accounts.service import identities, particulars
from lms.accounts.service.consents import Given
from lms.core.errors import Message
from lms.db.bus import emit
from lms.db.session import connection_of
from lms.jobs.service import JobRequest, enqueue
from lms.sheets.domain import below_heading
from lms.sheets.gateway import read_cells

_AT_ONCE = 1_000
_GUARDIAN = Message(
    "row_guardian",
    "16 or 17 years old: please sign this person up at the desk, with a parent or guardian.",
)
_HELD = Message(
    "row_held",
    "This account waits until the person has shown that it is theirs. Please have them come with "
    "their card, or leave the identity number out.",
)
_TAKEN_BACK = Message(
    "row_taken_back",
    "This person took back that the identity number may be kept. Please leave it out.",
)
ASK_OF_LIST = "accounts.registry_list"


@dataclass(frozen=True, slots=True)
class SentRoster:
    """What a file says: its people, what is wrong by row, the digests of its numbers by row."""

    lines: Sequence[RosterLine]
    faults: Mapping[int, Message]
    digests: Mapping[int, str]


@dataclass(slots=True)
class MetRoster:
    """Whom the rows mean: the new ones, those known by row, what is wrong by row.

    ``numbered`` are those known ones, by row, whose number was missing. ``filled`` is what it
    brings, by row, of particulars that were missing of them, and ``otherwise`` are the rows that
    say something else than what stands. ``late`` are the rows of whoever came here after the list
    was sent.
    """

    new: list[RosterLine] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)
    faults: dict[int, Message] = field(default_factory=dict)
    numbered: dict[int, RosterLine] = field(default_factory=dict)
    filled: dict[int, dict[str, str]] = field(default_factory=dict)
    otherwise: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)


def read_sent(data: bytes, index: BlindIndex, *, today: date) -> SentRoster:
    """Return what a file says. Raises ``InvalidInput`` for one that is no roster."""
    rows = below_heading(read_cells(data), COLUMNS, needed=NEEDED)
    found = read_roster(rows, today=today)
    digests = {
        line.number: index.of(rules.INDEX_KIND, line.id_number)
        for line in found.lines
        if line.id_number
    }
    return SentRoster(found.lines, found.faults, digests)


def meet(
    session: Session, sent: SentRoster, *, county_code: str, since: datetime, today: date
) -> MetRoster:
    """Return whom the rows mean; writes nothing. Two rows of one person are a fault."""
    numbers = holders_of_numbers(session, list(sent.digests.values()))
    phones = holders_of_phones(session, [line.phone for line in sent.lines if line.phone])
    met, rows = MetRoster(faults=dict(sent.faults)), dict[int, int]()
    for line in sent.lines:
        digest = sent.digests.get(line.number)
        meant = Meant(digest, numbers.get(digest or ""), phones.get(line.phone or ""))
        found = person_meant(line, meant, county_code=county_code)
        if meant.newest is not None and meant.newest > since:
            met.late.append(line.number)
        if found is None and _is_minor(line, today):
            met.faults[line.number] = _GUARDIAN
        elif found is None:
            met.new.append(line)
        elif isinstance(found, Message):
            met.faults[line.number] = found
        else:
            _know(met, line, found, rows, today)
    _heed_taken_back(session, met)
    met.filled, met.otherwise = particulars.compare(session, sent.lines, met.known)
    return met


def _know(
    met: MetRoster, line: RosterLine, found: Holder, rows: dict[int, int], today: date
) -> None:
    number = line.number
    first = rows.setdefault(found.person_id, number)
    brings_number = line.id_number is not None and found.number_index is None
    if first != number:
        said = "It names the same person as row %(row)s."
        met.faults[number] = Message("row_twice", said, {"row": first})
    elif brings_number and found.is_held:
        met.faults[number] = _HELD
    elif brings_number and _is_minor(line, today):
        met.faults[number] = _GUARDIAN
    else:
        met.known[number] = found.person_id
        if brings_number:
            met.numbered[number] = line


def _heed_taken_back(session: Session, met: MetRoster) -> None:
    """Fault the rows of whoever took that agreement back: no paper stands against it."""
    said = sensitive_consents(session, [met.known[number] for number in met.numbered])
    for number in list(met.numbered):
        if said.get(met.known[number], True) is False:
            met.faults[number] = _TAKEN_BACK
            del met.numbered[number], met.known[number]


def _is_minor(line: RosterLine, today: date) -> bool:
    if line.id_number is None:
        return False
    return rules.needs_guardian(rules.birth_date_of(line.id_number), today=today)


def add_people(
    session: Session,
    new: Sequence[RosterLine],
    *,
    county_code: str,
    given: Given,
    keys: Keys,
    now: datetime,
) -> list[int]:
    """Write people of a paper list down with what they agreed to; return their ids.

    A statement takes a thousand rows or all of them, never one. Who took a phone or a number of
    the list meanwhile makes the database refuse all of it (``IntegrityError``).
    """
    if given.recorded_by_id is None or given.way is not ConsentWay.PAPER:
        raise ValueError("a list on paper is recorded by somebody")
    # In one order, so that two lists taken in at once wait for each other and never in a circle.
    ordered = sorted(new, key=lambda line: (line.phone or "", line.id_number or ""))
    if not ordered:
        return []
    people = _insert_people(session, ordered, county_code, now)
    numbered = [each for each in people if each[1].id_number]
    for subject in texts.TO_SIGN_UP:
        _agree(session, [each[0] for each in people], subject, given, now)
    _keep_numbers(session, numbered, given=given, keys=keys, now=now)
    brought = {person_id: line.said for person_id, line in people if line.said}
    particulars.fill(session, brought, by_id=given.recorded_by_id, now=now)
    return [person_id for person_id, _ in people]


def add_numbers(
    session: Session, met: MetRoster, *, given: Given, keys: Keys, now: datetime
) -> None:
    """Keep the numbers of people who were here without one, as said and not looked at yet."""
    own = [(met.known[number], line) for number, line in met.numbered.items()]
    _keep_numbers(session, own, given=given, keys=keys, now=now)


def ask_registry_later(
    session: Session, *, list_id: str, given: Given, keys: Keys, now: datetime
) -> None:
    """Let one job ask the registry, where there is one, about every number of a list in turn."""
    if keys.asks_registry:
        args = {"list": list_id, "by": given.recorded_by_id, "at": now.isoformat(), "after": 0}
        enqueue(session, JobRequest(ASK_OF_LIST, f"{ASK_OF_LIST}:{list_id}:0", args))


def _keep_numbers(
    session: Session,
    numbered: Sequence[tuple[int, RosterLine]],
    *,
    given: Given,
    keys: Keys,
    now: datetime,
) -> None:
    """Seal the numbers; who agrees to that already is not asked the paper for it again."""
    if not numbered or given.recorded_by_id is None:
        return
    people = [person_id for person_id, _ in numbered]
    agrees = sensitive_consents(session, people)
    rest = [person_id for person_id in people if not agrees.get(person_id)]
    _agree(session, rest, texts.SENSITIVE, given, now)
    written = [
        _identity(person_id, line.id_number or "", given.recorded_by_id, keys, now)
        for person_id, line in numbered
    ]
    _insert(session, Identity, sorted(written, key=lambda row: str(row["number_index"])))
    known = tuple((row["person_id"], row["sex"], row["birth_date"]) for row in written)
    emit(session, PeopleTakenIn(known, by_id=given.recorded_by_id, at=now))


def _table(model: type[Any]) -> Table:
    return cast(Table, model.__table__)


def _insert_people(
    session: Session, lines: Sequence[RosterLine], county_code: str, now: datetime
) -> list[tuple[int, RosterLine]]:
    """Insert the people; return each line with the id of its person.

    Rows come back in any order. Where two are alike in all that is kept so far, either may be
    either.
    """
    made = insert(_table(Person)).returning(Person.id, Person.phone, Person.name, Person.town)
    rows = [_person(line, county_code, now) for line in lines]
    ids = defaultdict[tuple[Any, ...], list[int]](list)
    for row in connection_of(session).execute(made, rows):
        ids[row.phone, row.name, row.town].append(row.id)
    return [(ids[line.phone, line.name, line.town].pop(), line) for line in lines]


def _insert(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection_of(session).execute(insert(_table(model)), rows)


def _person(line: RosterLine, county_code: str, now: datetime) -> dict[str, Any]:
    return {
        "phone": line.phone,
        "name": line.name,
        "county_code": county_code,
        "town": line.town,
        "state": PersonState.ACTIVE,
        "created_at": now,
    }


def _agree(
    session: Session, people: Sequence[int], subject: str, given: Given, now: datetime
) -> None:
    """Write down what many agreed to; the database fills the rows in by itself."""
    said = {
        "subject": subject,
        "version": texts.version_of(subject),
        "given_at": now,
        "way": given.way.value,
        "recorded_by_id": given.recorded_by_id,
        "network": given.network,
    }
    table = _table(Consent)
    values = [literal(value, table.c[name].type) for name, value in said.items()]
    for first in range(0, len(people), _AT_ONCE):
        part = people[first : first + _AT_ONCE]
        own = select(Person.id, *values).where(Person.id.in_(part))
        made = insert(table).from_select(["person_id", *said], own)
        connection_of(session).execute(made)


def _identity(person_id: int, number: str, by_id: int, keys: Keys, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "number": keys.vault.seal(number, place=identities.place(person_id)),
        "number_index": keys.index.of(rules.INDEX_KIND, number),
        "mask": rules.masked_number(number),
        "birth_date": rules.birth_date_of(number),
        "sex": rules.sex_of(number),
        "state": IdentityState.DECLARED,
        "entered_at": now,
        "entered_by_id": by_id,
    }
