"""Plans lessons from the names of files: their order, titles and captions."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.catalog.domain import MAX_TITLE
from lms.core.errors import Message

MAX_FILES = 100
VIDEO_ENDINGS = ("mp4", "m4v", "mov", "mkv", "webm")
CAPTION_ENDINGS = ("vtt", "srt")

_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE = f"[{''.join(_DIGITS)}]"
# 十二, 二十, 九十九; a single digit stands for itself. Longer numerals are words, not numbers.
_NUMBER = re.compile(
    rf"(?P<arabic>[0-9]+)|(?<!{_CHINESE})(?:(?P<tens>{_CHINESE}?)(?P<ten>十)(?P<ones>{_CHINESE}?)"
    rf"|(?P<digit>{_CHINESE}))(?![{''.join(_DIGITS)}十百千万])"
)
_LANGUAGES = {
    **dict.fromkeys(("zh", "zh-cn", "zh-hans", "cn", "chs", "chi", "sc"), "zh"),
    **dict.fromkeys(("en", "eng", "en-us", "english"), "en"),
    **dict.fromkeys(("中文", "简体", "中文字幕"), "zh"),
    **dict.fromkeys(("英文", "英文字幕"), "en"),
}
_LATIN = "|".join(sorted((word for word in _LANGUAGES if word.isascii()), key=len, reverse=True))
_HAN = "|".join(sorted((word for word in _LANGUAGES if not word.isascii()), key=len, reverse=True))
# Latin words need a sign before them, so that nothing that merely ends in "en" counts as English.
_SUFFIX = re.compile(
    rf"(?P<base>.+?)(?:[ ._\-(\[]+(?P<latin>{_LATIN})|[ ._\-(\[]*(?P<han>{_HAN}))[)\]]?"
)

_EMPTY = Message("file_empty", "This file is empty. Export the video again.")
_TOO_LARGE = Message(
    "file_too_large",
    "This file is larger than %(megabytes)s MB. Export the video smaller, for example as 720p MP4.",
)
_OTHER_KIND = Message(
    "file_other_kind", "This is neither a video (MP4, MOV, MKV, WebM) nor captions (VTT, SRT)."
)
_SAME_TITLE = Message(
    "file_same_title", "It would be called the same as “%(other)s”. Give one another name."
)
_NO_VIDEO = Message("captions_no_video", "No video among these files has this name.")
_SAME_LANGUAGE = Message(
    "captions_twice", "“%(other)s” holds the captions of this language already."
)


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file somebody chose; ``byte_size`` in bytes, ``modified`` in ms since 1970 as text."""

    name: str
    byte_size: int
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Files that are to become lessons of a unit; without one, of the last."""

    edits: int
    module: str | None
    files: tuple[ChosenFile, ...]


@dataclass(frozen=True, slots=True)
class PlannedCaptions:
    """Captions of a planned lesson; ``file`` is the number of the chosen file, from 0."""

    file: int
    language: str


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """A lesson to be; ``file`` is the number of the chosen video, from 0."""

    file: int
    title: str
    captions: tuple[PlannedCaptions, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A chosen file that is not taken, and why."""

    file: int
    message: Message


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the chosen files: each is in it exactly once."""

    lessons: tuple[PlannedLesson, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A lesson of the draft that has a place for a video.

    ``byte_size`` is that of the video that is there (``None``: it waits for one), ``unfinished``
    the name and size of the person's file that is on its way.
    """

    key: str
    title: str
    byte_size: int | None = None
    unfinished: tuple[str, int] | None = None

    def awaits(self, chosen: ChosenFile) -> bool:
        """Tell whether this very file is on its way here."""
        return self.unfinished == (chosen.name, chosen.byte_size)

    def has(self, chosen: ChosenFile) -> bool:
        """Tell whether this very file has arrived here."""
        return self.byte_size == chosen.byte_size and not self.awaits(chosen)


def plan_lessons(files: Sequence[ChosenFile], *, most_bytes: int) -> Plan:
    """Return the lessons the files become, in the natural order of their names."""
    left_out: dict[int, Message] = {}
    videos: dict[str, int] = {}
    captions: list[int] = []
    for number in sorted(range(len(files)), key=lambda n: (natural_key(files[n].name), n)):
        chosen = files[number]
        fault = _fault(chosen, most_bytes)
        if fault is not None:
            left_out[number] = fault
        elif ending_of(chosen.name) in CAPTION_ENDINGS:
            captions.append(number)
        elif (other := videos.setdefault(_folded(chosen.name), number)) != number:
            left_out[number] = _naming(_SAME_TITLE, files[other])
    owned, homeless = _captions_by_video(files, videos, captions)
    lessons = tuple(
        PlannedLesson(
            number,
            title_of(files[number].name),
            tuple(PlannedCaptions(file, language) for language, file in owned[number].items()),
        )
        for number in videos.values()
    )
    refused = sorted((left_out | homeless).items())
    return Plan(lessons, tuple(LeftOut(number, message) for number, message in refused))


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return what sorts names as people count: 第2课 before 第十课 before 第１２课."""
    text = unicodedata.normalize("NFKC", stem_of(name)).casefold()
    parts: list[tuple[int, int, str]] = []
    place = 0
    for found in _NUMBER.finditer(text):
        if found.start() > place:
            parts.append((1, 0, text[place : found.start()]))
        parts.append((0, _value(found), ""))
        place = found.end()
    if place < len(text):
        parts.append((1, 0, text[place:]))
    return (*parts, (2, 0, name))


def title_of(name: str) -> str:
    """Return the lesson's title: the name without its ending, underscores as spaces."""
    words = " ".join(stem_of(name).replace("_", " ").split())
    return words[:MAX_TITLE].rstrip() or name.strip()[:MAX_TITLE]


def ending_of(name: str) -> str:
    """Return what follows the last dot, in small letters."""
    stem, dot, ending = name.rpartition(".")
    return ending.casefold() if dot and stem.strip() else ""


def stem_of(name: str) -> str:
    """Return the name without its ending; a name that is an ending alone stays."""
    return name[: -len(ending_of(name)) - 1] if ending_of(name) else name


def standing_lessons(
    plan: Plan, files: Sequence[ChosenFile], standing: Iterable[Standing]
) -> Mapping[int, str]:
    """Return which lesson of the draft each planned one is already, as its key by file number.

    An upload under way belongs to its lesson whatever that is called now; otherwise the title
    tells, of lessons that wait for a video or have one of this very size.
    """
    free = {lesson.key: lesson for lesson in standing}
    found: dict[int, str] = {}
    for is_it in (_is_on_its_way, _waits, _is_there):
        for planned in plan.lessons:
            if planned.file in found:
                continue
            chosen = files[planned.file]
            key = next((k for k, each in free.items() if is_it(each, planned, chosen)), None)
            if key is not None:
                found[planned.file] = key
                del free[key]
    return found


def _is_on_its_way(lesson: Standing, _planned: PlannedLesson, chosen: ChosenFile) -> bool:
    return lesson.awaits(chosen)


def _waits(lesson: Standing, planned: PlannedLesson, _chosen: ChosenFile) -> bool:
    return lesson.byte_size is None and lesson.title == planned.title


def _is_there(lesson: Standing, planned: PlannedLesson, chosen: ChosenFile) -> bool:
    return lesson.title == planned.title and lesson.has(chosen)


def _fault(chosen: ChosenFile, most_bytes: int) -> Message | None:
    if ending_of(chosen.name) not in (*VIDEO_ENDINGS, *CAPTION_ENDINGS):
        return _OTHER_KIND
    if chosen.byte_size == 0:
        return _EMPTY
    if chosen.byte_size > most_bytes:
        return Message(_TOO_LARGE.code, _TOO_LARGE.text, {"megabytes": most_bytes // 1024**2})
    return None


def _captions_by_video(
    files: Sequence[ChosenFile], videos: Mapping[str, int], captions: Iterable[int]
) -> tuple[dict[int, dict[str, int]], dict[int, Message]]:
    """Return the captions of each video by language, and those left over with the reason."""
    owned: dict[int, dict[str, int]] = {number: {} for number in videos.values()}
    homeless: dict[int, Message] = {}
    for number in captions:
        video, language = _video_of(files[number].name, videos)
        if video is None:
            homeless[number] = _NO_VIDEO
        elif (other := owned[video].setdefault(language, number)) != number:
            homeless[number] = _naming(_SAME_LANGUAGE, files[other])
    return owned, homeless


def _video_of(name: str, videos: Mapping[str, int]) -> tuple[int | None, str]:
    base = _folded(name)
    suffix = _SUFFIX.fullmatch(unicodedata.normalize("NFKC", stem_of(name)).casefold())
    latin = suffix["latin"] if suffix else None
    if base in videos:
        # 学英文.srt beside 学英文.mp4 is its name; a.en.srt beside a.en.mp4 is English.
        return videos[base], _LANGUAGES.get(latin or "", "zh")
    if suffix is None:
        return None, "zh"
    return videos.get(_spaced(suffix["base"])), _LANGUAGES[latin or suffix["han"]]


def _folded(name: str) -> str:
    return _spaced(unicodedata.normalize("NFKC", stem_of(name)).casefold())


def _spaced(text: str) -> str:
    return " ".join(text.replace("_", " ").split())


def _naming(message: Message, other: ChosenFile) -> Message:
    return Message(message.code, message.text, {"other": other.name})


def _value(found: re.Match[str]) -> int:
    if found["arabic"]:
        return int(found["arabic"])
    if found["digit"]:
        return _DIGITS[found["digit"]]
    tens = _DIGITS[found["tens"]] if found["tens"] else 1
    return tens * 10 + (_DIGITS[found["ones"]] if found["ones"] else 0)
