"""Reads one video file and prints what it found as JSON; run as a script, in confinement."""

import json
import sys
from collections.abc import Sequence
from typing import Any, TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_AVCC = 1  # the first byte of H.264 settings as MP4 keeps them (ISO 14496-15, 5.3.3.1.2)
_Stream = TypeVar("_Stream", VideoStream, AudioStream)


def read_facts(path: str, reader: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return the facts of a file that is read as ``reader`` and as nothing else.

    What is beyond a limit is told, and neither decoded nor read to its end.
    """
    with _open(path, reader) as container:
        pictures = _pictures(container)
        facts: dict[str, Any] = {
            "containers": container.format.name.split(","),
            "streams": len(container.streams),
            "has_picture": bool(pictures),
            "has_sound": bool(container.streams.audio),
            "promised_ms": (container.duration or 0) // 1000,
        }
        picture, sound = _usable(pictures), _usable(container.streams.audio)
        if picture is not None:
            facts |= _picture(picture)
        if _is_beyond(facts, limits):
            return facts
        facts["promised_ms"] = _promised(container, [picture, sound])
        index = None if sound is None else sound.index
        if picture is not None:
            # The first picture proves that the codec is known, and carries which way is up.
            facts["rotation"] = next(container.decode(picture)).rotation
    facts |= _sound(path, reader, index)
    return facts | _ends(path, reader, facts)


def _open(path: str, reader: str) -> InputContainer:
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    return av.open(path, format=reader, options=options)


def _pictures(container: InputContainer) -> list[VideoStream]:
    """Return the tracks that move; a cover is none of them."""
    return [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]


def _is_beyond(facts: dict[str, Any], limits: dict[str, int]) -> bool:
    return bool(
        max(facts.get("width", 0), facts.get("height", 0)) > limits["side"]
        or facts["streams"] > limits["streams"]
        or facts["promised_ms"] > limits["ms"]
    )


def _picture(stream: VideoStream) -> dict[str, Any]:
    codec = stream.codec_context
    shape = stream.sample_aspect_ratio or codec.sample_aspect_ratio
    rate = stream.average_rate or stream.guessed_rate
    settings = codec.extradata or b""
    is_h264 = stream.codec.canonical_name == "h264" and settings[:1] == bytes([_AVCC])
    return {
        "video_codec": stream.codec.canonical_name,
        "width": codec.width,
        "height": codec.height,
        "pixel_shape": str(shape or 1),
        "frame_rate": str(rate or 0),
        "picture_index": stream.index,
        "profile": settings[1:4].hex() if is_h264 else "",
    }


def _usable(streams: Sequence[_Stream]) -> _Stream | None:
    """Return the first track whose codec is known; phones add others beside it."""
    return next((stream for stream in streams if stream.codec_context is not None), None)


def _promised(
    container: InputContainer, streams: Sequence[VideoStream | AudioStream | None]
) -> int:
    """Return what the header says of the tracks that are used, in ms; 0 where it says nothing.

    Another track may be longer, and a track may be longer than the part of it that is shown.
    """
    whole = (container.duration or 0) // 1000
    begins = (container.start_time or 0) // 1000
    ends = [
        int(((stream.start_time or 0) + stream.duration) * stream.time_base * 1000) - begins
        for stream in streams
        if stream is not None and stream.duration and stream.time_base
    ]
    return min(whole, max(ends)) if whole and ends else whole or max(ends, default=0)


def _sound(path: str, reader: str, index: int | None) -> dict[str, Any]:
    """Return the facts of the sound track, if one frame of it can be heard."""
    silent = {"has_sound": False, "audio_codec": ""}
    if index is None:
        return silent
    with _open(path, reader) as container:
        track = container.streams[index]
        try:
            next(container.decode(track))
        except (av.FFmpegError, StopIteration):
            return silent
        name = track.codec_context.codec.canonical_name
        return {"has_sound": True, "audio_codec": name, "sound_index": index}


def _ends(path: str, reader: str, facts: dict[str, Any]) -> dict[str, int]:
    """Return where the tracks truly end, in ms from the beginning of the file."""
    tracks = {"picture_index": "picture_ms", "sound_index": "sound_ms"}
    names = {facts[index]: end for index, end in tracks.items() if index in facts}
    ends = dict.fromkeys(names.values(), 0)
    with _open(path, reader) as container:
        begins = container.start_time or 0
        for packet in container.demux([container.streams[index] for index in names]):
            if packet.pts is None or packet.is_discard:
                continue
            end = (packet.pts + (packet.duration or 0)) * packet.time_base * 1000 - begins / 1000
            name = names[packet.stream.index]
            ends[name] = max(ends[name], int(end))
    return ends


if __name__ == "__main__":
    try:
        found = read_facts(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    except (av.FFmpegError, StopIteration) as error:
        sys.exit(f"unreadable: {error!r}")
    sys.stdout.write(json.dumps(found))
