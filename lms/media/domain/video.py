"""Which videos are taken, and which renditions are made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.core.errors import Message
from lms.media.domain.names import Label
from lms.media.domain.sniff import SOUND, UNKNOWN, Container

MIN_MS = 1_000
MAX_MS = 4 * 3600 * 1000
MAX_SIDE = 4096
MIN_SIDE = 64
MAX_RATE = 120
MAX_STREAMS = 8
RENDITION_RATE = 30
_CONTAINERS = frozenset({"mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm"})
# A file may end this much before its header says; beyond that it broke off on the way.
_CUT_MS = 2_000
_CUT_SHARE = 100
_SAME_LENGTH_MS = 1_000
# Shorter side of each rung, and how far the longer may go: very wide videos stay light too.
_RUNGS = {Label.SMALL: (240, 640), Label.MEDIUM: (480, 1280)}
_RIGHT_ANGLE = 90

UNREADABLE = Message(
    "video_unreadable",
    "The site cannot read this video; it may be incomplete. Export it again as MP4, check that it "
    "plays on this computer, and send it once more.",
)
_STARTS_LATE = Message(
    "rendition_starts_late",
    "This MP4 has its index at the end, so phones load all of it before it plays. Make it "
    "with -movflags +faststart.",
)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What was read of a file: pixels as stored, ``rotation`` in degrees, length in ms."""

    containers: tuple[str, ...]
    streams: int
    has_picture: bool
    has_sound: bool
    video_codec: str = ""
    audio_codec: str = ""
    width: int = 0
    height: int = 0
    rotation: int = 0
    pixel_shape: Fraction = Fraction(1)
    frame_rate: Fraction = Fraction(0)
    duration_ms: int = 0

    @property
    def upright(self) -> tuple[int, int]:
        """Return width and height as people see them, in square pixels."""
        width = max(1, round(self.width * self.pixel_shape))
        turned = self.rotation % (2 * _RIGHT_ANGLE) == _RIGHT_ANGLE
        return (self.height, width) if turned else (width, self.height)


@dataclass(frozen=True, slots=True)
class RenditionPlan:
    """One rendition to make, with even sides."""

    label: Label
    width: int
    height: int


def judge_video(facts: VideoFacts) -> Message | None:
    """Return why the video is not taken, or ``None`` where it is.

    Taken: containers of the MP4 and Matroska families with a picture, 1 s to 4 h long, sides of
    64 to 4096 pixels, at most 120 pictures a second and 8 streams.
    """
    if not facts.containers or not _CONTAINERS.issuperset(facts.containers):
        return UNKNOWN
    if facts.streams > MAX_STREAMS:
        return Message(
            "video_too_many_streams",
            "This file holds %(streams)s tracks; %(most)s is the most. Export the video with one "
            "picture and one sound track and send it again.",
            {"streams": facts.streams, "most": MAX_STREAMS},
        )
    if not facts.has_picture:
        return SOUND if facts.has_sound else UNREADABLE
    return _judge_picture(facts) or _judge_length(facts)


def _judge_picture(facts: VideoFacts) -> Message | None:
    size = {"width": facts.width, "height": facts.height}
    if max(facts.width, facts.height) > MAX_SIDE:
        return Message(
            "video_picture_too_large",
            "The picture is %(width)s × %(height)s pixels; %(most)s a side is the most. Export "
            "the video as 1080p or 720p and send it again.",
            {**size, "most": MAX_SIDE},
        )
    if min(facts.upright) < MIN_SIDE:
        return Message(
            "video_picture_too_small",
            "The picture is only %(width)s × %(height)s pixels, too small to see. Send a larger "
            "version of the video.",
            size,
        )
    if facts.frame_rate > MAX_RATE:
        return Message(
            "video_rate_too_high",
            "The video shows %(rate)s pictures a second; %(most)s is the most. Export it with 30 "
            "and send it again.",
            {"rate": int(facts.frame_rate), "most": MAX_RATE},
        )
    return None


def _judge_length(facts: VideoFacts) -> Message | None:
    if facts.duration_ms < MIN_MS:
        return Message(
            "video_too_short",
            "This video is shorter than a second. Check that the right file was picked and send "
            "it again.",
        )
    if facts.duration_ms > MAX_MS:
        return Message(
            "video_too_long",
            "This video is longer than %(hours)s hours. Cut it into several lessons and send them "
            "one by one.",
            {"hours": MAX_MS // 3_600_000},
        )
    return None


def judge_result(promised_ms: int, made_ms: int) -> Message | None:
    """Return why a video is refused of which much less came out than its header promised."""
    if promised_ms - made_ms <= max(_CUT_MS, promised_ms // _CUT_SHARE):
        return None
    return Message(
        "video_cut_short",
        "The video breaks off: it says it is %(promised)s seconds long, but only %(found)s are "
        "there. Copy or export it again and send it once more.",
        {"promised": promised_ms // 1000, "found": made_ms // 1000},
    )


def judge_finished(facts: VideoFacts, *, starts_at_once: bool) -> Message | None:
    """Return why a finished file cannot be served to phones as it is, or ``None``."""
    is_common = facts.video_codec == "h264" and facts.audio_codec in ("", "aac")
    if facts.containers != (Container.MP4.value,) or not is_common:
        return Message(
            "rendition_not_common",
            "A finished video must be an MP4 with H.264 pictures and AAC sound.",
        )
    return None if starts_at_once else _STARTS_LATE


def judge_sound(facts: VideoFacts, *, starts_at_once: bool) -> Message | None:
    """Return why a finished file cannot be served as the sound alone, or ``None``."""
    is_common = facts.containers == (Container.MP4.value,) and facts.audio_codec == "aac"
    if not is_common or facts.has_picture or facts.streams > 1:
        return Message(
            "sound_not_common",
            "The sound alone must be one AAC track in an MP4 (.m4a), without pictures.",
        )
    return _judge_length(facts) or (None if starts_at_once else _STARTS_LATE)


def judge_lengths(lengths_ms: Sequence[int]) -> Message | None:
    """Return why the renditions cannot be of one video, or ``None``."""
    if not lengths_ms or max(lengths_ms) - min(lengths_ms) <= _SAME_LENGTH_MS:
        return None
    return Message(
        "rendition_lengths_differ",
        "The renditions are not equally long (%(shortest)s and %(longest)s seconds), so they are "
        "not of the same video.",
        {"shortest": min(lengths_ms) // 1000, "longest": max(lengths_ms) // 1000},
    )


def choose_renditions(facts: VideoFacts) -> tuple[RenditionPlan, ...]:
    """Return what to make, lightest first, never larger than the source.

    The shorter side counts, so a video held upright gets as many pixels as one held flat. The
    second rung is left out where it would be no larger than the first.
    """
    first, *others = (_plan(label, facts.upright) for label in _RUNGS)
    return (first, *(plan for plan in others if plan.width > first.width))


def choose_frame_rate(facts: VideoFacts) -> Fraction:
    """Return the pictures a second of the renditions: the source's, at most 30."""
    rate = facts.frame_rate if facts.frame_rate > 0 else Fraction(RENDITION_RATE)
    return min(rate, Fraction(RENDITION_RATE))


def _plan(label: Label, upright: tuple[int, int]) -> RenditionPlan:
    width, height = upright
    short, long = _RUNGS[label]
    scale = min(Fraction(1), Fraction(short, min(upright)), Fraction(long, max(upright)))
    return RenditionPlan(label, _even(width * scale), _even(height * scale))


def _even(side: Fraction) -> int:
    """Return the nearest even size: the colours of H.264 (4:2:0) come in pairs of pixels."""
    return max(2, round(side / 2) * 2)
