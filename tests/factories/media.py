"""Assets for tests: ready by default, with both renditions; their files only where asked for."""

import hashlib
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from lms.media.domain.names import POSTER, Label
from lms.media.domain.states import AssetState
from lms.media.gateway.storage import LocalStorage
from lms.media.models import Asset, Caption, Rendition

_NUMBERS = count(1)
_AT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
_SIZES = {Label.SMALL: (426, 240, 9_000), Label.MEDIUM: (854, 480, 24_000)}


def make_asset(session: Session, **overrides: Any) -> Asset:
    """Write an asset down: ready, one minute long, with both renditions and a poster."""
    number = next(_NUMBERS)
    values: dict[str, Any] = {
        "id": str(uuid4()),
        "filename": f"lesson-{number}.mp4",
        "sha256": _digest(f"asset {number} {uuid4()}"),
        "byte_size": 24_000,
        "state": AssetState.READY,
        "created_at": _AT,
    }
    if overrides.get("state", AssetState.READY) == AssetState.READY:
        values |= {
            "version": _digest(f"version {number}")[:32],
            "duration_ms": 60_000,
            "width": 854,
            "height": 480,
            "has_poster": True,
            "ready_at": _AT,
        }
    asset = Asset(**{**values, **overrides})
    session.add(asset)
    session.flush()
    if asset.state == AssetState.READY:
        _add_renditions(session, asset)
    return asset


def make_caption(session: Session, asset: Asset, **overrides: Any) -> Caption:
    """Write captions of one cue down; Chinese by default."""
    values = {
        "asset_id": asset.id,
        "language": "zh",
        "text": "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n大家好\n",
        "source_name": "zh.vtt",
    }
    caption = Caption(**{**values, **overrides})
    session.add(caption)
    session.flush()
    return caption


def make_sound(session: Session, asset: Asset) -> Rendition:
    """Let a ready asset have its sound alone, of 700 kB."""
    facts = {"width": 0, "height": 0, "byte_size": 700_000, "bit_rate": 48_000}
    sound = Rendition(asset_id=asset.id, label=Label.SOUND, sha256=_digest(asset.id), **facts)
    session.add(sound)
    session.flush()
    return sound


def write_files(media_dir: Path, asset: Asset, *, size: int = 3_000) -> dict[str, bytes]:
    """Put files of the asset where they are served from; return their bytes by name.

    They are not videos: every byte tells where it lies, so a wrong range shows.
    """
    assert asset.version is not None
    storage = LocalStorage(media_dir)
    contents = {}
    for name in (*(label.filename for label in Label), POSTER):
        seed = hashlib.sha256(f"{asset.id} {name}".encode()).digest()
        contents[name] = (seed * (size // len(seed) + 1))[:size]
        path = storage.served(asset.id, asset.version, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[name])
    return contents


def _add_renditions(session: Session, asset: Asset) -> None:
    for label, (width, height, size) in _SIZES.items():
        session.add(
            Rendition(
                asset_id=asset.id,
                label=label,
                width=width,
                height=height,
                byte_size=size,
                bit_rate=size * 8,
                sha256=_digest(f"{asset.id} {label}"),
            )
        )
    session.flush()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
