"""Encodes a video with ffmpeg: one pass decodes the source once, whatever is made of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.core.errors import Message
from lms.media.domain.names import POSTER, Label
from lms.media.domain.sniff import HEAD_BYTES, sniff_video
from lms.media.domain.thumbnails import KEYFRAME_MS
from lms.media.domain.video import (
    RenditionPlan,
    VideoFacts,
    choose_frame_rate,
    light_rate,
    poster_size,
)
from lms.media.gateway.probe import Refused, fault_of
from lms.media.gateway.program import Limits, ProgramFailed, ffmpeg, run_confined

SOURCE = "source"
Progress = Callable[[int, int], None]
TOO_SLOW = Message(
    "video_took_too_long",
    "Preparing this video took too long and was stopped. Export it as 720p MP4 with 30 pictures a "
    "second and send that.",
)

_MIB = 1024**2
INPUT = (
    *("-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "2"),
    *("-protocol_whitelist", "file,pipe"),
    *("-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"),
)
# Nothing of who, where and with what: only what is seen and heard.
BARE = ("-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn")
# Constant quality, the kilobits a second it may not pass, and the kilobits within which it may not:
# 240p has to run at 12 KB a second, whatever it shows, with room for all else a page sends. So its
# sound is that of a good telephone, and its encoder takes its time.
_QUALITY = {
    Label.SMALL: ("27", 46, 46),
    Label.MEDIUM: ("25", 900, 1800),
    Label.LARGE: ("24", 1800, 3600),
}
_PRESET = {Label.SMALL: "medium", Label.MEDIUM: "veryfast", Label.LARGE: "veryfast"}
_SOUND_KBITS = {Label.SOUND: 48, Label.SMALL: 24, Label.MEDIUM: 64, Label.LARGE: 64}
_SOUND_RATE, _LIGHT_SOUND_RATE = 44_100, 24_000
# An index of everything in front, which any player understands; the coarser the sooner it is there.
_WHOLE_INDEX = ("-chunk_duration", "1000000", "-movflags", "+faststart", "-f", "mp4")
# Two hours have an index of megabytes. What is for weak lines begins with a table of its parts, and
# each part has an index of its own (ISO 14496-12, 8.8 and 8.16.3).
_BY_PART = "+delay_moov+default_base_moof+global_sidx+skip_trailer"
_PART = str(KEYFRAME_MS * 1000)
LAYOUT = {
    Label.SOUND: ("-movflags", _BY_PART, "-frag_duration", _PART, "-f", "mp4"),
    Label.SMALL: ("-movflags", f"{_BY_PART}+frag_keyframe", "-f", "mp4"),
    Label.MEDIUM: _WHOLE_INDEX,
    Label.LARGE: _WHOLE_INDEX,
}
_PROFILE = {Label.SMALL: "baseline", Label.MEDIUM: "main", Label.LARGE: "main"}
# A gap in the sound stays a gap, what starts late is led in by silence.
_IN_TIME = "aresample=async=1:first_pts=0"
# Speech at one loudness in all lessons (EBU R 128 with the -16 LUFS usual for phones).
# Whole numbers right behind it: of a few silent seconds the measurement makes "not a number".
# It loses no sample, but its clock jumps before the last three seconds: they are counted instead.
_LOUDNESS = (
    "loudnorm=I=-16:TP=-1.5:LRA=11,aformat=sample_fmts=s16,"
    "aresample={rate},asetpts=N/SR/TB,aformat=channel_layouts=mono"
)
_KEYFRAMES = (
    *("-force_key_frames", f"expr:gte(t,n_forced*{KEYFRAME_MS // 1000})"),
    *("-sc_threshold", "0"),
)
# Five times its length is slow for any machine: two slow cores take a 1080p source at about one.
_SLOWEST = 5
_SPARE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Encoding:
    """What to make of the folder's source in one pass; everything becomes ``length_ms`` long."""

    facts: VideoFacts
    length_ms: int
    plans: tuple[RenditionPlan, ...]
    has_poster: bool = False
    has_sound_alone: bool = False

    @property
    def sounds(self) -> list[Label]:
        """Return the files that get sound, in the order they are made."""
        if not self.facts.has_sound:
            return []
        alone = [Label.SOUND] if self.has_sound_alone else []
        return [*(plan.label for plan in self.plans), *alone]

    @property
    def seconds(self) -> str:
        """Return the length as ffmpeg takes it."""
        return f"{self.length_ms / 1000:.3f}"


def encode(folder: Path, wanted: Encoding, progress: Progress) -> None:
    """Make the files in the folder; ``progress`` is told milliseconds done and to do.

    Raises ``Refused`` where the video is broken, ``GatewayError`` where this machine is.
    """
    with (folder / SOURCE).open("rb") as file:
        kind = sniff_video(file.read(HEAD_BYTES))
    if isinstance(kind, Message):
        raise Refused(kind)
    command = [
        *(ffmpeg(), *INPUT, "-f", kind.value, "-i", SOURCE),
        *("-filter_complex", ";".join([*_pictures(wanted), *_sounds(wanted)])),
        *(word for plan in wanted.plans for word in _rendition(plan, wanted)),
        *(_poster() if wanted.has_poster else ()),
        *(_alone() if wanted.has_sound_alone and wanted.facts.has_sound else ()),
        *("-progress", "pipe:1", "-nostats"),
    ]
    told = _Told(progress, wanted.length_ms)
    try:
        run_confined(command, folder=folder, limits=limits(wanted.length_ms), on_line=told)
    except ProgramFailed as failed:
        raise fault_of(failed, TOO_SLOW) from failed


def limits(length_ms: int) -> Limits:
    """Give long videos more time and room."""
    seconds = _SPARE_SECONDS + _SLOWEST * length_ms // 1000
    most_kbits = max(kbits for _, kbits, _ in _QUALITY.values()) + max(_SOUND_KBITS.values())
    return Limits(
        wall_seconds=seconds,
        cpu_seconds=seconds * 2,
        memory_bytes=4096 * _MIB,
        file_bytes=32 * _MIB + 2 * length_ms * most_kbits // 8,
    )


class _Told:
    """Hands on ffmpeg's progress, one percent at a time: each report is a write."""

    def __init__(self, progress: Progress, total_ms: int) -> None:
        self._progress = progress
        self._total = total_ms
        self._step = max(total_ms // 100, 1_000)
        self._last = 0

    def __call__(self, line: str) -> None:
        name, _, value = line.partition("=")
        if name != "out_time_us" or not value.isdecimal():
            return
        done = min(int(value) // 1000, self._total)
        if done - self._last >= self._step:
            self._last = done
            self._progress(done, self._total)


def _pictures(wanted: Encoding) -> list[str]:
    """Return the filters of what is seen: every picture at its moment, from 0 to the end.

    Where the sound goes on, the last picture stands; it stands no longer than that, so a video
    that breaks off stays too short and is found out.
    """
    names = [plan.label.value for plan in wanted.plans] + [POSTER] * wanted.has_poster
    if not names:
        return []
    facts = wanted.facts
    rate = choose_frame_rate(facts)
    rate = light_rate(rate) if Label.SMALL in names else rate
    missing = max(wanted.length_ms - facts.picture_ms, 0)
    steady = [f"fps={rate}:start_time=0"]
    steady += [f"tpad=stop_mode=clone:stop_duration={missing / 1000:.3f}"] if missing else []
    steady += [f"trim=end={wanted.seconds}", f"split={len(names)}"]
    chains = [f"[0:{facts.picture_index}]{','.join(steady)}" + _pads("p", names)]
    chains += [
        f"[p-{plan.label}]scale={plan.width}:{plan.height}:flags=bicubic,setsar=1,format=yuv420p"
        f"[v-{plan.label}]"
        for plan in wanted.plans
    ]
    if wanted.has_poster:
        width, height = poster_size(facts)
        begin = f"{wanted.length_ms / 10_000:.3f}"
        chains.append(
            f"[p-{POSTER}]select=gte(t\\,{begin}),scale={width}:{height},setsar=1,thumbnail=50"
            f"[v-{POSTER}]"
        )
    return chains


def _sounds(wanted: Encoding) -> list[str]:
    """Return the filters of what is heard: one loudness, from 0 to the end, silence in gaps."""
    names = wanted.sounds
    if not names:
        return []
    even = _LOUDNESS.format(rate=_LIGHT_SOUND_RATE if Label.SMALL in names else _SOUND_RATE)
    whole = f"apad=whole_dur={wanted.seconds},atrim=end={wanted.seconds}"
    return [
        f"[0:{wanted.facts.sound_index}]{_IN_TIME},{even},{whole},asplit={len(names)}"
        + _pads("a", names)
    ]


def _pads(kind: str, names: Sequence[str]) -> str:
    return "".join(f"[{kind}-{name}]" for name in names)


def _rendition(plan: RenditionPlan, wanted: Encoding) -> tuple[str, ...]:
    quality, most, within = _QUALITY[plan.label]
    return (
        *("-map", f"[v-{plan.label}]", "-c:v", "libx264", "-preset", _PRESET[plan.label]),
        *("-profile:v", _PROFILE[plan.label], "-crf", quality),
        *("-maxrate", f"{most}k", "-bufsize", f"{within}k", *_KEYFRAMES),
        *(_sound(plan.label) if plan.label in wanted.sounds else ()),
        *(*BARE, *LAYOUT[plan.label], plan.label.filename),
    )


def _sound(label: Label) -> tuple[str, ...]:
    bits = f"{_SOUND_KBITS[label]}k"
    return ("-map", f"[a-{label}]", "-c:a", "aac", "-ac", "1", "-b:a", bits)


def _alone() -> tuple[str, ...]:
    return (*_sound(Label.SOUND), *BARE, *LAYOUT[Label.SOUND], Label.SOUND.filename)


def _poster() -> tuple[str, ...]:
    how = ("-frames:v", "1", "-c:v", "libwebp", "-quality", "70", "-f", "webp", POSTER)
    return ("-map", f"[v-{POSTER}]", *BARE, *how)
