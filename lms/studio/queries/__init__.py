"""Reads what studio pages show: the course on the bench, its lessons, what is on its way."""

from lms.studio.queries.bench import Bench, LessonBench, TextSlot, bench, lesson_bench
from lms.studio.queries.captions import CaptionBench, caption_bench
from lms.studio.queries.sent import (
    Place,
    Unfinished,
    Waiting,
    standing,
    unfinished_by_place,
    video_item,
)

__all__ = [
    "Bench",
    "CaptionBench",
    "LessonBench",
    "Place",
    "TextSlot",
    "Unfinished",
    "Waiting",
    "bench",
    "caption_bench",
    "lesson_bench",
    "standing",
    "unfinished_by_place",
    "video_item",
]
