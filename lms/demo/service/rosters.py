"""Lets the office of a county take villagers in by a roster, as the desk does with a file."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from lms.accounts.domain.identity import INDEX_KIND
from lms.accounts.domain.roster import RosterLine
from lms.accounts.models import CheckMethod, CheckResult, Person
from lms.accounts.service import identities
from lms.accounts.service.identities import Look
from lms.accounts.service.rosters import SentRoster
from lms.core.ids import digest, new_uuid
from lms.demo.domain import Learner, id_number_of
from lms.demo.service.county import County
from lms.staff import service as staff
from lms.staff.models import RosterDraft
from lms.staff.service import LookedAt

_FIRST_ROW = 2
_LOOKED_FOR = timedelta(minutes=5)


def take_in(
    county: County, villagers: Sequence[Learner], *, class_id: int | None, now: datetime
) -> list[int]:
    """Take villagers in, into a class or without one, and return their ids in their order.

    Their numbers are sealed, and nobody looked at the cards yet.
    """
    session, office, keys = county.session, county.office, county.keys
    sent = _sent(county, villagers)
    draft = RosterDraft(
        id=new_uuid(),
        county_code=county.place.code,
        training_class_id=class_id,
        filename="花名册.xlsx",
        sha256=digest("".join(each.phone for each in villagers)),
        key_name=keys.vault.newest,
    )
    staff.keep_draft(session, actor=office, draft=draft, now=now - _LOOKED_FOR)
    found = staff.find(session, actor=office, draft=draft, sent=sent, now=now)
    looked = LookedAt(draft, sent, found.seen)
    staff.take_in(session, actor=office, roster=looked, keys=keys, now=now)
    people = _ids(county, villagers)
    # They sign in with the password of everybody, besides a code.
    own = update(Person).where(Person.id.in_(people))
    session.execute(own.values(password_hash=county.password_hash))
    return people


def show_cards(county: County, person_ids: Sequence[int], *, now: datetime) -> None:
    """Let people show the cards of the numbers that stood on a roster."""
    for person_id in person_ids:
        found = Look(CheckMethod.IN_PERSON, CheckResult.VERIFIED, county.desk.person_id)
        identities.look(county.session, person_id=person_id, found=found, keys=county.keys, now=now)


def _sent(county: County, villagers: Sequence[Learner]) -> SentRoster:
    lines, digests = [], {}
    for row, each in enumerate(villagers, _FIRST_ROW):
        number = id_number_of(each.number, each.county_code, county.seed)
        lines.append(RosterLine(row, each.name, each.phone, number, each.town))
        digests[row] = county.keys.index.of(INDEX_KIND, number)
    return SentRoster(lines, {}, digests)


def _ids(county: County, villagers: Sequence[Learner]) -> list[int]:
    phones = [each.phone for each in villagers]
    rows = county.session.execute(select(Person.phone, Person.id).where(Person.phone.in_(phones)))
    found = {row.phone: row.id for row in rows}
    return [found[phone] for phone in phones]
