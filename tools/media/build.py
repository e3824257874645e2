"""Builds one lesson's media folder from its script, and skips a lesson that is up to date."""

from __future__ import annotations

import hashlib
import json
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools.media import encode
from tools.media.captions import Cue, chinese_lines, cut, english_lines, webvtt
from tools.media.script import Script, read_script
from tools.media.slides import Photographer
from tools.media.speech import SAMPLES_A_SECOND, Speaker

BEFORE_FIRST = 0.6
AFTER_SENTENCE = 0.35
AFTER_SLIDE = 0.55
FULL_SCALE = 32767
HEADROOM = 0.9
MADE = ("480p.mp4", "240p.mp4", "audio.m4a", "poster.webp", "zh.vtt", "en.vtt")


@dataclass(slots=True)
class Timeline:
    """What is seen and heard, second by second, while it is being put together."""

    sound: list[Path | float]
    pictures: list[tuple[Path, float]]
    zh: list[Cue]
    en: list[Cue]
    at: float = 0.0

    def pause(self, seconds: float) -> None:
        """Hold the last picture in silence."""
        self.sound.append(seconds)
        self.at += seconds
        picture, shown_for = self.pictures[-1]
        self.pictures[-1] = (picture, shown_for + seconds)


def make_lesson(script_file: Path, build: Path, *, again: bool) -> str:
    """Make what is missing or out of date beside ``script_file``; return a line for people."""
    folder = script_file.parent
    script = read_script(script_file)
    line = compose(script, build)
    stamp = build / "lessons" / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.json"
    made_from = fingerprint(line)
    if not again and up_to_date(stamp, made_from, folder):
        return f"{folder}: unchanged, {line.at:.0f} s"
    write(folder, line, build)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({"from": made_from, "made": hashes(folder)}), encoding="utf-8")
    return report(folder, line.at)


def compose(script: Script, build: Path) -> Timeline:
    """Draw each state of each slide, speak each sentence, and lay them end to end."""
    photographer = Photographer(build)
    speaker = Speaker(build, script.voice, script.speed)
    line = Timeline([], [], [], [])
    for slide in script.slides:
        for sentence in slide.sentences:
            line.pictures.append((photographer.picture(script, slide, sentence.shown), 0.0))
            if not line.sound:
                line.pause(BEFORE_FIRST)
            spoken = speaker.speak(sentence.aloud)
            seconds = spoken.stat().st_size / 4 / SAMPLES_A_SECOND
            start = line.at
            line.sound.append(spoken)
            line.pictures[-1] = (line.pictures[-1][0], line.pictures[-1][1] + seconds)
            line.at += seconds
            line.pause(AFTER_SENTENCE)
            line.zh.extend(cut(start, line.at, sentence.zh, chinese_lines))
            line.en.extend(cut(start, line.at, sentence.en, english_lines))
        line.pause(AFTER_SLIDE)
    return line


def write(folder: Path, line: Timeline, build: Path) -> None:
    """Write videos, poster and captions into the lesson's media folder."""
    sound = build / "narration.wav"
    write_wave(sound, line.sound)
    listing = build / "pictures.txt"
    listing.write_text(encode.picture_list(line.pictures), encoding="utf-8")
    for rendition in encode.RENDITIONS:
        encode.encode(listing, sound, rendition, line.at, folder / f"{rendition.name}.mp4")
    encode.sound_alone(folder / f"{encode.RENDITIONS[0].name}.mp4", folder / "audio.m4a")
    encode.poster(line.pictures[0][0], folder / "poster.webp")
    (folder / "zh.vtt").write_text(webvtt(line.zh), encoding="utf-8")
    (folder / "en.vtt").write_text(webvtt(line.en), encoding="utf-8")


def write_wave(path: Path, sound: list[Path | float]) -> None:
    """Join spoken sentences and pauses into one 16-bit mono file."""
    pieces = [
        np.zeros(round(piece * SAMPLES_A_SECOND), np.float32)
        if isinstance(piece, float)
        else np.fromfile(piece, np.float32)
        for piece in sound
    ]
    samples = np.concatenate(pieces)
    loudest = float(np.abs(samples).max())
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLES_A_SECOND)
        out.writeframes((samples / loudest * HEADROOM * FULL_SCALE).astype("<i2").tobytes())


def fingerprint(line: Timeline) -> str:
    """Return a hash of everything the outputs depend on; file names are hashes already."""
    parts = [
        [piece.name if isinstance(piece, Path) else piece for piece in line.sound],
        [(picture.name, seconds) for picture, seconds in line.pictures],
        [(cue.start, cue.end, cue.text) for cue in (*line.zh, *line.en)],
        [str(rendition) for rendition in encode.RENDITIONS],
        Path(encode.__file__).read_text(encoding="utf-8"),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of each made file that is there."""
    made = [folder / name for name in MADE if (folder / name).exists()]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in made}


def up_to_date(stamp: Path, made_from: str, folder: Path) -> bool:
    """Say whether the made files are those made last time from the same sources."""
    if not stamp.exists():
        return False
    last = json.loads(stamp.read_text(encoding="utf-8"))
    made = hashes(folder)
    return bool(last["from"] == made_from and last["made"] == made and len(made) == len(MADE))


def report(folder: Path, seconds: float) -> str:
    """Return length and sizes, in KB for each minute."""
    sizes = [
        f"{name} {(folder / name).stat().st_size / 1024 / seconds * 60:.0f} KB/min"
        for name in MADE[:3]
    ]
    poster = (folder / "poster.webp").stat().st_size / 1024
    return f"{folder}: {seconds:.1f} s, {', '.join(sizes)}, poster {poster:.1f} KB"
