"""Checks the finished videos of course folders and puts them where they are served from."""

from collections.abc import Callable, Mapping
from pathlib import Path

from lms.core.errors import InvalidInput, Message
from lms.media.domain.names import POSTER, Label
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.video import (
    VideoFacts,
    judge_finished,
    judge_lengths,
    judge_sound,
    judge_video,
)
from lms.media.gateway.probe import Refused, probe, starts_at_once
from lms.media.gateway.storage import Storage
from lms.media.gateway.transcode import describe, make_poster

_POSTER_HEAD = 12
_STAGING = "staging"


def stage_files(
    storage: Storage,
    *,
    renditions: Mapping[Label, Path],
    poster: Path | None,
    name_asset: Callable[[str], str],
) -> tuple[str, PreparedVideo]:
    """Check the files and put them in their place; return the asset's id and what it holds.

    ``name_asset`` turns the SHA-256 of the best rendition into the asset's id. Raises
    ``InvalidInput`` with a field for each file at fault.
    """
    with storage.workplace(_STAGING) as folder:
        finished = _bring_renditions(storage, folder, renditions)
        if poster is None:
            best = list(finished)[-1]
            make_poster(folder, best.filename, finished[best].duration_ms)
        else:
            _bring_poster(folder, poster)
        prepared = describe(folder, finished)
        asset_id = name_asset(prepared.best.sha256)
        storage.publish(folder, asset_id, prepared.version)
    return asset_id, prepared


def _bring_renditions(
    storage: Storage, folder: Path, renditions: Mapping[Label, Path]
) -> dict[Label, VideoFacts]:
    finished: dict[Label, VideoFacts] = {}
    faults: dict[str, Message] = {}
    for label in (label for label in Label if label in renditions):
        copy = storage.copy(renditions[label], folder / label.filename)
        try:
            finished[label] = _check(copy, label)
        except Refused as refused:
            faults[label.value] = refused.message
    differing = judge_lengths([facts.duration_ms for facts in finished.values()])
    if differing is not None:
        faults[list(finished)[-1].value] = differing
    if faults:
        raise InvalidInput(faults)
    return finished


def _check(path: Path, label: Label) -> VideoFacts:
    facts, is_early = probe(path), starts_at_once(path)
    if label.is_picture:
        why = judge_video(facts) or judge_finished(facts, starts_at_once=is_early)
    else:
        why = judge_sound(facts, starts_at_once=is_early)
    if why is not None:
        raise Refused(why)
    return facts


def _bring_poster(folder: Path, poster: Path) -> None:
    data = poster.read_bytes()
    if data[:4] != b"RIFF" or data[8:_POSTER_HEAD] != b"WEBP":
        raise InvalidInput(
            {"poster": Message("poster_not_webp", "The poster must be a WebP picture.")}
        )
    (folder / POSTER).write_bytes(data)
