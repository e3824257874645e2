"""Follows a ready video until it has its sharper renditions, its stream, sound and thumbnails."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.errors import Conflict, NotFound
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.states import AssetState, LadderState
from lms.media.models import Asset
from lms.media.queries import asset_facts
from lms.media.service.uploads import ask_for_ladder, record_files


def begin_ladder(session: Session, asset_id: str) -> Asset | None:
    """Return the asset whose ladder is to be made; ``None`` where there is nothing left to do.

    Raises ``NotFound`` where there is no such asset.
    """
    asset = _locked(session, asset_id)
    is_due = asset.state == AssetState.READY and not asset.has_stream
    return asset if is_due else None


def finish_ladder(session: Session, asset_id: str, prepared: PreparedVideo) -> None:
    """Serve the fuller set from now on; once is enough.

    Its length stays, so learners earn what they would have earned. Addresses handed out before go
    on working: the older set stays.
    """
    asset = _locked(session, asset_id)
    if not asset.has_stream:
        record_files(session, asset, prepared)


def ask_again(session: Session, asset_id: str) -> None:
    """Have the ladder of a ready video made that failed or was never made.

    Raises ``Conflict`` where it is being made or there already, or where the video came with a
    course folder and has no original.
    """
    asset = _locked(session, asset_id)
    ladder = asset_facts(session, [asset_id])[asset_id].ladder
    if ladder not in (LadderState.FAILED, LadderState.LACKING):
        raise Conflict("ladder_not_lacking", "There is nothing to make again. Load the page anew.")
    asset.tries += 1
    ask_for_ladder(session, asset)


def ask_for_lacking(session: Session) -> list[str]:
    """Have the ladder made of each upload that is ready without; return their ids."""
    lacking = (
        select(Asset.id)
        .where(
            Asset.owner_id.is_not(None),
            Asset.state == AssetState.READY,
            Asset.has_stream.is_(False),
        )
        .order_by(Asset.created_at, Asset.id)
    )
    known = asset_facts(session, session.scalars(lacking).all())
    waiting = [
        facts.asset_id
        for facts in known.values()
        if facts.ladder in (LadderState.FAILED, LadderState.LACKING)
    ]
    for asset_id in waiting:
        ask_again(session, asset_id)
    return waiting


def _locked(session: Session, asset_id: str) -> Asset:
    asset = session.get(Asset, asset_id, with_for_update=True)
    if asset is None:
        raise NotFound
    return asset
