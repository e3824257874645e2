"""Reads all a page or call says about videos, and how far new ones are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
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
from lms.media.models import Asset, Rendition, Upload
from lms.media.queries.captions import captions_of

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
    """Return the facts of the assets by id, in five statements at most however many there are."""
    ids = tuple(asset_ids)
    assets = session.scalars(select(Asset).where(Asset.id.in_(ids))).all()
    renditions: dict[str, list[RenditionFacts]] = {asset.id: [] for asset in assets}
    lightest_first = select(Rendition).where(Rendition.asset_id.in_(ids)).order_by(Rendition.width)
    for row in session.scalars(lightest_first):
        renditions[row.asset_id].append(
            RenditionFacts(Label(row.label), row.width, row.height, row.byte_size, row.bit_rate)
        )
    captions = captions_of(session, renditions)
    jobs, uploads = _jobs(session, assets), _uploads(session, assets)
    return {
        asset.id: _facts(
            asset,
            renditions[asset.id],
            captions[asset.id],
            _Way(uploads.get(asset.id), jobs.get(_key(asset) or "")),
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


@dataclass(frozen=True, slots=True)
class _Way:
    """How far an asset is that is not ready yet: its file on the way in, then its job."""

    upload: Upload | None
    job: Job | None

    @property
    def has_arrived(self) -> bool:
        return self.upload is not None and self.upload.finished_at is not None

    @property
    def job_ended(self) -> bool | None:
        """Tell whether the job is over; one that left nothing to show for it is as good as none."""
        if self.job is None or self.job.state == JobState.DONE:
            return None
        return self.job.state in _ENDED

    @property
    def share(self) -> float:
        """Return how far the work at hand is, 0 to 1."""
        if self.upload is not None and not self.has_arrived:
            return self.upload.received_bytes / self.upload.byte_size
        if self.job is None or not self.job.total:
            return 0.0
        return min(self.job.done / self.job.total, 1.0)


def _uploads(session: Session, assets: Iterable[Asset]) -> dict[str, Upload]:
    ids = [asset.id for asset in assets if asset.state == AssetState.UPLOADING]
    if not ids:
        return {}
    rows = session.scalars(select(Upload).where(Upload.asset_id.in_(ids)))
    return {row.asset_id: row for row in rows}


def _jobs(session: Session, assets: Iterable[Asset]) -> dict[str, Job]:
    keys = [key for asset in assets if (key := _key(asset)) is not None]
    if not keys:
        return {}
    return {job.key: job for job in session.scalars(select(Job).where(Job.key.in_(keys)))}


def _key(asset: Asset) -> str | None:
    """Return the key of the job at work on the asset, if there is anything to do."""
    if asset.state in (AssetState.UPLOADING, AssetState.QUEUED, AssetState.PROCESSING):
        return job_key(asset)
    is_whole = asset.has_stream or asset.owner_id is None
    return None if asset.state != AssetState.READY or is_whole else ladder_key(asset)


def _facts(
    asset: Asset, renditions: list[RenditionFacts], captions: Mapping[str, int], way: _Way
) -> AssetFacts:
    state = AssetState(asset.state)
    shown = state_with_job(state, job_ended=bool(way.job_ended), has_arrived=way.has_arrived)
    ladder = ladder_state(
        shown,
        has_stream=asset.has_stream,
        is_uploaded=asset.owner_id is not None,
        job_ended=way.job_ended,
    )
    return AssetFacts(
        asset_id=asset.id,
        owner_id=asset.owner_id,
        filename=asset.filename,
        state=shown,
        version=asset.version,
        progress=whole_progress(shown, ladder, way.share),
        duration_ms=asset.duration_ms,
        width=asset.width,
        height=asset.height,
        has_poster=asset.has_poster,
        has_stream=asset.has_stream,
        thumbnails=asset.thumbnails,
        ladder=ladder,
        renditions=tuple(renditions),
        captions=captions,
        error=_error(asset, way.job, shown, ladder),
    )


def _error(asset: Asset, job: Job | None, state: AssetState, ladder: LadderState) -> Message | None:
    if state is not AssetState.FAILED and ladder is not LadderState.FAILED:
        return None
    told = asset if asset.error_code else job
    if told is None or told.error_code is None or told.error_text is None:
        return CANCELLED if state is AssetState.FAILED else LADDER_CANCELLED
    return Message(told.error_code, told.error_text, dict(told.error_params or {}))
