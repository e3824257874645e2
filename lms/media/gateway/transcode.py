"""Makes the renditions, the sound alone and the poster of a video with ffmpeg."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lms.core.errors import Message
from lms.media.domain.names import POSTER, Label
from lms.media.domain.prepared import PreparedRendition, PreparedVideo, bit_rate
from lms.media.domain.sniff import HEAD_BYTES, Container, sniff_video
from lms.media.domain.video import (
    UNREADABLE,
    RenditionPlan,
    VideoFacts,
    choose_frame_rate,
    choose_renditions,
    judge_lengths,
    judge_result,
    judge_video,
)
from lms.media.gateway.probe import Refused, probe
from lms.media.gateway.program import Limits, ProgramFailed, ffmpeg, run_confined
from lms.media.gateway.storage import sha256_of

SOURCE = "source"
Progress = Callable[[int, int], None]

_MIB = 1024**2
_INPUT = (
    *("-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "2"),
    *("-protocol_whitelist", "file,pipe"),
    *("-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"),
)
# Constant quality, and the kilobits a second it may not pass: 240p has to run on a weak line.
_QUALITY = {Label.SMALL: ("27", 240), Label.MEDIUM: ("25", 900)}
_SOUND_KBITS = {Label.SMALL: 40, Label.MEDIUM: 64}
_PROFILE = {Label.SMALL: "baseline", Label.MEDIUM: "main"}
# Speech at one loudness in all lessons (EBU R 128 with the -16 LUFS usual for phones).
# Whole numbers right behind it: of a few silent seconds the measurement makes "not a number".
_LOUDNESS = (
    "loudnorm=I=-16:TP=-1.5:LRA=11,aformat=sample_fmts=s16,"
    "aresample=44100,aformat=channel_layouts=mono"
)
_KEYFRAMES = ("-force_key_frames", "expr:gte(t,n_forced*4)", "-sc_threshold", "0")
_POSTER_LIMITS = Limits(
    wall_seconds=120, cpu_seconds=120, memory_bytes=2048 * _MIB, file_bytes=16 * _MIB
)
# Speech stays clear; a fifth of what the lightest picture may take.
_SOUND_ALONE_KBITS = 48
# As long as the picture, so that a second of sound is the same second of the video: what starts
# late is led in by silence, what ends early is followed by it.
_SOUND_FILTER = "aresample=async=1:first_pts=0,apad=whole_dur={seconds},atrim=end={seconds}"
_POSTER_FILTER = "thumbnail=50,scale='min(640,iw)':-2"

TOO_SLOW = Message(
    "video_took_too_long",
    "Preparing this video took too long and was stopped. Export it as 720p MP4 with 30 pictures a "
    "second and send that.",
)


def examine(folder: Path) -> VideoFacts:
    """Return the facts of the folder's ``source``. Raises ``Refused`` where it is not taken."""
    facts = probe(folder / SOURCE)
    why = judge_video(facts)
    if why is not None:
        raise Refused(why)
    return facts


def prepare(folder: Path, out: Path, facts: VideoFacts, progress: Progress) -> PreparedVideo:
    """Make all files of the folder's ``source`` in ``out``.

    ``progress`` is told milliseconds done and to do. Raises ``Refused`` where the video turns out
    to be broken.
    """
    plans = choose_renditions(facts)
    _encode(folder, facts, plans, progress)
    for plan in plans:
        (folder / plan.label.filename).rename(out / plan.label.filename)
    finished = [probe(out / plan.label.filename) for plan in plans]
    duration_ms = finished[-1].duration_ms
    cut = judge_result(facts.duration_ms, duration_ms)
    if cut is not None:
        raise Refused(cut)
    best = plans[-1].label.filename
    make_poster(out, best, duration_ms)
    sound = make_sound(out, best, finished[-1])
    pictures = {plan.label: made for plan, made in zip(plans, finished, strict=True)}
    return describe(out, {Label.SOUND: sound, **pictures} if sound else pictures)


def make_sound(folder: Path, video: str, facts: VideoFacts) -> VideoFacts | None:
    """Make the sound alone of a finished video of the folder, exactly as long as the video.

    Returns ``None`` where there is no sound to be had; the video is whole without.
    """
    if not facts.has_sound:
        return None
    target = folder / Label.SOUND.filename
    command = [
        *(ffmpeg(), *_INPUT, "-f", Container.MP4.value, "-i", video, "-map", "0:a:0"),
        *("-af", _SOUND_FILTER.format(seconds=f"{facts.duration_ms / 1000:.3f}")),
        *("-c:a", "aac", "-ac", "1", "-b:a", f"{_SOUND_ALONE_KBITS}k"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn", "-vn"),
        *("-movflags", "+faststart", "-f", "mp4", target.name),
    ]
    try:
        run_confined(command, folder=folder, limits=_limits(facts))
        made = probe(target)
    except (ProgramFailed, Refused):
        made = None
    if made is None or judge_lengths([made.duration_ms, facts.duration_ms]):
        target.unlink(missing_ok=True)
        return None
    return made


def make_poster(folder: Path, video: str, duration_ms: int) -> None:
    """Take a telling picture from the first part of a finished video of the folder."""
    command = [
        *(ffmpeg(), *_INPUT, "-f", Container.MP4.value),
        *("-ss", f"{duration_ms / 10_000:.3f}", "-i", video),
        *("-map", "0:V:0", "-vf", _POSTER_FILTER, "-frames:v", "1"),
        *("-map_metadata", "-1", "-c:v", "libwebp", "-quality", "70", "-f", "webp", POSTER),
    ]
    try:
        run_confined(command, folder=folder, limits=_POSTER_LIMITS)
    except ProgramFailed as failed:
        raise Refused(UNREADABLE) from failed


def describe(out: Path, finished: dict[Label, VideoFacts]) -> PreparedVideo:
    """Return what lies in a folder of finished files; its length is that of the best rendition."""
    made = tuple(_rendition(out, label, facts) for label, facts in finished.items())
    length = finished[made[-1].label].duration_ms
    return PreparedVideo(made, sha256_of(out / POSTER), length)


def _rendition(out: Path, label: Label, facts: VideoFacts) -> PreparedRendition:
    path = out / label.filename
    size = path.stat().st_size
    rate = bit_rate(size, facts.duration_ms)
    return PreparedRendition(label, facts.width, facts.height, size, rate, sha256_of(path))


def _encode(
    folder: Path, facts: VideoFacts, plans: Sequence[RenditionPlan], progress: Progress
) -> None:
    with (folder / SOURCE).open("rb") as file:
        kind = sniff_video(file.read(HEAD_BYTES))
    if isinstance(kind, Message):
        raise Refused(kind)
    command = [
        *(ffmpeg(), *_INPUT, "-f", kind.value, "-i", SOURCE),
        *("-filter_complex", _graph(facts, plans)),
        *(word for index, plan in enumerate(plans) for word in _output(index, plan, facts)),
        *("-progress", "pipe:1", "-nostats"),
    ]
    told = _Told(progress, facts.duration_ms)
    try:
        run_confined(command, folder=folder, limits=_limits(facts), on_line=told)
    except ProgramFailed as failed:
        raise Refused(TOO_SLOW if failed.timed_out else UNREADABLE) from failed


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


def _limits(facts: VideoFacts) -> Limits:
    """Give long videos more time and room; ten times its length is slow for any machine."""
    seconds = 120 + facts.duration_ms // 100
    most_kbits = max(kbits for _, kbits in _QUALITY.values()) + max(_SOUND_KBITS.values())
    return Limits(
        wall_seconds=seconds,
        cpu_seconds=seconds * 2,
        memory_bytes=4096 * _MIB,
        file_bytes=32 * _MIB + 2 * facts.duration_ms * most_kbits // 8,
    )


def _graph(facts: VideoFacts, plans: Sequence[RenditionPlan]) -> str:
    """Return the filters: decode once, then a picture and a sound for each rendition."""
    count = len(plans)
    pictures = "".join(f"[p{index}]" for index in range(count))
    chains = [f"[0:V:0]fps={choose_frame_rate(facts)},split={count}{pictures}"]
    chains += [
        f"[p{index}]scale={plan.width}:{plan.height}:flags=bicubic,setsar=1,format=yuv420p[v{index}]"
        for index, plan in enumerate(plans)
    ]
    if facts.has_sound:
        sounds = "".join(f"[a{index}]" for index in range(count))
        chains.append(f"[0:a:0]{_LOUDNESS},asplit={count}{sounds}")
    return ";".join(chains)


def _output(index: int, plan: RenditionPlan, facts: VideoFacts) -> tuple[str, ...]:
    quality, most = _QUALITY[plan.label]
    sound: tuple[str, ...] = ()
    if facts.has_sound:
        kbits = _SOUND_KBITS[plan.label]
        sound = ("-map", f"[a{index}]", "-c:a", "aac", "-ac", "1", "-b:a", f"{kbits}k")
    return (
        *("-map", f"[v{index}]", "-c:v", "libx264", "-preset", "veryfast"),
        *("-profile:v", _PROFILE[plan.label], "-crf", quality),
        *("-maxrate", f"{most}k", "-bufsize", f"{2 * most}k", *_KEYFRAMES),
        *sound,
        *("-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn"),
        *("-movflags", "+faststart", "-f", "mp4", plan.label.filename),
    )
