"""Cuts finished renditions into a stream without encoding, and takes thumbnails from one."""

from collections.abc import Mapping
from pathlib import Path

from lms.core.errors import Message
from lms.media.domain.names import MASTER, THUMBNAILS, Label
from lms.media.domain.sniff import Container
from lms.media.domain.streams import Rung, master_list, rung_of
from lms.media.domain.thumbnails import (
    COLUMNS,
    KEYFRAME_MS,
    TILE_WIDTH,
    tile_count,
    tile_height,
    tile_step_ms,
)
from lms.media.domain.video import SAME_MOMENT_MS, VideoFacts, judge_lengths
from lms.media.gateway.encode import BARE, INPUT, TOO_SLOW, limits
from lms.media.gateway.probe import Refused, fault_of
from lms.media.gateway.program import ProgramFailed, ffmpeg, run_confined

_FINISHED = (*INPUT, "-f", Container.MP4.value)
_PIECES = (
    *("-c", "copy", "-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"),
    *("-hls_flags", "single_file+independent_segments", "-hls_time", str(KEYFRAME_MS // 1000)),
)
_BROKEN = Message(
    "stream_not_whole",
    "The stream for weak lines came out broken. What could be watched before still can; try again.",
)


def make_stream(folder: Path, pictures: Mapping[Label, VideoFacts]) -> None:
    """Make the stream of the folder's finished renditions, the lightest first."""
    rungs = [_cut(folder, label, facts) for label, facts in pictures.items()]
    (folder / MASTER).write_text(master_list(rungs))


def make_thumbnails(folder: Path, label: Label, facts: VideoFacts) -> int:
    """Put small pictures of a finished rendition into one and return how many there are.

    Only its key frames are decoded.
    """
    count = tile_count(facts.duration_ms)
    every = tile_step_ms(facts.duration_ms) // KEYFRAME_MS
    size = f"{TILE_WIDTH}:{tile_height(facts.width, facts.height)}"
    filters = (
        f"select=not(mod(n\\,{every})),scale={size}:force_original_aspect_ratio=decrease,"
        f"pad={size}:-1:-1,setsar=1,tile={COLUMNS}x{-(-count // COLUMNS)}:color=white"
    )
    command = [
        *(ffmpeg(), "-skip_frame", "nokey", *_FINISHED, "-i", label.filename, "-map", "0:V:0"),
        *("-vf", filters, "-fps_mode", "passthrough", "-frames:v", "1", *BARE),
        *("-c:v", "libwebp", "-quality", "50", "-f", "webp", THUMBNAILS),
    ]
    _run(command, folder, facts)
    return count


def _cut(folder: Path, label: Label, facts: VideoFacts) -> Rung:
    command = [
        *(ffmpeg(), *_FINISHED, "-i", label.filename, "-map", "0", *_PIECES, *BARE),
        *("-hls_segment_filename", label.pieces, label.playlist),
    ]
    _run(command, folder, facts)
    size = (folder / label.pieces).stat().st_size
    text = (folder / label.playlist).read_text()
    rung = rung_of(text, label, facts, byte_size=size)
    lengths = [facts.picture_ms, rung.duration_ms] if rung else []
    if rung is None or judge_lengths(lengths, within_ms=SAME_MOMENT_MS):
        raise Refused(_BROKEN)
    return rung


def _run(command: list[str], folder: Path, facts: VideoFacts) -> None:
    try:
        run_confined(command, folder=folder, limits=limits(facts.duration_ms))
    except ProgramFailed as failed:
        raise fault_of(failed, TOO_SLOW) from failed
