"""Reads assets: what can be played, and how far a new one is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission, ScopeKind
from lms.core.errors import Message, NotFound
from lms.jobs.models import Job, JobState
from lms.media.domain.names import Label
from lms.media.domain.states import (
    CANCELLED,
    LADDER_CANCELLED,
    AssetState,
    LadderState,
    ladder_state,
    state_with_job,
    whole_progress,
)
from lms.media.models import Asset, Caption, Rendition

_PLAIN = (Label.SMALL, Label.MEDIUM)
_ENDED = (JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class RenditionFacts:
    """One file to play; ``byte_size`` in bytes, ``bit_rate`` in bits a second."""

    label: Label
    width: int
    height: int
    byte_size: int
    bit_rate: int


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """All a page or call says about an asset; ``progress`` runs from 0 to 1 over all work.

    ``error`` says why it cannot be played, or why there is nothing sharper than what can.
    """

    asset_id: str
    owner_id: int | None
    filename: str
    state: AssetState
    version: str | None
    progress: float
    duration_ms: int | None
    width: int | None
    height: int | None
    has_poster: bool
    has_stream: bool
    thumbnails: int | None
    ladder: LadderState
    renditions: tuple[RenditionFacts, ...]
    captions: Mapping[str, int]  # the newest of each language, Chinese first
    error: Message | None

    @property
    def is_playable(self) -> bool:
        """Tell whether there is something to play."""
        return self.state == AssetState.READY

    @property
    def is_at_work(self) -> bool:
        """Tell whether something is still being made of it."""
        is_unfinished = self.state not in (AssetState.READY, AssetState.FAILED)
        return is_unfinished or self.ladder is LadderState.WAITING


def job_key(asset: Asset) -> str:
    """Return the key of the job that prepares the asset; each new try has its own."""
    return f"media.prepare:{asset.id}:{asset.tries}"


def ladder_key(asset: Asset) -> str:
    """Return the key of the job that makes all else of a ready asset; each new try has its own."""
    return f"media.ladder:{asset.id}:{asset.tries}"


def asset_facts(session: Session, asset_ids: Iterable[str]) -> dict[str, AssetFacts]:
    """Return the facts of the assets by id, in four statements however many there are."""
    ids = tuple(asset_ids)
    assets = session.scalars(select(Asset).where(Asset.id.in_(ids))).all()
    renditions: dict[str, list[RenditionFacts]] = {asset.id: [] for asset in assets}
    lightest_first = select(Rendition).where(Rendition.asset_id.in_(ids)).order_by(Rendition.width)
    for row in session.scalars(lightest_first):
        renditions[row.asset_id].append(
            RenditionFacts(Label(row.label), row.width, row.height, row.byte_size, row.bit_rate)
        )
    captions: dict[str, dict[str, int]] = {asset.id: {} for asset in assets}
    # Chinese first: it is what most people read.
    newest = (
        select(Caption.asset_id, Caption.language, func.max(Caption.id))
        .where(Caption.asset_id.in_(ids))
        .group_by(Caption.asset_id, Caption.language)
        .order_by(Caption.language.desc())
    )
    for asset_id, language, number in session.execute(newest):
        captions[asset_id][language] = number
    jobs = _jobs(session, assets)
    return {
        asset.id: _facts(
            asset, renditions[asset.id], captions[asset.id], jobs.get(_key(asset) or "")
        )
        for asset in assets
    }


def facts_for(session: Session, asset_id: str, *, actor: Actor, managed: str | None) -> AssetFacts:
    """Return the facts for whom they concern: the owner, and who may manage the asset.

    ``managed`` is the asset a ticket of the studio speaks for. Raises ``NotFound`` for others.
    """
    facts = asset_facts(session, [asset_id]).get(asset_id)
    scopes = actor.scopes_for(Permission.MEDIA_UPLOAD)
    is_everywhere = any(scope.kind is ScopeKind.PLATFORM for scope in scopes)
    if facts is None or not (
        facts.owner_id == actor.person_id or managed == asset_id or is_everywhere
    ):
        raise NotFound
    return facts


def caption_text(
    session: Session, asset_id: str, language: str, number: int | None = None
) -> str | None:
    """Return the captions of that number as WebVTT; without one the newest."""
    own = select(Caption.text).where(Caption.asset_id == asset_id, Caption.language == language)
    if number is not None:
        own = own.where(Caption.id == number)
    return session.scalar(own.order_by(Caption.id.desc()).limit(1))


def _jobs(session: Session, assets: Iterable[Asset]) -> dict[str, Job]:
    keys = [key for asset in assets if (key := _key(asset)) is not None]
    if not keys:
        return {}
    return {job.key: job for job in session.scalars(select(Job).where(Job.key.in_(keys)))}


def _key(asset: Asset) -> str | None:
    """Return the key of the job at work on the asset, if there is anything to do."""
    if asset.state in (AssetState.QUEUED, AssetState.PROCESSING):
        return job_key(asset)
    is_whole = asset.has_stream or asset.owner_id is None
    return None if asset.state != AssetState.READY or is_whole else ladder_key(asset)


def _facts(
    asset: Asset, renditions: list[RenditionFacts], captions: Mapping[str, int], job: Job | None
) -> AssetFacts:
    state = AssetState(asset.state)
    # A job that is done and left nothing to show for it is as good as none.
    has_ended = None if job is None or job.state == JobState.DONE else job.state in _ENDED
    shown = state_with_job(state, job_ended=bool(has_ended))
    ladder = ladder_state(
        shown,
        has_stream=asset.has_stream,
        is_uploaded=asset.owner_id is not None,
        job_ended=has_ended,
    )
    return AssetFacts(
        asset_id=asset.id,
        owner_id=asset.owner_id,
        filename=asset.filename,
        state=shown,
        version=asset.version,
        progress=whole_progress(shown, ladder, _share(job)),
        duration_ms=asset.duration_ms,
        width=asset.width,
        height=asset.height,
        has_poster=asset.has_poster,
        has_stream=asset.has_stream,
        thumbnails=asset.thumbnails,
        ladder=ladder,
        renditions=tuple(renditions),
        captions=captions,
        error=_error(asset, job, shown, ladder),
    )


def _share(job: Job | None) -> float:
    if job is None or not job.total:
        return 0.0
    return min(job.done / job.total, 1.0)


def _error(asset: Asset, job: Job | None, state: AssetState, ladder: LadderState) -> Message | None:
    if state is not AssetState.FAILED and ladder is not LadderState.FAILED:
        return None
    told = asset if asset.error_code else job
    if told is None or told.error_code is None or told.error_text is None:
        return CANCELLED if state is AssetState.FAILED else LADDER_CANCELLED
    return Message(told.error_code, told.error_text, dict(told.error_params or {}))


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
        """Return the files to offer as they are: a browser takes the first and keeps to it.

        The sharpest is none of them; a player that watches the line comes to it by the stream.
        """
        return tuple(each for each in self.renditions if each.label in _PLAIN)

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
