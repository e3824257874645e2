"""Reads the pages of lists that wait for approval, and of lists made each month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.accounts.domain.proofs import is_confirmed
from lms.core.access import Actor, Permission
from lms.db.base import Localized
from lms.roster import queries as roster
from lms.roster.domain.filters import REASON_WORDS, STATUS_WORDS, Filters, Status
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.schedules import next_period
from lms.roster.models import ExportSchedule
from lms.roster.queries import Awaiting, Reach
from lms.roster.service import require_reach

_BEHIND: Localized = {"zh": "需要联系的学员", "en": "Who is behind"}
_EVERYBODY: Localized = {"zh": "全部", "en": "Everybody"}
_RIGHT = Permission.COMPLETIONS_EXPORT


@dataclass(frozen=True, slots=True)
class Approvals:
    """Lists that wait for the actor's word, and whether they may give it now."""

    shown: Sequence[Awaiting]
    reach: Reach
    may_rule: bool

    def narrowed(self, each: Awaiting) -> list[tuple[str, Localized]]:
        """Return what narrows a list, in words."""
        return narrowed(each.filters, self.reach, each.kind)


@dataclass(frozen=True, slots=True)
class Schedules:
    """The actor's monthly lists, what a new one would hold, and whether one may be ordered now."""

    shown: Sequence[ExportSchedule]
    reach: Reach
    kind: ExportKind
    wanted: Sequence[tuple[str, Localized]]
    may_order: bool

    def narrowed(self, each: ExportSchedule) -> list[tuple[str, Localized]]:
        """Return what narrows a list, in words."""
        return narrowed(each.filters, self.reach, each.kind)

    @staticmethod
    def next_day(each: ExportSchedule) -> date:
        """Return the day on which the next list is made."""
        return next_period(each.last_period, each.day_of_month).due_on


def approvals(session: Session, actor: Actor, now: datetime) -> Approvals:
    """Return the lists that wait for the actor's approval."""
    return Approvals(
        roster.awaiting(session, actor, now),
        roster.reach(session, actor.scopes_for(_RIGHT)),
        is_confirmed(actor.confirmed_at, at=now),
    )


def schedules(
    session: Session, actor: Actor, kind: ExportKind, filters: Filters, now: datetime
) -> Schedules:
    """Return the actor's monthly lists, and what a new one of the kind would hold.

    Raises ``NotFound`` for filters out of reach.
    """
    reach = roster.reach(session, actor.scopes_for(_RIGHT), filters)
    require_reach(reach, filters)
    wanted = {key: value for key, value in filters.as_query().items() if key not in ("from", "to")}
    return Schedules(
        roster.own_schedules(session, actor.person_id),
        reach,
        kind,
        narrowed(wanted, reach, kind),
        is_confirmed(actor.confirmed_at, at=now),
    )


def narrowed(filters: Mapping[str, str], reach: Reach, kind: str) -> list[tuple[str, Localized]]:
    """Return each filter by its key, with its value in words; who is listed stands first."""
    choices = (*reach.counties, *reach.courses, *reach.institutions, *reach.classes)
    words = {choice.value: choice.words for choice in choices}
    words |= {str(reason): dict(said) for reason, said in REASON_WORDS.items()}
    status = filters.get("status", Status.COMPLETED)
    said = _BEHIND if kind == ExportKind.BEHIND else STATUS_WORDS.get(status, _EVERYBODY)
    listed = [("status", dict(said))]
    rest = {key: value for key, value in filters.items() if key != "status"}
    return [*listed, *((key, words.get(value, {"zh": value})) for key, value in rest.items())]
