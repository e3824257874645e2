"""Which videos are taken, and which renditions are made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from lms.core.errors import Message
from lms.media.domain.names import Label
from lms.media.domain.sniff import SOUND, UNKNOWN, Container

MIN_MS = 1_000
MAX_MS = 4 * 3600 * 1000
MAX_SIDE = 4096
MIN_SIDE = 64
MAX_RATE = 120
MAX_STREAMS = 8
# What a phone films at most: 4K with 60 pictures a second.
MAX_PIXEL_RATE = 4096 * 2304 * 60
RENDITION_RATE = 30
# Phones say "30" and mean 30.02; above this a rate is halved, so that no picture stands unevenly.
_NEARLY_THIRTY = 31
# Slides may come one in ten seconds: what happens when has to be told to a tenth of a second.
_MIN_RATE = 10
_WHOLE_RATES = 1001
_CONTAINERS = frozenset({"mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm"})
# A file may end this much before its header says; beyond that it broke off on the way.
_CUT_MS = 2_000
_CUT_SHARE = 100
_SAME_LENGTH_MS = 1_000
# Between files made of one source: a second of one is the same second of the others.
SAME_MOMENT_MS = 100
# Shorter side of each rung, and how far the longer may go: very wide videos stay light too.
_RUNGS = {Label.SMALL: (240, 640), Label.MEDIUM: (480, 1280), Label.LARGE: (720, 1920)}
# A rung has to be a tenth wider than the one below to be worth its bytes.
_WORTH_IT = Fraction(11, 10)
_POSTER_WIDTH = 640
_POSTER_HEIGHT = 1280
_RIGHT_ANGLE = 90

UNREADABLE = Message(
    "video_unreadable",
    "The site cannot read this video; it may be incomplete. Export it again as MP4, check that it "
    "plays on this computer, and send it once more.",
)
TOO_LONG_TO_READ = Message(
    "video_slow_to_read",
    "Reading this video took too long and was stopped. Export it again as 720p MP4 and send that.",
)
_STARTS_LATE = Message(
    "rendition_starts_late",
    "This MP4 has its index at the end, so phones load all of it before it plays. Make it "
    "with -movflags +faststart.",
)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What was read of a file: pixels as stored, ``rotation`` in degrees, lengths in ms.

    ``promised_ms`` is what the header says, 0 where it says nothing; ``picture_ms`` and
    ``sound_ms`` are where the tracks truly end. The indexes name the tracks that are used.
    ``profile`` is the H.264 profile, its constraints and level as six hex digits.
    """

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
    promised_ms: int = 0
    picture_ms: int = 0
    sound_ms: int = 0
    picture_index: int = 0
    sound_index: int = 0
    profile: str = ""

    @property
    def duration_ms(self) -> int:
        """Return how long the file is; its header is believed where the tracks agree with it."""
        found = max(self.picture_ms, self.sound_ms)
        is_true = abs(found - self.promised_ms) <= SAME_MOMENT_MS
        return self.promised_ms if is_true or not found else found

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
    if facts.width * facts.height * facts.frame_rate > MAX_PIXEL_RATE:
        return Message(
            "video_too_heavy",
            "The video shows %(width)s × %(height)s pixels %(rate)s times a second, more than the "
            "site can convert. Export it as 1080p with 30 pictures a second and send it again.",
            {**size, "rate": int(facts.frame_rate)},
        )
    return None


def _judge_length(facts: VideoFacts) -> Message | None:
    cut = judge_result(facts.promised_ms, facts.duration_ms)
    if cut is not None:
        return cut
    if facts.duration_ms < MIN_MS:
        return Message(
            "video_too_short",
            "This video is shorter than a second. Check that the right file was picked and send "
            "it again.",
        )
    if max(facts.duration_ms, facts.promised_ms) > MAX_MS:
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


def judge_lengths(lengths_ms: Sequence[int], *, within_ms: int = _SAME_LENGTH_MS) -> Message | None:
    """Return why the renditions cannot be of one video, or ``None``."""
    if not lengths_ms or max(lengths_ms) - min(lengths_ms) <= within_ms:
        return None
    return Message(
        "rendition_lengths_differ",
        "The renditions are not equally long (%(shortest)s and %(longest)s seconds), so they are "
        "not of the same video.",
        {"shortest": min(lengths_ms) // 1000, "longest": max(lengths_ms) // 1000},
    )


def choose_renditions(facts: VideoFacts) -> tuple[RenditionPlan, ...]:
    """Return what to make, lightest first, never larger than the source.

    The shorter side counts, so a video held upright gets as many pixels as one held flat. A rung
    is left out where it would hardly be larger than the one below.
    """
    plans: list[RenditionPlan] = []
    for label in _RUNGS:
        plan = _plan(label, facts.upright)
        if not plans or plan.width >= plans[-1].width * _WORTH_IT:
            plans.append(plan)
    return tuple(plans)


def choose_frame_rate(facts: VideoFacts) -> Fraction:
    """Return the pictures a second of the renditions, 10 to 30: the source's or an even part.

    Every picture of a steady source stands equally long, also of one with 50 or with 5 a second.
    """
    rate = facts.frame_rate if facts.frame_rate > 0 else Fraction(RENDITION_RATE)
    rate /= ceil(rate / _NEARLY_THIRTY)
    rate *= ceil(_MIN_RATE / rate)
    return min(rate, Fraction(RENDITION_RATE)).limit_denominator(_WHOLE_RATES)


def light_rate(rate: Fraction) -> Fraction:
    """Return the pictures a second of the lightest rendition: every second one, if 10 are left."""
    return rate / 2 if rate >= 2 * _MIN_RATE else rate


def poster_size(facts: VideoFacts) -> tuple[int, int]:
    """Return the sides of the poster, never larger than the source."""
    width, height = facts.upright
    scale = min(Fraction(1), Fraction(_POSTER_WIDTH, width), Fraction(_POSTER_HEIGHT, height))
    return _even(width * scale), _even(height * scale)


def own_length(facts: VideoFacts) -> int:
    """Return the length all else is made to: that of the picture, where the sound agrees."""
    is_agreed = abs(facts.picture_ms - facts.duration_ms) <= SAME_MOMENT_MS
    return facts.picture_ms if is_agreed else facts.duration_ms


def _plan(label: Label, upright: tuple[int, int]) -> RenditionPlan:
    width, height = upright
    short, long = _RUNGS[label]
    scale = min(Fraction(1), Fraction(short, min(upright)), Fraction(long, max(upright)))
    return RenditionPlan(label, _even(width * scale), _even(height * scale))


def _even(side: Fraction) -> int:
    """Return the nearest even size: the colours of H.264 (4:2:0) come in pairs of pixels."""
    return max(2, round(side / 2) * 2)
