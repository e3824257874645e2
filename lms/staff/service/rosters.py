"""Takes a roster in: looked at first, then all of it, into a class or without one, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.domain import texts
from lms.accounts.domain.particulars import differing
from lms.accounts.gateway import Keys
from lms.accounts.models import ConsentWay
from lms.accounts.service import particulars
from lms.accounts.service import rosters as people
from lms.accounts.service.consents import Given
from lms.accounts.service.rosters import MetRoster, SentRoster
from lms.audit.service import record
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, Message, NotFound
from lms.db.session import savepoint
from lms.enrollment import queries as enrollments
from lms.enrollment.models import TrainingClass
from lms.enrollment.service import fill_class, refusal_of_class
from lms.sheets.domain import NO_ROWS
from lms.staff import queries
from lms.staff.models import RosterDraft

_DRAFTS_LAST = timedelta(days=1)
# What a tap on a roster that was taken in already is answered with.
TAKEN = "list_taken"
# So many rows are named in a sentence.
_NAMED = 5
# PostgreSQL ends one of two that wait for each other.
_DEADLOCK = "40P01"
_TAKES_IT = Message("row_takes_course", "This person takes the course already, outside this class.")
_COUNTY = Message("class_county", "The class is run in another county.")


@dataclass(slots=True)
class Found:
    """Whom a roster means: new ones, those known by row, who gets a seat, what is in the way."""

    met: MetRoster
    training_class: TrainingClass | None = None
    joining: list[int] = field(default_factory=list)
    refusal: Message | None = None

    @property
    def faults(self) -> dict[int, Message]:
        """Return what is wrong, by row."""
        return self.met.faults

    @property
    def rows(self) -> int:
        """Return how many rows there are, as far as the file was read."""
        return len(self.met.new) + len(self.met.known) + len(self.met.faults)

    @property
    def may_be_taken(self) -> bool:
        """Tell whether nothing is in the way."""
        return not self.faults and self.refusal is None and self.rows > 0

    @property
    def seen(self) -> str:
        """Return what stands for all that was shown: who is new, who known, who gets a seat."""
        new = ",".join(str(line.number) for line in self.met.new)
        known = ",".join(f"{row}:{person}" for row, person in sorted(self.met.known.items()))
        numbered = ",".join(map(str, sorted(self.met.numbered)))
        filled = ",".join(f"{row}:{'+'.join(self.met.filled[row])}" for row in self.met.filled)
        joining = ",".join(map(str, self.joining))
        return sha256(f"{new}/{known}/{numbered}/{filled}/{joining}".encode()).hexdigest()

    @property
    def particulars(self) -> int:
        """Return of how many people particulars are to be written down."""
        return sum(bool(line.said) for line in self.met.new) + len(self.met.filled)

    @property
    def fields(self) -> str:
        """Return which particulars those are."""
        said = [*(line.said for line in self.met.new), *self.met.filled.values()]
        parts = {part: value for each in said for part, value in each.items()}
        return ",".join(differing({}, parts))

    @property
    def numbers(self) -> int:
        """Return how many identity numbers are to be kept."""
        new = sum(line.id_number is not None for line in self.met.new)
        return new + len(self.met.numbered)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A roster somebody looked at: what it says, what was shown of it, from which network."""

    draft: RosterDraft
    sent: SentRoster
    seen: str
    network: str | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many came in new, how many known ones got a seat, and of how many the number is kept."""

    new: int
    joined: int
    numbered: int


def reach_county(session: Session, actor: Actor, county_code: str, class_id: int | None) -> None:
    """Raise ``NotFound`` for a county or a class outside the actor's reach."""
    counties = queries.counties_in_reach(session, actor, Permission.PEOPLE_EDIT)
    if all(each.code != county_code for each in counties):
        raise NotFound
    if class_id is not None:
        queries.class_in_reach(session, actor, class_id, Permission.PEOPLE_EDIT)


def keep_draft(session: Session, *, actor: Actor, draft: RosterDraft, now: datetime) -> None:
    """Keep what was sent until it is taken in."""
    reach_county(session, actor, draft.county_code, draft.training_class_id)
    draft.sent_by_id, draft.sent_at = actor.person_id, now
    session.add(draft)
    session.flush()


def require_waiting(draft: RosterDraft) -> None:
    """Raise ``Conflict`` for a roster that was taken in."""
    if draft.taken_in_at is not None:
        raise Conflict(TAKEN, "This list was taken in already.")


def forget_drafts(session: Session, *, now: datetime) -> None:
    """Forget rosters nobody took in within a day; their files follow."""
    old = RosterDraft.sent_at < now - _DRAFTS_LAST
    session.execute(delete(RosterDraft).where(old, RosterDraft.taken_in_at.is_(None)))


def find(
    session: Session, *, actor: Actor, draft: RosterDraft, sent: SentRoster, now: datetime
) -> Found:
    """Return whom the rows mean and who gets a seat; writes nothing.

    Raises ``NotFound`` for a class that is no longer the actor's.
    """
    reach_county(session, actor, draft.county_code, draft.training_class_id)
    met = people.meet(
        session, sent, county_code=draft.county_code, since=draft.sent_at, today=local_day(now)
    )
    found = Found(met)
    if draft.training_class_id is not None:
        found.training_class = session.get_one(TrainingClass, draft.training_class_id)
        _seat(session, found, found.training_class, draft)
    return found


def _seat(
    session: Session, found: Found, training_class: TrainingClass, draft: RosterDraft
) -> None:
    known = found.met.known
    takes = enrollments.live_classes(session, list(known.values()), training_class.course_id)
    for row, person_id in list(known.items()):
        if person_id not in takes:
            found.joining.append(person_id)
        elif takes[person_id] != training_class.id:
            found.faults[row] = _TAKES_IT
            del known[row]
            found.met.numbered.pop(row, None)
    if training_class.county_code != draft.county_code:
        found.refusal = _COUNTY
        return
    course = revision_tree(session, training_class.revision_id)
    found.refusal = refusal_of_class(
        session,
        training_class,
        needed=len(found.met.new) + len(found.joining),
        price_fen=course.price_fen,
    )


def take_in(
    session: Session, *, actor: Actor, roster: LookedAt, keys: Keys, now: datetime
) -> TakenIn:
    """Write everybody down in the caller's transaction, and give them their seats.

    Raises ``Conflict`` for a list with a fault, one that was taken in, where a class cannot take
    all of it, and where somebody of the list came here since it was looked at: then the rows are
    named.
    """
    draft, sent = roster.draft, roster.sent
    require_waiting(draft)
    if draft.training_class_id is not None:
        enrollments.locked_class(session, draft.training_class_id)
    found = find(session, actor=actor, draft=draft, sent=sent, now=now)
    if found.seen != roster.seen or (found.faults and found.met.late):
        raise _changed(found)
    _require_sound(found)
    given = Given(ConsentWay.PAPER, actor.person_id, roster.network)
    try:
        with savepoint(session):
            _write(session, draft, found, given, keys, now)
    except DBAPIError as error:
        if not _is_race(error):
            raise
        session.expire_all()
        raise _changed(find(session, actor=actor, draft=draft, sent=sent, now=now)) from error
    people.ask_registry_later(session, list_id=draft.id, given=given, keys=keys, now=now)
    draft.taken_in_at, draft.papers = now, _with_versions(_agreed_to(found))
    session.flush()
    _record(session, actor, draft, found, now)
    return TakenIn(len(found.met.new), len(found.joining), len(found.met.numbered))


def _with_versions(subjects: Sequence[str]) -> str:
    return " ".join(f"{each}:{texts.version_of(each)}" for each in subjects)


def _agreed_to(found: Found) -> list[str]:
    """Return to which texts everybody agreed on paper."""
    return [*texts.TO_SIGN_UP, *([texts.SENSITIVE] if found.numbers else [])]


def _require_sound(found: Found) -> None:
    if found.faults:
        raise Conflict("list_faults", "Nothing was taken in: first mend the rows that are named.")
    if found.refusal is not None:
        raise Conflict(found.refusal.code, found.refusal.text, **found.refusal.params)
    if not found.rows:
        raise Conflict(NO_ROWS.code, NO_ROWS.text)


def _write(
    session: Session, draft: RosterDraft, found: Found, given: Given, keys: Keys, now: datetime
) -> None:
    county = draft.county_code
    new: Sequence[int] = people.add_people(
        session, found.met.new, county_code=county, given=given, keys=keys, now=now
    )
    people.add_numbers(session, found.met, given=given, keys=keys, now=now)
    brought = {found.met.known[row]: said for row, said in found.met.filled.items()}
    particulars.fill(session, brought, by_id=draft.sent_by_id, now=now)
    if found.training_class is not None:
        fill_class(
            session,
            training_class=found.training_class,
            people=[*new, *sorted(found.joining)],
            now=now,
        )


def _is_race(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or (getattr(error.orig, "sqlstate", None) == _DEADLOCK)


def _changed(found: Found) -> Conflict:
    """Return the sentence about who came here meanwhile; it names rows alone."""
    rows = found.met.late
    if not rows:
        return Conflict(
            "roster_changed",
            "Something changed since you looked at this list. Nothing was taken in; please look "
            "again.",
        )
    named = ", ".join(map(str, rows[:_NAMED])) + ("…" if len(rows) > _NAMED else "")
    return Conflict(
        "roster_late",
        "Nothing was taken in: row %(rows)s came here since you sent this list. Please look again.",
        rows=named,
    )


def _record(
    session: Session, actor: Actor, draft: RosterDraft, found: Found, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action="people.taken_in",
        subject=f"county:{draft.county_code}",
        details={
            "rows": found.rows,
            "new_people": len(found.met.new),
            "numbers": found.numbers,
            "class": draft.training_class_id,
            "way": ConsentWay.PAPER.value,
            "texts": list[str | int | bool | None](_agreed_to(found)),
            "sha256": draft.sha256,
            **({"particulars": found.particulars, "fields": found.fields} if found.fields else {}),
        },
        at=now,
    )
