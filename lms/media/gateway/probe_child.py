"""Reads one video file and prints what it found as JSON; run as a script, in confinement."""

import json
import sys
from typing import Any

import av
from av.stream import Disposition
from av.video.stream import VideoStream

_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"


def read_facts(path: str, reader: str, max_side: int) -> dict[str, Any]:
    """Return the facts of a file that is read as ``reader`` and as nothing else.

    A picture with a side above ``max_side`` pixels is told, not decoded.
    """
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    with av.open(path, format=reader, options=options) as container:
        pictures = [
            stream
            for stream in container.streams.video
            if not stream.disposition & Disposition.attached_pic
        ]
        sounds = container.streams.audio
        facts: dict[str, Any] = {
            "containers": container.format.name.split(","),
            "streams": len(container.streams),
            "has_picture": bool(pictures),
            "has_sound": bool(sounds),
            "audio_codec": sounds[0].codec.canonical_name if sounds else "",
            "duration_ms": (container.duration or 0) // 1000,
        }
        if pictures:
            codec = pictures[0].codec_context
            facts |= _picture(pictures[0])
            if max(codec.width, codec.height) <= max_side:
                # The first picture proves that the codec is known, and carries which way is up.
                facts["rotation"] = next(container.decode(pictures[0])).rotation
    return facts


def _picture(stream: VideoStream) -> dict[str, Any]:
    codec = stream.codec_context
    shape = stream.sample_aspect_ratio or codec.sample_aspect_ratio
    rate = stream.average_rate or stream.guessed_rate
    return {
        "video_codec": stream.codec.canonical_name,
        "width": codec.width,
        "height": codec.height,
        "pixel_shape": str(shape or 1),
        "frame_rate": str(rate or 0),
    }


if __name__ == "__main__":
    try:
        found = read_facts(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except (av.FFmpegError, StopIteration) as error:
        sys.exit(f"unreadable: {error!r}")
    sys.stdout.write(json.dumps(found))
