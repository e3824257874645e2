"""Publishes a list: all its claims, its rows and its days in one transaction, or nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import Identity
from lms.accounts.service import identities
from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import Conflict, Message, NotFound
from lms.db.among import among
from lms.jobs.service import JobRequest, enqueue
from lms.subsidy import queries
from lms.subsidy.domain.check_codes import check_code
from lms.subsidy.domain.claim_record import series
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.notice_rows import (
    DAYS,
    MOST_ROWS,
    Head,
    Listed,
    NewNotice,
    content_of,
    notice_number,
    shown_row,
)
from lms.subsidy.domain.notices import PRINTED_AT_ONCE
from lms.subsidy.domain.policy_file import canonical
from lms.subsidy.domain.public_masks import NumberMask
from lms.subsidy.domain.workdays import Calendars, period_after
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import NoticeRow, PublicNotice
from lms.subsidy.service.claim_moves import Move, Refused, advance
from lms.subsidy.service.claim_numbers import next_numbers

PRINT = "subsidy.print_notice"
PRINT_LANGUAGES = ("zh", "en")
_SERIES = "GS"
_REGION_DIGITS = 6
_PURPOSE = "public notice"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What publishing goes by beside the claims: rules, working days, keys."""

    shelf: Shelf
    calendars: Calendars
    keys: Keys


@dataclass(frozen=True, slots=True)
class Plan:
    """The list as it would hang out, with the usual mask, and the digest of it.

    ``missing`` are the numbers of claims that were asked for and cannot stand on it.
    """

    listed: Sequence[Listed]
    rows: Sequence[Mapping[str, Any]]
    digest: str
    missing: Sequence[str] = ()

    @property
    def total_fen(self) -> int:
        """Return the sum of the list."""
        return sum(each.amount_fen for each in self.listed)


@dataclass(frozen=True, slots=True)
class Published:
    """A list that hangs out, and what was left out of it with the sentence why."""

    notice: PublicNotice
    left_out: Sequence[tuple[str, Message]]


def plan(session: Session, actor: Actor, new: NewNotice) -> Plan:
    """Return the list as it would hang out now; writes nothing and opens no number.

    Raises ``NotFound`` outside the actor's counties and ``Conflict`` for more rows than a list has.
    """
    if not queries.reaches(actor, new.county_code, Permission.SUBSIDY_PUBLISH):
        raise NotFound
    ids: Collection[int] | None = new.claim_ids
    if ids is None:
        ids = queries.waiting_ids(session, new.county_code, limit=MOST_ROWS)
    if len(ids) > MOST_ROWS:
        raise Conflict(
            "notice_long",
            "A list has %(most)s rows at most. Please choose some of the claims.",
            most=MOST_ROWS,
        )
    own = [each for each in queries.listed(session, ids) if each.county_code == new.county_code]
    usual = replace(new.masks, number=NumberMask.LAST_FOUR)
    rows = [shown_row(each, usual) for each in own]
    said = canonical({"rows": rows, "fen": [each.amount_fen for each in own]})
    missing = set(ids) - {each.claim_id for each in own}
    left = queries.numbers_of(session, new.county_code, missing) if missing else ()
    return Plan(own, rows, sha256(said.encode()).hexdigest(), left)


def publish(
    session: Session, actor: Actor, new: NewNotice, *, grounds: Grounds, now: datetime
) -> Published:
    """Hang a list out: each claim is decided again, what is refused is left out and said.

    Raises ``ConfirmationNeeded`` where the actor has not proved anew who they are, ``MissingYear``
    for days nobody knows, ``Conflict`` where the list is another one than was shown or nothing of
    it stands.
    """
    require_confirmed(session, actor, now=now)
    today = local_day(now)
    period = period_after(grounds.calendars, today, DAYS)
    planned = plan(session, actor, new)
    if planned.digest != new.shown or not planned.listed:
        raise Conflict(
            "notice_changed",
            "The list is another one by now. Nothing was published; please look at it again.",
        )
    name = series(_SERIES, today)
    number = notice_number(name, next_numbers(session, name, 1)[0])
    about = {"notice": number, "until": period.last.isoformat()}
    moves = [
        Move(each.claim_id, ClaimAct.PUBLICISE, actor.person_id, about=about)
        for each in planned.listed
    ]
    done = advance(session, moves, shelf=grounds.shelf, now=now)
    if not done.moved:
        why = done.refused[0].why
        raise Conflict(why.code, why.text, **why.params)
    moved = {each.move.claim_id for each in done.moved}
    standing = [each for each in planned.listed if each.claim_id in moved]
    days = (period.first, period.last)
    head = Head(number, new.county_code, f"{today:%Y-%m}", *days, new.contact, new.masks)
    regions = _regions(session, actor, head, standing, keys=grounds.keys, now=now)
    rows = [shown_row(each, new.masks, region=regions.get(each.person_id, "")) for each in standing]
    notice = _hang_out(session, actor, head, list(zip(standing, rows, strict=True)), now=now)
    return Published(notice, _left_out(planned.listed, done.refused))


def _regions(
    session: Session,
    actor: Actor,
    head: Head,
    standing: Sequence[Listed],
    *,
    keys: Keys,
    now: datetime,
) -> Mapping[int, str]:
    """Return the first six digits of people's numbers, where the list shows them: one act."""
    if head.masks.number is not NumberMask.SIX_AND_FOUR:
        return {}
    people = sorted({each.person_id for each in standing})
    record(
        session,
        actor_id=actor.person_id,
        action="notice.numbers_opened",
        subject=f"notice:{head.number}",
        details={"people": len(people), "purpose": _PURPOSE},
        at=now,
    )
    rows = session.execute(
        select(Identity.person_id, Identity.number).where(among(Identity.person_id, "people")),
        {"people": people},
    )
    return {
        row[0]: keys.vault.open(row[1], place=identities.place(row[0]))[:_REGION_DIGITS]
        for row in rows
    }


def _hang_out(
    session: Session,
    actor: Actor,
    head: Head,
    rows: Sequence[tuple[Listed, dict[str, Any]]],
    *,
    now: datetime,
) -> PublicNotice:
    content = content_of(head, [(shown, each.amount_fen) for each, shown in rows])
    notice = PublicNotice(
        number=head.number,
        county_code=head.county_code,
        month=head.month,
        id_mask=head.masks.number,
        group_words=head.masks.groups,
        first_day=head.first_day,
        last_day=head.last_day,
        contact=head.contact,
        rows=len(rows),
        total_fen=sum(each.amount_fen for each, _ in rows),
        content_sha256=sha256(content.encode()).hexdigest(),
        check_code=check_code(content),
        published_by_id=actor.person_id,
        published_at=now,
    )
    session.add(notice)
    session.flush()
    hung = [
        {"notice_id": notice.id, "claim_id": each.claim_id, "place": place, "shown": shown}
        | {"amount_fen": each.amount_fen}
        for place, (each, shown) in enumerate(rows, start=1)
    ]
    session.execute(insert(NoticeRow), hung)
    _write_published(session, notice)
    order_print(session, notice)
    return notice


def _write_published(session: Session, notice: PublicNotice) -> None:
    note_notice(
        session,
        notice,
        "notice.published",
        by_id=notice.published_by_id,
        now=notice.published_at,
        sha256=notice.content_sha256,
        rows=notice.rows,
        amount_fen=notice.total_fen,
        starts_on=str(notice.first_day),
        ends_on=str(notice.last_day),
    )


def note_notice(
    session: Session,
    notice: PublicNotice,
    act: str,
    *,
    by_id: int | None,
    now: datetime,
    **details: Any,  # noqa: ANN401 (JSON)
) -> None:
    """Write an act on a list down."""
    record(
        session,
        actor_id=by_id,
        action=act,
        subject=f"notice:{notice.number}",
        details={"county": notice.county_code, **details},
        at=now,
    )


def order_print(session: Session, notice: PublicNotice, *, edition: str = "") -> None:
    """Let a worker print a list that is too long to be printed while somebody waits.

    ``edition`` tells one state of its rows from the next, so that each is printed once.
    """
    if notice.rows <= PRINTED_AT_ONCE:
        return
    for language in PRINT_LANGUAGES:
        args = {"notice": notice.number, "language": language}
        key = f"{PRINT}:{notice.number}:{language}:{edition}"
        enqueue(session, JobRequest(PRINT, key, args))


def _left_out(
    planned: Collection[Listed], refused: Collection[Refused]
) -> Sequence[tuple[str, Message]]:
    numbers = {each.claim_id: each.claim_number for each in planned}
    return [(numbers[each.move.claim_id], each.why) for each in refused]
