"""Calls ffmpeg: pictures and speech become renditions of even loudness, sound and a poster."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

FRAMES_A_SECOND = 12
KEY_FRAME_EVERY = 4 * FRAMES_A_SECOND
LOUDNESS = "I=-16:TP=-2.5:LRA=11"
SOUND_ALONE = "32k"
POSTER_WIDTH = 640
POSTER_QUALITY = 72
INDEX_FIRST = ("-movflags", "+faststart")
# What is for weak lines plays after a few kilobytes: a table of parts, each with its own index.
BY_PART = "+delay_moov+default_base_moof+global_sidx+skip_trailer"
INDEX_BY_PART = ("-movflags", f"{BY_PART}+frag_keyframe")
SOUND_BY_PART = ("-movflags", BY_PART, "-frag_duration", "4000000")


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of the video: pixels, x264's quality (lower is better), the sound's bit rate.

    ``index`` says how the file is laid out.
    """

    name: str
    width: int
    height: int
    quality: int
    sound: str
    index: tuple[str, ...]


RENDITIONS = (
    Rendition("480p", 854, 480, 24, "48k", INDEX_FIRST),
    Rendition("240p", 426, 240, 24, "32k", INDEX_BY_PART),
)


def ffmpeg(*arguments: str) -> str:
    """Run ffmpeg and return what it reported."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-nostdin", "-hide_banner", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ffmpeg failed: {done.stderr[-2000:]}")
    return done.stderr


def loudness_filter(sound: Path) -> str:
    """Measure the whole narration first, so that it is only turned up or down, never pumped."""
    report = ffmpeg(
        "-i", str(sound), "-af", f"loudnorm={LOUDNESS}:print_format=json", "-f", "null", "-"
    )
    found = json.loads(re.findall(r"\{[^{}]+\}", report)[-1])
    measured = (
        f"measured_I={found['input_i']}:measured_TP={found['input_tp']}"
        f":measured_LRA={found['input_lra']}:measured_thresh={found['input_thresh']}"
        f":offset={found['target_offset']}"
    )
    return f"loudnorm={LOUDNESS}:{measured}:linear=true"


def picture_list(pictures: list[tuple[Path, float]]) -> str:
    """Return ffmpeg's list of pictures and seconds; it needs the last one named twice."""
    lines = [f"file '{picture}'\nduration {seconds:.4f}" for picture, seconds in pictures]
    return "\n".join([*lines, f"file '{pictures[-1][0]}'", ""])


def encode(listing: Path, sound: Path, rendition: Rendition, seconds: float, target: Path) -> None:
    """Write one rendition that starts playing before it is all there."""
    size = f"fps={FRAMES_A_SECOND},scale={rendition.width}:{rendition.height}:flags=lanczos"
    draft = target.with_suffix(".part.mp4")
    ffmpeg(
        *("-f", "concat", "-safe", "0", "-i", str(listing), "-i", str(sound)),
        *("-vf", f"{size},format=yuv420p", "-c:v", "libx264", "-preset", "slow"),
        *("-tune", "stillimage", "-crf", str(rendition.quality), "-profile:v", "main"),
        *("-g", str(KEY_FRAME_EVERY), "-keyint_min", str(KEY_FRAME_EVERY), "-sc_threshold", "0"),
        *("-af", loudness_filter(sound), "-ar", "44100", "-ac", "1"),
        *("-c:a", "aac", "-b:a", rendition.sound, "-t", f"{seconds:.3f}"),
        *(*rendition.index, "-map_metadata", "-1"),
        *("-fflags", "+bitexact", "-metadata:s:a:0", "language=zho", str(draft)),
    )
    draft.rename(target)


def sound_alone(video: Path, target: Path) -> None:
    """Write the sound of a finished video, as long as its pictures, for those who only listen."""
    command = ("-i", str(video), "-map", "0:v", "-c", "copy", "-f", "null", "-")
    hours, minutes, seconds = re.findall(r"Duration: (\d+):(\d+):([\d.]+)", ffmpeg(*command))[0]
    whole = f"{int(hours) * 3600 + int(minutes) * 60 + float(seconds):.2f}"
    draft = target.with_suffix(".part.m4a")
    ffmpeg(
        *("-i", str(video), "-vn", "-af", f"apad=whole_dur={whole},atrim=end={whole}"),
        *("-c:a", "aac", "-ac", "1", "-b:a", SOUND_ALONE, "-f", "mp4"),
        *(*SOUND_BY_PART, "-map_metadata", "-1", "-fflags", "+bitexact"),
        *("-metadata:s:a:0", "language=zho", str(draft)),
    )
    draft.rename(target)


def poster(picture: Path, target: Path) -> None:
    """Write the first picture as a small WebP."""
    ffmpeg(
        *("-i", str(picture), "-vf", f"scale={POSTER_WIDTH}:-2:flags=lanczos"),
        *("-c:v", "libwebp", "-quality", str(POSTER_QUALITY), str(target)),
    )
