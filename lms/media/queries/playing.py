"""Reads what a player needs of a video that is ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from lms.media.domain.names import Label
from lms.media.domain.states import AssetState
from lms.media.models import Asset, Caption, Rendition
from lms.media.queries.facts import RenditionFacts


@dataclass(frozen=True, slots=True)
class Playable:
    """What a player needs of a ready asset; renditions are the sharpest first, sound last."""

    asset_id: str
    version: str | None
    has_poster: bool
    has_stream: bool
    renditions: tuple[RenditionFacts, ...]
    captions: Mapping[str, int]  # the newest of each language, Chinese first

    @property
    def pictures(self) -> tuple[RenditionFacts, ...]:
        """Return the renditions with something to see."""
        return tuple(each for each in self.renditions if each.label.is_picture)

    @property
    def sound(self) -> RenditionFacts | None:
        """Return the sound alone, where it was made."""
        return next((each for each in self.renditions if not each.label.is_picture), None)


# Every lesson page with a video asks this: put together once, columns instead of mapped objects.
_A, _R, _C = (cast(Table, model.__table__).c for model in (Asset, Rendition, Caption))
_PLAYABLE = (
    select(
        *(_A.version, _A.has_poster, _A.has_stream, _C.language, _C.id.label("caption_id")),
        *(_R.label, _R.width, _R.height, _R.byte_size, _R.bit_rate),
    )
    .join_from(Asset.__table__, Rendition.__table__, _R.asset_id == _A.id)
    .outerjoin(Caption.__table__, _C.asset_id == _A.id)
    .where(_A.id == bindparam("asset_id"), _A.state == AssetState.READY)
    .order_by(_R.width.desc(), _C.language.desc(), _C.id)
)


def playable(session: Session, asset_id: str) -> Playable | None:
    """Return what can be played of the asset in one statement; ``None`` until it is ready."""
    rows = session.execute(_PLAYABLE, {"asset_id": asset_id}).all()
    if not rows:
        return None
    files = dict.fromkeys(
        RenditionFacts(Label(row.label), row.width, row.height, row.byte_size, row.bit_rate)
        for row in rows
    )
    return Playable(
        asset_id,
        rows[0].version,
        rows[0].has_poster,
        rows[0].has_stream,
        tuple(files),
        {row.language: row.caption_id for row in rows if row.language},
    )
