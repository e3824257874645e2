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
# White and a tone from the second to the fifth second: what happens when can be measured.
_SHOWN = "drawbox=color=white:t=fill:enable='between(t,2,4.99)'"
_HEARD = "aevalsrc='if(between(t,2,5),sin(880*PI*t),0)':d={seconds}:s=44100"
_BLACK = "color=black:size={size}:rate=25:duration={seconds}"
_SIGN = ("-f", "lavfi", "-i", f"{_BLACK},{_SHOWN}")
_TONE = ("-f", "lavfi", "-i", _HEARD)
# Two seconds of 25 pictures each, the rest of 10.
_UNEVEN = "setpts='if(lt(N,50),N/25,2+(N-50)/10)/TB'"
_QUICK = ("-deadline", "realtime", "-cpu-used", "8")
_LONG_TONE = ("-f", "lavfi", "-i", _HEARD.replace("{seconds}", "6"))
_VARIES = ("-f", "lavfi", "-i", f"{_BLACK},{_UNEVEN},{_SHOWN}")
# A red quarter on grey: which corner it is in tells which way is up.
_CORNER = "color=gray:size={size}:rate=25:duration={seconds},drawbox=w=iw/2:h=ih/2:color=red:t=fill"
_QUARTER = ("-f", "lavfi", "-i", _CORNER)
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
    "faster.mp4": ("-f", "lavfi", "-i", "testsrc2=size=128x128:rate=1000:duration=1", *_H264),
    "sign.mp4": (*_SIGN, *_TONE, *_H264, *_AAC, *_FAST),
    "varies.mp4": (*_VARIES, *_TONE, "-fps_mode", "vfr", *_H264, *_AAC, *_FAST),
    "late_sound.mp4": (*_SIGN, "-itsoffset", "1", *_TONE, *_H264, *_AAC),
    "late_picture.mkv": ("-itsoffset", "1", *_SIGN, *_TONE, *_H264, *_AAC),
    "live.webm": (*_SIGN, *_TONE, "-c:v", "libvpx", *_QUICK, "-c:a", "libopus", "-live", "1"),
    "corner.mp4": (*_QUARTER, *_H264),
    "ten_bits.mp4": (*_QUARTER, *_SOUND, "-c:v", "libx264", "-pix_fmt", "yuv420p10le", *_AAC),
    "hevc.mp4": (*_QUARTER, "-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1"),
    "av1.mp4": (*_QUARTER, *_SOUND, "-c:v", "libsvtav1", "-preset", "12", *_AAC),
    "odd.mp4": (*_QUARTER, *_SOUND, "-c:v", "libx264", "-pix_fmt", "yuv444p", *_AAC),
    "mono.mp4": (*_QUARTER, *_SOUND, *_H264, "-c:a", "aac", "-ac", "1"),
    "around.mp4": (*_QUARTER, *_SOUND, *_H264, "-c:a", "aac", "-ac", "6"),
    "sound_goes_on.mp4": (*_SIGN, *_LONG_TONE, *_H264, *_AAC),
    "sharp.mp4": (*_QUARTER, *_SOUND, *_H264, *_AAC),
    "huge.mkv": ("-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=2", "-c:v", "rawvideo"),
    "wide.mp4": ("-f", "lavfi", "-i", "color=size=4098x64:rate=5:duration=1", *_H264),
}
# Width, height and interlacing in the header of a Matroska file (RFC 9559, 5.1.4.1.28).
_SMALL_SIDES = b"\xb0\x81\x40\xba\x81\x40\x9a\x81\x02"
_SIZES = {
    "upright.mp4": "360x640",
    "small.mp4": "426x240",
    "odd.mp4": "641x361",
    "sharp.mp4": "1280x720",
}
_SECONDS = {
    "short.mp4": "0.4",
    "long.m4a": "6",
    **dict.fromkeys(("sign.mp4", "varies.mp4", "late_sound.mp4", "late_picture.mkv"), "8"),
    "live.webm": "8",
    "sharp.mp4": "9",
}


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


def turned(name: str, degrees: int, target: Path) -> Path:
    """Copy the named video with a header that turns it against the clock, as phones write it."""
    turn = ("-display_rotation", str(degrees), "-i", str(video(name)))
    run_ffmpeg(*turn, "-c", "copy", str(target))
    return target


def begun_later(name: str, seconds: int, target: Path) -> Path:
    """Copy the named video without its first seconds: they stay inside and are not shown."""
    run_ffmpeg("-ss", str(seconds), "-i", str(video(name)), "-c", "copy", str(target))
    return target


def with_sides(matroska: bytes, pixels: int) -> bytes:
    """Return the file with a header that claims sides of that many pixels instead of 64."""
    assert matroska.count(_SMALL_SIDES) == 1
    sides = b"\xb0\x83" + pixels.to_bytes(3, "big") + b"\xba\x82" + pixels.to_bytes(2, "big")
    return matroska.replace(_SMALL_SIDES, sides)


def run_ffmpeg(*arguments: str) -> None:
    """Let ffmpeg make something for a test."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, check=True)
