"""Takes lists of the bureau in: looked at first, then all of it in one transaction or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.gateway import BlindIndex
from lms.accounts.models import Person
from lms.accounts.queries import people_of_numbers
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message
from lms.db.session import savepoint
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.subsidy.domain.dated import DatedFact, FactKey, FactSource, checked
from lms.subsidy.domain.lists import KEY_OF, ListKind, Told, with_list
from lms.subsidy.domain.past import read_subsidy
from lms.subsidy.domain.rows import Line, Parsed
from lms.subsidy.models import FactList, FactListDraft, LearnerFact
from lms.subsidy.service.drafts import TAKEN, require_new
from lms.subsidy.service.facts import mark_many

_Any = TypeVar("_Any")
_AT_ONCE = 2_000


@dataclass(slots=True)
class Found:
    """Whom the rows of a list mean: by person, and the rows that mean nobody here."""

    people: dict[int, list[Line]] = field(default_factory=dict)
    unmatched: list[int] = field(default_factory=list)
    faults: dict[int, Message] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    rows: int = 0

    @property
    def matched(self) -> int:
        """Return how many people are meant."""
        return len(self.people)


def find(
    session: Session, *, actor: Actor, parsed: Parsed, draft: FactListDraft, index: BlindIndex
) -> Found:
    """Return whom the rows mean among the people of the county; writes nothing.

    Two rows that turn out to mean one person are a fault. Nobody takes facts in about themselves,
    so that row is left out.
    """
    found = Found(faults=dict(parsed.faults), rows=len(parsed.lines) + len(parsed.faults))
    by_line = _people(session, parsed.lines, draft.county_code, index)
    for line in parsed.lines:
        person_id = by_line.get(line.number)
        if person_id is None:
            found.unmatched.append(line.number)
        elif person_id == actor.person_id:
            found.left_out.append(line.number)
        elif person_id in found.people and draft.kind != ListKind.SUBSIDIES:
            first = found.people[person_id][0].number
            found.faults[line.number] = Message(
                "row_twice", "It says the same as row %(row)s.", {"row": first}
            )
        else:
            found.people.setdefault(person_id, []).append(line)
    if draft.kind == ListKind.SUBSIDIES:
        for line in parsed.lines:
            fault = _subsidy_fault(line)
            if fault:
                found.faults[line.number] = fault
    return found


def take_in(
    session: Session, *, actor: Actor, draft: FactListDraft, found: Found, now: datetime
) -> int:
    """Write down all the list says, in the caller's transaction; return its number.

    Raises ``Conflict`` for a list with a fault and for one that was taken in before.
    """
    if draft.taken_in_at is not None:
        raise Conflict(TAKEN, "This list was taken in already.")
    if found.faults:
        raise Conflict("list_faults", "Nothing was taken in: first mend the rows that are named.")
    require_new(session, draft)
    row = _row_of(draft, found, actor, now)
    try:
        with savepoint(session):
            session.add(row)
    except IntegrityError:
        # A colleague took the very same in at the same moment.
        require_new(session, draft)
        raise
    draft.taken_in_at = now
    session.flush()
    people = sorted(found.people)
    for part in _parts(people):
        _write(session, row, {person: found.people[person] for person in part}, actor, now)
    _mark(session, row, people, now)
    _record(session, actor, row, now)
    return row.id


def _record(session: Session, actor: Actor, row: FactList, now: datetime) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action="list.taken_in",
        subject=f"fact_list:{row.id}",
        details={
            "county": row.county_code,
            "kind": row.kind,
            "rows": row.rows,
            "matched": row.matched,
            "sha256": row.sha256,
        },
        at=now,
    )


def _row_of(draft: FactListDraft, found: Found, actor: Actor, now: datetime) -> FactList:
    return FactList(
        county_code=draft.county_code,
        kind=draft.kind,
        title=draft.title,
        as_of=draft.as_of,
        sha256=draft.sha256,
        rows=found.rows,
        matched=found.matched,
        imported_by_id=actor.person_id,
        imported_at=now,
        is_complete=draft.is_complete,
    )


def _parts(everything: Sequence[_Any]) -> Iterator[Sequence[_Any]]:
    """Yield it in parts a statement takes."""
    for first in range(0, len(everything), _AT_ONCE):
        yield everything[first : first + _AT_ONCE]


def _people(
    session: Session, lines: Sequence[Line], county_code: str, index: BlindIndex
) -> dict[int, int]:
    """Return the person each row means, where there is one in the county."""
    cards: defaultdict[str, list[int]] = defaultdict(list)
    phones: defaultdict[tuple[str | None, str], list[int]] = defaultdict(list)
    for line in lines:
        who = line.person
        if who.id_number:
            cards[index.of("id", who.id_number)].append(line.number)
        elif who.phone and who.name:
            phones[who.phone, who.name].append(line.number)
    return _by_cards(session, cards, county_code) | _by_phones(session, phones, county_code)


def _by_cards(session: Session, cards: Mapping[str, list[int]], county_code: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in _parts(list(cards)):
        known = people_of_numbers(session, part)
        here = _of_county(session, known.values(), county_code)
        for digest, person_id in known.items():
            if person_id in here:
                found.update(dict.fromkeys(cards[digest], person_id))
    return found


def _by_phones(
    session: Session, phones: Mapping[tuple[str | None, str], list[int]], county_code: str
) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in _parts(list(phones)):
        rows = session.execute(
            select(Person.id, Person.phone, Person.name).where(
                Person.phone.in_([phone for phone, _ in part]), Person.county_code == county_code
            )
        )
        for person_id, phone, name in rows:
            found.update(dict.fromkeys(phones.get((phone, name), ()), person_id))
    return found


def _of_county(session: Session, people: Iterable[int], county_code: str) -> set[int]:
    wanted = select(Person.id).where(Person.id.in_(list(people)), Person.county_code == county_code)
    return set(session.scalars(wanted))


def _subsidy_fault(line: Line) -> Message | None:
    try:
        read_subsidy(line.fields)
    except InvalidInput as error:
        name, fault = next(iter(error.fields.items()))
        return Message(f"subsidy_{name}", fault.text, fault.params)
    return None


def _write(
    session: Session,
    row: FactList,
    people: Mapping[int, list[Line]],
    actor: Actor,
    now: datetime,
) -> None:
    kind, key = ListKind(row.kind), KEY_OF[ListKind(row.kind)]
    before = _known(session, list(people), key)
    told = Told(kind, row.as_of)
    values: list[dict[str, Any]] = []
    for person_id, lines in people.items():
        named = [read_subsidy(line.fields) for line in lines] if kind is ListKind.SUBSIDIES else []
        value = with_list(before.get(person_id, ()), told, named, is_complete=row.is_complete)
        values.append(
            {
                "person_id": person_id,
                "key": key,
                "value": checked(key, value),
                "source": FactSource.IMPORT,
                "valid_from": row.as_of,
                "recorded_at": now,
                "recorded_by_id": actor.person_id,
                "import_id": row.id,
            }
        )
    session.execute(insert(LearnerFact), values)


def _known(session: Session, people: Sequence[int], key: FactKey) -> Mapping[int, list[DatedFact]]:
    known: defaultdict[int, list[DatedFact]] = defaultdict(list)
    rows = session.scalars(
        select(LearnerFact).where(LearnerFact.person_id.in_(people), LearnerFact.key == key)
    )
    for each in rows:
        known[each.person_id].append(
            DatedFact(
                *(each.id, key, each.value, FactSource(each.source)),
                *(each.valid_from, each.valid_to),
            )
        )
    return known


def _mark(session: Session, row: FactList, people: Sequence[int], now: datetime) -> None:
    """Mark whom it speaks of; a complete list speaks of everybody of the county."""
    touched = people
    if row.is_complete:
        everybody = (
            select(Enrollment.person_id)
            .join(Person, Person.id == Enrollment.person_id)
            .where(Person.county_code == row.county_code, Enrollment.status.in_(LIVE))
            .distinct()
        )
        touched = sorted({*people, *session.scalars(everybody)})
    for part in _parts(touched):
        mark_many(session, people=part, since=now)
