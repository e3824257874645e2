"""Who the demo people are and what each of them did; the same seed makes the same people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b

LEARNERS_FROM = 13_800_000_001
# Numbers of the staff and of villagers on rosters lie in here; learners step over them.
_STAFF_FROM, _STAFF_TO = 13_800_090_000, 13_800_100_000
VILLAGERS_FROM = 13_800_095_100
# Of a county's villagers those from here on finished long ago, and claim.
GRADUATES_AFTER = 200
# One learner in so many has no history (and at least so many have none).
_NEW_ONE_IN = 10
_NEW_AT_LEAST = 2
_WITHDRAWN_ONE_IN = 20
_NEIGHBOUR_ONE_IN = 8
_LESSON_DAYS = 25
_GAP_MS = 60_000
_DAY_MS = 86_400_000
# How much of an unfinished item was watched, per cent.
HALF_WAY_PERCENT = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A county with towns people live in."""

    code: str
    name_zh: str
    name_en: str
    towns: tuple[str, ...]


CHANGSHAN = Place(
    "330822",
    "常山县",
    "Changshan County",
    (
        "天马街道",
        "紫港街道",
        "金川街道",
        "白石镇",
        "招贤镇",
        "青石镇",
        "球川镇",
        "辉埠镇",
        "芳村镇",
        "何家乡",
        "同弓乡",
        "大桥头乡",
        "新昌乡",
        "东案乡",
    ),
)
JIANGSHAN = Place(
    "330881",
    "江山市",
    "Jiangshan City",
    (
        "双塔街道",
        "虎山街道",
        "贺村镇",
        "峡口镇",
        "廿八都镇",
        "上余镇",
        "石门镇",
        "凤林镇",
        "大陈乡",
    ),
)
PLACES = (CHANGSHAN, JIANGSHAN)

_SURNAMES = "徐王汪江程占樊刘邵鲁吴周毛姜郑何叶陈林黄严季祝朱余方胡"
_FIRST = "秀丽金小雨春美水建志根文国玉桂月爱海晓永"
_SECOND = "芳娟花燕晴梅仙华军明土英兰珍香莲平红云强林"


class Fate(StrEnum):
    """What became of an enrollment."""

    COMPLETED = "completed"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Learner:
    """A demo learner; ``number`` counts from 1."""

    number: int
    phone: str
    name: str
    county_code: str
    town: str


@dataclass(frozen=True, slots=True)
class Step:
    """One item of a course in the order of study.

    ``day`` counts from the first day of study, ``offset_ms`` from that day's first minute of
    study to when this item begins, days included.
    """

    number: int
    day: int
    offset_ms: int
    duration_ms: int
    is_first_of_lesson: bool


@dataclass(frozen=True, slots=True)
class Course:
    """What was done of a course: the first ``done`` items, and how much of each was seen."""

    fate: Fate
    done: int
    share_percent: int
    days_ago: int


def learner(number: int, seed: int) -> Learner:
    """Return the learner with the number."""
    is_neighbour = number % _NEIGHBOUR_ONE_IN == 0
    place = JIANGSHAN if is_neighbour else CHANGSHAN
    return _somebody(number, phone_of(number), place, seed)


def villager(number: int, place: Place, seed: int) -> Learner:
    """Return somebody a county's roster takes in; ``number`` counts from 1 in each county."""
    phone = VILLAGERS_FROM + 500 * PLACES.index(place) + number
    return _somebody(phone - LEARNERS_FROM, str(phone), place, seed)


def _somebody(number: int, phone: str, place: Place, seed: int) -> Learner:
    given = _pick(_FIRST, seed, number, "first") + _pick(_SECOND, seed, number, "second")
    short = chance(seed, number, "short") % 5 == 0
    name = _pick(_SURNAMES, seed, number, "surname") + (given[1] if short else given)
    town = place.towns[chance(seed, number, "town") % len(place.towns)]
    return Learner(number, phone, name, place.code, town)


def phone_of(number: int) -> str:
    """Return the phone number of the learner with the number (from 1)."""
    phone = LEARNERS_FROM + number - 1
    return str(phone if phone < _STAFF_FROM else phone + _STAFF_TO - _STAFF_FROM)


def with_history(learners: int) -> int:
    """Return how many of the learners have a history: all but the last tenth, two at least."""
    return max(0, learners - max(_NEW_AT_LEAST, learners // _NEW_ONE_IN))


def learners_needed(enrollments: int, courses: int) -> int:
    """Return how many learners it takes for so many enrollments, one a learner and course."""
    if not courses:
        return 0
    taking = -(-enrollments // courses)
    learners = taking + _NEW_AT_LEAST
    while with_history(learners) < taking:
        learners += max(1, taking - with_history(learners))
    return learners


def steps_of(lessons: Sequence[Sequence[int]]) -> tuple[Step, ...]:
    """Return the steps of a course from the lengths of its lessons' items, milliseconds.

    One lesson a day, more where the course has more lessons than a month has days; items
    follow each other with a minute between them.
    """
    a_day = -(-len(lessons) // _LESSON_DAYS) if lessons else 1
    steps: list[Step] = []
    clock = 0
    for index, items in enumerate(lessons):
        day = index // a_day
        clock = max(clock, day * _DAY_MS)
        for place, duration in enumerate(items):
            steps.append(Step(len(steps) + 1, day, clock, duration, place == 0))
            clock += duration + _GAP_MS
    return tuple(steps)


def course_of(number: int, course: int, steps: int, first_lesson: int, seed: int) -> Course:
    """Return what the learner did of their ``course``-th course (from 0), of ``steps`` items.

    Every second completed it. Learner 1 is in the middle of the second lesson.
    """
    turn = number + course
    luck = chance(seed, number, f"course {course}")
    days_ago = 30 + chance(seed, number, "days") % 150 + 200 * course
    share = 92 + luck % 9
    if number == 1 and course == 0:
        return Course(Fate.ACTIVE, min(first_lesson, steps - 1), share, 6)
    if turn % 2 == 0:
        return Course(Fate.COMPLETED, steps, share, days_ago)
    if turn % _WITHDRAWN_ONE_IN == 3:  # noqa: PLR2004 (any odd remainder: the even ones completed)
        return Course(Fate.WITHDRAWN, min(1, steps - 1), share, days_ago)
    return Course(Fate.ACTIVE, luck // 9 % steps, share, days_ago)


def right_answers(asked: int, pass_percent: int, luck: int) -> int:
    """Return how many of the asked questions are answered rightly: enough to pass, or more."""
    needed = -(-asked * pass_percent // 100)
    return needed + luck % (asked - needed + 1)


def span_of(steps: Sequence[Step]) -> timedelta:
    """Return the time from the first minute of study to the end of the last item."""
    return timedelta(milliseconds=steps[-1].offset_ms + steps[-1].duration_ms)


def chance(seed: int, number: int, what: str) -> int:
    """Return a number that looks random and is the same for the same seed."""
    digest = blake2b(f"{seed}:{number}:{what}".encode(), digest_size=6).digest()
    return int.from_bytes(digest)


def _pick(letters: str, seed: int, number: int, what: str) -> str:
    return letters[chance(seed, number, what) % len(letters)]
