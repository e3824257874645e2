"""Adopts videos a course folder brings finished: checked and copied, never encoded again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.errors import InvalidInput, Message
from lms.db.bus import emit
from lms.db.session import now
from lms.media.domain.captions import parse_captions, render_vtt
from lms.media.domain.names import Label, Language, clean_filename
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.states import AssetState
from lms.media.events import AssetReady
from lms.media.gateway.folders import stage_files
from lms.media.gateway.storage import Storage
from lms.media.models import Asset
from lms.media.service.captions import keep_caption
from lms.media.service.uploads import record_files

# Content that comes from folders has the same id in every installation.
_FOLDER_SPACE = UUID("5a2f0c9e-0b63-4c0e-9c0d-6d7a3f1e8b24")


@dataclass(frozen=True, slots=True)
class FolderVideo:
    """The files of one video item; without a poster one is taken from the video."""

    renditions: Mapping[Label, Path]
    poster: Path | None = None
    captions: Mapping[Language, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StagedVideo:
    """A folder's video, checked and in its place on disk, ready to be written down."""

    asset_id: str
    filename: str
    prepared: PreparedVideo
    captions: Mapping[Language, tuple[str, str]]


def stage_renditions(storage: Storage, video: FolderVideo) -> StagedVideo:
    """Check a folder's video and put its files in their place; call it outside a transaction.

    Doing it again changes nothing. Raises ``InvalidInput`` naming each file at fault: a rendition
    must be an MP4 with H.264 and AAC that starts at once (index before data), all of one length;
    a poster must be WebP; captions must be readable. Fields: ``240p``, ``480p``, ``poster``,
    ``zh`` and ``en``, for captions with ``:line`` behind.
    """
    captions = _read_captions(video.captions)
    best = video.renditions[max(video.renditions, key=list(Label).index)]
    asset_id, prepared = stage_files(
        storage,
        renditions=video.renditions,
        poster=video.poster,
        name_asset=lambda sha256: str(uuid5(_FOLDER_SPACE, sha256)),
    )
    return StagedVideo(asset_id, clean_filename(best.name), prepared, captions)


def adopt_renditions(session: Session, *, staged: StagedVideo) -> Asset:
    """Write a staged video down as a ready asset and return it.

    The content of its best rendition says which asset it is: the same again returns the same,
    and brings a changed poster, lighter rendition or captions up to date.
    """
    content = staged.prepared.best.sha256
    asset = session.scalar(select(Asset).where(Asset.owner_id.is_(None), Asset.sha256 == content))
    if asset is None:
        asset = _new_asset(session, staged)
        emit(session, AssetReady(asset.id, staged.prepared.duration_ms))
    elif asset.version != staged.prepared.version:
        record_files(session, asset, staged.prepared)
    for language, (text, source_name) in staged.captions.items():
        keep_caption(session, asset.id, language, text, source_name)
    session.flush()
    return asset


def _new_asset(session: Session, staged: StagedVideo) -> Asset:
    at = now(session)
    best = staged.prepared.best
    asset = Asset(
        id=staged.asset_id,
        owner_id=None,
        filename=staged.filename,
        sha256=best.sha256,
        byte_size=best.byte_size,
        state=AssetState.READY,
        tries=1,
        version=staged.prepared.version,
        duration_ms=staged.prepared.duration_ms,
        width=best.width,
        height=best.height,
        created_at=at,
        ready_at=at,
    )
    session.add(asset)
    session.flush()
    record_files(session, asset, staged.prepared)
    return asset


def _read_captions(files: Mapping[Language, Path]) -> dict[Language, tuple[str, str]]:
    texts: dict[Language, tuple[str, str]] = {}
    faults: dict[str, Message] = {}
    for language, path in files.items():
        parsed = parse_captions(path.read_bytes())
        faults |= {f"{language}:{fault.line}": fault.message for fault in parsed.faults}
        texts[language] = (render_vtt(parsed.cues), clean_filename(path.name))
    if faults:
        raise InvalidInput(faults)
    return texts
