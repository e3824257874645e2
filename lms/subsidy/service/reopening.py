"""What changes after somebody looked: noted where it happens, acted on under the account's lock."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.db.among import among
from lms.db.session import connection_of
from lms.enrollment.models import Enrollment
from lms.subsidy import queries
from lms.subsidy.domain.claim_rules import act_for
from lms.subsidy.domain.claim_states import OVER, Cause, ClaimState
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import SubsidyClaim, SubsidyClaimCause
from lms.subsidy.service.claim_effects import answer_causes
from lms.subsidy.service.claim_moves import Move, advance

# Whoever hands one in is decided anyway; before that nobody looked.
_NOBODY_LOOKED = frozenset({ClaimState.DRAFT, ClaimState.RETURNED, *OVER})
Found = tuple[int, Cause, str]  # claim, what happened, to what


def note(session: Session, found: Iterable[Found], *, at: datetime) -> None:
    """Note what happened, once; it locks nothing, for the caller may hold what others wait for."""
    rows = [
        {"claim_id": claim_id, "cause": cause.value, "subject": subject, "at": at}
        for claim_id, cause, subject in found
    ]
    if not rows:
        return
    table = SubsidyClaimCause.__table__
    assert isinstance(table, Table)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    connection_of(session).execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def note_decided(session: Session, pairs: Collection[tuple[int, int]], *, at: datetime) -> None:
    """Note whose claim the newest decision speaks against."""
    note(
        session,
        [
            (claim_id, Cause.DECIDED_ANEW, f"decision:{decision_id}")
            for claim_id, decision_id in queries.claims_against(session, pairs)
        ],
        at=at,
    )


def note_of_enrollment(
    session: Session, enrollment_id: int, cause: Cause, subject: str, *, at: datetime
) -> None:
    """Note what happened to a course somebody takes, on each of the person's claims it may touch.

    What a course counts for is asked when it is decided; a badge or a payment is looked at by
    somebody wherever the claim's programme draws on that course.
    """
    programmes = queries.programmes_of_enrollment(session, enrollment_id)
    person = select(Enrollment.person_id).where(Enrollment.id == enrollment_id)
    claims = session.scalars(
        select(SubsidyClaim.id).where(
            SubsidyClaim.person_id == person.scalar_subquery(),
            SubsidyClaim.state.not_in(_NOBODY_LOOKED),
            among(SubsidyClaim.programme_id, "programmes"),
        ),
        {"programmes": programmes},
    ).all()
    note(session, [(claim_id, cause, subject) for claim_id in claims], at=at)


def act_on(session: Session, claim_ids: Collection[int], *, shelf: Shelf, now: datetime) -> int:
    """Begin claims anew to which something happened, or call somebody to look; return how many.

    Where money is under way or was paid, a person decides. Where there is nothing to do, that is
    noted, too.
    """
    queries.lock_accounts(session, queries.people_of(session, claim_ids))
    claims = queries.claims_locked(session, claim_ids)
    causes = queries.open_causes(session, list(claims))
    moves, idle = [], []
    for claim_id, claim in claims.items():
        act = act_for(queries.standing_of(claim))
        if act is None:
            idle.append(claim_id)
        else:
            about = {"causes": sorted({cause.value for cause in causes.get(claim_id, ())})}
            moves.append(Move(claim_id, act, None, about=about))
    advance(session, moves, shelf=shelf, now=now)
    if idle:
        answer_causes(session, idle, now=now)
    return len(moves)
