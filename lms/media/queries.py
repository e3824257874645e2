"""Reads assets: what can be played, and how far a new one is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission, ScopeKind
from lms.core.errors import Message, NotFound
from lms.jobs.models import Job, JobState
from lms.media.domain.names import Label
from lms.media.domain.states import CANCELLED, AssetState, state_with_job
from lms.media.domain.transcript import Paragraph, read_transcript
from lms.media.models import Asset, Caption, Rendition, Upload

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
    """All a page or call says about an asset; ``progress`` runs from 0 to 1."""

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
    renditions: tuple[RenditionFacts, ...]
    captions: Mapping[str, int]  # the newest of each language, Chinese first
    error: Message | None

    @property
    def is_playable(self) -> bool:
        """Tell whether there is something to play."""
        return self.state == AssetState.READY


def job_key(asset: Asset) -> str:
    """Return the key of the job that prepares the asset; each new try has its own."""
    return f"media.prepare:{asset.id}:{asset.tries}"


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
            _Way(uploads.get(asset.id), jobs.get(job_key(asset))),
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


@dataclass(frozen=True, slots=True)
class _Way:
    """How far an asset is that is not ready yet: its file on the way in, then its job."""

    upload: Upload | None
    job: Job | None

    @property
    def has_arrived(self) -> bool:
        return self.upload is not None and self.upload.finished_at is not None

    @property
    def job_ended(self) -> bool:
        return self.job is not None and self.job.state in _ENDED


def _uploads(session: Session, assets: Iterable[Asset]) -> dict[str, Upload]:
    ids = [asset.id for asset in assets if asset.state == AssetState.UPLOADING]
    if not ids:
        return {}
    rows = session.scalars(select(Upload).where(Upload.asset_id.in_(ids)))
    return {row.asset_id: row for row in rows}


def _jobs(session: Session, assets: Iterable[Asset]) -> dict[str, Job]:
    unfinished = (AssetState.UPLOADING, AssetState.QUEUED, AssetState.PROCESSING)
    keys = [job_key(asset) for asset in assets if asset.state in unfinished]
    if not keys:
        return {}
    return {job.key: job for job in session.scalars(select(Job).where(Job.key.in_(keys)))}


def _facts(
    asset: Asset, renditions: list[RenditionFacts], captions: Mapping[str, int], way: _Way
) -> AssetFacts:
    state = AssetState(asset.state)
    shown = state_with_job(state, job_ended=way.job_ended, has_arrived=way.has_arrived)
    return AssetFacts(
        asset_id=asset.id,
        owner_id=asset.owner_id,
        filename=asset.filename,
        state=shown,
        version=asset.version,
        progress=_progress(shown, way),
        duration_ms=asset.duration_ms,
        width=asset.width,
        height=asset.height,
        has_poster=asset.has_poster,
        renditions=tuple(renditions),
        captions=captions,
        error=_error(asset, way.job) if shown == AssetState.FAILED else None,
    )


def _progress(state: AssetState, way: _Way) -> float:
    if state == AssetState.READY:
        return 1.0
    if state == AssetState.UPLOADING and way.upload is not None:
        return way.upload.received_bytes / way.upload.byte_size
    job = way.job
    if job is None or not job.total:
        return 0.0
    return min(job.done / job.total, 1.0)


def _error(asset: Asset, job: Job | None) -> Message:
    told = asset if asset.error_code else job
    if told is None or told.error_code is None or told.error_text is None:
        return CANCELLED
    return Message(told.error_code, told.error_text, dict(told.error_params or {}))


@dataclass(frozen=True, slots=True)
class Playable:
    """What a player needs of a ready asset; renditions are the sharpest first, sound last."""

    asset_id: str
    version: str | None
    has_poster: bool
    renditions: tuple[RenditionFacts, ...]
    captions: Mapping[str, int]  # the newest of each language, Chinese first
    has_stream: bool = False  # beside the files there is what adapts to the line

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
        *(_A.version, _A.has_poster, _C.language, _C.id.label("caption_id")),
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
        tuple(files),
        {row.language: row.caption_id for row in rows if row.language},
    )


@dataclass(frozen=True, slots=True)
class Transcript:
    """The captions of a video as a text, and the languages there are, Chinese first."""

    language: str
    languages: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]


def captions_of(session: Session, asset_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the newest captions of each language of the assets, Chinese first."""
    found: dict[str, dict[str, int]] = {asset_id: {} for asset_id in asset_ids}
    newest = (
        select(Caption.asset_id, Caption.language, func.max(Caption.id))
        .where(Caption.asset_id.in_(found))
        .group_by(Caption.asset_id, Caption.language)
        .order_by(Caption.language.desc())
    )
    for asset_id, language, number in session.execute(newest):
        found[asset_id][language] = number
    return found


def transcripts(
    session: Session, wanted: Sequence[tuple[str, Mapping[str, int] | None]], language: str
) -> list[Transcript | None]:
    """Return what is said in videos, in two statements at most; ``None`` where nothing is known.

    Each is wanted as an asset with the numbers of its captions by language (the newest without
    them), in ``language`` or, where that is missing, in the other one.
    """
    free = [asset_id for asset_id, pinned in wanted if pinned is None]
    newest = captions_of(session, free) if free else {}
    numbers = [newest[asset_id] if pinned is None else pinned for asset_id, pinned in wanted]
    chosen = [language if language in each else next(iter(each), None) for each in numbers]
    ids = {each[code] for each, code in zip(numbers, chosen, strict=True) if code}
    rows = session.execute(select(Caption.id, Caption.text).where(Caption.id.in_(ids)))
    texts = {row.id: row.text for row in rows} if ids else {}
    return [
        Transcript(code, tuple(each), read_transcript(texts[each[code]])) if code else None
        for each, code in zip(numbers, chosen, strict=True)
    ]
