"""Makes of an upload first what can be watched at once, then all that suits better lines."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from lms.media.domain.names import POSTER, STREAM_NAMES, THUMBNAILS, Label
from lms.media.domain.prepared import PreparedRendition, PreparedVideo, bit_rate
from lms.media.domain.sniff import Container
from lms.media.domain.video import (
    SAME_MOMENT_MS,
    UNREADABLE,
    VideoFacts,
    choose_renditions,
    judge_lengths,
    judge_result,
    judge_video,
    own_length,
)
from lms.media.gateway.encode import BARE, INPUT, SOURCE, Encoding, Progress, encode
from lms.media.gateway.probe import Refused, probe
from lms.media.gateway.program import Limits, ProgramFailed, ffmpeg, run_confined
from lms.media.gateway.storage import sha256_of
from lms.media.gateway.stream import make_stream, make_thumbnails

__all__ = ["SOURCE", "complete", "describe", "examine", "make_poster", "prepare"]

_MIB = 1024**2
_POSTER_LIMITS = Limits(
    wall_seconds=120, cpu_seconds=120, memory_bytes=2048 * _MIB, file_bytes=16 * _MIB
)
_POSTER_FILTER = "thumbnail=50,scale='min(640,iw)':-2"
# What is done in the end, beside encoding.
_ENCODING_SHARE = 0.95


def examine(folder: Path) -> VideoFacts:
    """Return the facts of the folder's ``source``. Raises ``Refused`` where it is not taken."""
    facts = probe(folder / SOURCE)
    why = judge_video(facts)
    if why is not None:
        raise Refused(why)
    return facts


def prepare(folder: Path, out: Path, facts: VideoFacts, progress: Progress) -> PreparedVideo:
    """Make the lightest rendition and the poster of the folder's ``source`` in ``out``.

    ``progress`` is told milliseconds done and to do. Raises ``Refused`` where the video turns out
    to be broken.
    """
    plan = choose_renditions(facts)[0]
    length = own_length(facts)
    encode(folder, Encoding(facts, length, (plan,), has_poster=True), progress)
    made = _bring(folder, out, plan.label)
    cut = judge_result(length, made.picture_ms)
    if cut is not None:
        raise Refused(cut)
    if not (folder / POSTER).exists():
        raise Refused(UNREADABLE)
    (folder / POSTER).rename(out / POSTER)
    return describe(out, {plan.label: made})


def complete(folder: Path, out: Path, facts: VideoFacts, progress: Progress) -> PreparedVideo:
    """Add to the lightest rendition and the poster in ``out`` all else that is made of a video.

    Every file is as long as the lightest rendition, second for second. What could be watched
    before stays as it is.
    """
    first, *plans = choose_renditions(facts)
    light = probe(out / first.label.filename)
    wanted = Encoding(facts, own_length(light), tuple(plans), has_sound_alone=True)
    if wanted.plans or wanted.sounds:
        encode(folder, wanted, lambda done, of: progress(int(done * _ENCODING_SHARE), of))
    pictures = {plan.label: _bring(folder, out, plan.label) for plan in plans}
    sound = {Label.SOUND: _bring(folder, out, Label.SOUND)} if wanted.sounds else {}
    pictures = {first.label: light, **pictures}
    ends = [made.picture_ms for made in pictures.values()]
    ends += [made.sound_ms for made in sound.values()]
    differing = judge_lengths(ends, within_ms=SAME_MOMENT_MS)
    if differing is not None:
        raise Refused(differing)
    make_stream(out, pictures)
    count = make_thumbnails(out, first.label, light)
    return describe(out, {**sound, **pictures}, extras=(*STREAM_NAMES, THUMBNAILS), tiles=count)


def make_poster(folder: Path, video: str, duration_ms: int) -> None:
    """Take a telling picture from the first part of a finished video of the folder."""
    command = [
        *(ffmpeg(), *INPUT, "-f", Container.MP4.value),
        *("-ss", f"{duration_ms / 10_000:.3f}", "-i", video),
        *("-map", "0:V:0", "-vf", _POSTER_FILTER, "-frames:v", "1"),
        *(*BARE, "-c:v", "libwebp", "-quality", "70", "-f", "webp", POSTER),
    ]
    try:
        run_confined(command, folder=folder, limits=_POSTER_LIMITS)
    except ProgramFailed as failed:
        raise Refused(UNREADABLE) from failed


def describe(
    out: Path,
    finished: Mapping[Label, VideoFacts],
    *,
    extras: Iterable[str] = (),
    tiles: int | None = None,
) -> PreparedVideo:
    """Return what lies in a folder of finished files; its length is that of the best rendition."""
    made = tuple(_rendition(out, label, facts) for label, facts in finished.items())
    others = {name: sha256_of(out / name) for name in extras if (out / name).exists()}
    length = finished[made[-1].label].duration_ms
    return PreparedVideo(made, sha256_of(out / POSTER), length, others, tiles)


def _bring(folder: Path, out: Path, label: Label) -> VideoFacts:
    (folder / label.filename).rename(out / label.filename)
    return probe(out / label.filename)


def _rendition(out: Path, label: Label, facts: VideoFacts) -> PreparedRendition:
    path = out / label.filename
    size = path.stat().st_size
    rate = bit_rate(size, facts.duration_ms)
    return PreparedRendition(label, facts.width, facts.height, size, rate, sha256_of(path))
