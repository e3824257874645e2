"""The hash that tells whether a course says anything new, however its files are laid out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lms.content.domain.schema import CoursePlan, ItemPlan, VideoFiles
from lms.media.domain.captions import parse_captions, render_vtt


def fingerprint(course: CoursePlan, digests: Mapping[str, str]) -> str:
    """Return a SHA-256 over all the course says and shows, as hex digits.

    ``digests`` holds that of each media file by path. Comments, the order of keys, file names
    and the order of a bank's questions make no difference, as they make none to learners.
    """
    document = asdict(course)
    if course.badge_months is None:
        # A folder that was loaded before there was such a key says nothing new.
        del document["badge_months"]
    document["modules"] = [
        {
            "key": module.key,
            "title": module.title,
            "lessons": [
                {
                    "key": lesson.key,
                    "title": lesson.title,
                    "minutes": lesson.minutes,
                    "objectives": lesson.objectives,
                    "items": [_item(item, digests) for item in lesson.items],
                }
                for lesson in module.lessons
            ],
        }
        for module in course.modules
    ]
    return _hash(json.dumps(document, sort_keys=True, ensure_ascii=False).encode())


def caption_digest(content: bytes) -> str:
    """Return the SHA-256 of captions as they will be kept, whatever format they came in."""
    return text_digest(render_vtt(parse_captions(content).cues))


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text as hex digits."""
    return _hash(text.encode())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _item(item: ItemPlan, digests: Mapping[str, str]) -> dict[str, Any]:
    document = asdict(item)
    if item.video is not None:
        document["video"] = _video(item.video, digests)
    if item.quiz is not None:
        questions = document["quiz"]["questions"]
        document["quiz"]["questions"] = sorted(questions, key=lambda question: question["key"])
    return document


def _video(video: VideoFiles, digests: Mapping[str, str]) -> dict[str, Any]:
    return {
        "renditions": {label: digests[path] for label, path in video.renditions.items()},
        "poster": digests[video.poster] if video.poster else None,
        "captions": {code: digests[path] for code, path in video.captions.items()},
    }
