"""Small real videos, made by ffmpeg once a run."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from tests.support.run import only_one

_PICTURE = ("-f", "lavfi", "-i", "testsrc2=size={size}:rate=25:duration={seconds}")
_SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration={seconds}")
_MUTED = ("-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_AAC = ("-c:a", "aac", "-ac", "2")
_FAST = ("-movflags", "+faststart")
_RECIPES: dict[str, tuple[str, ...]] = {
    "flat.mp4": (*_PICTURE, *_SOUND, *_H264, *_AAC, *_FAST),
    "upright.mp4": (*_PICTURE, *_SOUND, *_H264, *_AAC),
    "silent.mp4": (*_PICTURE, *_H264, *_FAST),
    "muted.mp4": (*_PICTURE, *_MUTED, *_H264, *_AAC, "-shortest"),
    "small.mp4": (*_PICTURE, *_SOUND, *_H264, *_AAC, *_FAST),
    "slow_start.mp4": (*_PICTURE, *_H264),
    "short.mp4": (*_PICTURE, *_H264, *_FAST),
    "mp3_sound.mp4": (*_PICTURE, *_SOUND, *_H264, "-c:a", "libmp3lame", *_FAST),
    "vp9.webm": (*_PICTURE, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
    "sound.m4a": (*_SOUND, *_AAC),
    "ear.m4a": (*_SOUND, *_AAC, *_FAST),
    "long.m4a": (*_SOUND, *_AAC, *_FAST),
    "fast.mp4": ("-f", "lavfi", "-i", "testsrc2=size=128x128:rate=240:duration=1", *_H264),
    "long.mp4": ("-f", "lavfi", "-i", "testsrc2=size=128x128:rate=1/3600:duration=360000", *_H264),
    "huge.mkv": ("-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=2", "-c:v", "rawvideo"),
    "wide.mp4": ("-f", "lavfi", "-i", "color=size=4098x64:rate=5:duration=1", *_H264),
}
# Width, height and interlacing in the header of a Matroska file (RFC 9559, 5.1.4.1.28).
_SMALL_SIDES = b"\xb0\x81\x40\xba\x81\x40\x9a\x81\x02"
_SIZES = {"upright.mp4": "360x640", "small.mp4": "426x240"}
_SECONDS = {"short.mp4": "0.4", "long.m4a": "6"}


def video(name: str) -> Path:
    """Return the path of the named video; nobody may change the file."""
    with only_one("videos") as folder:
        path = folder / "videos" / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            values = {"size": _SIZES.get(name, "640x360"), "seconds": _SECONDS.get(name, "3")}
            recipe = [part.format(**values) for part in _RECIPES[name]]
            run_ffmpeg(*recipe, str(path))
    return path


def with_sides(matroska: bytes, pixels: int) -> bytes:
    """Return the file with a header that claims sides of that many pixels instead of 64."""
    assert matroska.count(_SMALL_SIDES) == 1
    sides = b"\xb0\x83" + pixels.to_bytes(3, "big") + b"\xba\x82" + pixels.to_bytes(2, "big")
    return matroska.replace(_SMALL_SIDES, sides)


def run_ffmpeg(*arguments: str) -> None:
    """Let ffmpeg make something for a test."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, check=True)
