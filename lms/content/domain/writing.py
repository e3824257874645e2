"""Writes a course as the texts of its folder, in the form the checks read."""

from collections.abc import Mapping
from typing import Any

import yaml

from lms.assessment.domain import QuestionSpec
from lms.catalog.domain import FINAL_KEY, ItemKind
from lms.content.domain.schema import (
    COURSE_FILE,
    SCHEMA,
    CoursePlan,
    ItemPlan,
    LessonPlan,
    QuizPlan,
    VideoFiles,
)

_WIDTH = 100


def folder_texts(course: CoursePlan) -> dict[str, str]:
    """Return the text files of the course's folder by path; media and captions lie beside them."""
    lessons = [lesson for lesson in course.lessons if lesson.key != FINAL_KEY]
    final = next((lesson for lesson in course.lessons if lesson.key == FINAL_KEY), None)
    texts = {COURSE_FILE: _yaml(_course(course, final))}
    if final is not None and (quiz := final.items[0].quiz) is not None:
        texts["final.yaml"] = _yaml([_question(question) for question in quiz.questions])
    for lesson in lessons:
        texts |= _lesson_texts(lesson)
    return texts


def media_folder(lesson_key: str, item_key: str) -> str:
    """Return the folder of a video's files; one video a lesson lies in ``media`` itself."""
    folder = f"lessons/{lesson_key}/media"
    return folder if item_key == ItemKind.VIDEO else f"{folder}/{item_key}"


def _course(course: CoursePlan, final: LessonPlan | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "slug": course.slug,
        "institution": course.institution,
        "programme": course.programme,
        "title": course.title,
        "summary": course.summary,
        "cover": course.cover,
        "outcomes": list(course.outcomes),
        "price": course.price_fen,
        "badge_months": course.badge_months,
        "modules": [
            {
                "key": module.key,
                "title": module.title,
                "lessons": [lesson.key for lesson in module.lessons if lesson.key != FINAL_KEY],
            }
            for module in course.modules
        ],
    }
    if final is not None and (quiz := final.items[0].quiz) is not None:
        document["final"] = {
            "title": final.title,
            "minutes": final.minutes,
            **_quiz(quiz, "final.yaml"),
        }
    return _present(document)


def _lesson_texts(lesson: LessonPlan) -> dict[str, str]:
    folder = f"lessons/{lesson.key}"
    document = {
        "key": lesson.key,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "objectives": list(lesson.objectives),
        "items": [_item(lesson.key, item) for item in lesson.items],
    }
    texts = {f"{folder}/lesson.yaml": _yaml(_present(document))}
    for item in lesson.items:
        for language, body in (item.body or {}).items():
            texts[f"{folder}/{item.key}.{language}.md"] = body
        if item.quiz is not None:
            questions = [_question(question) for question in item.quiz.questions]
            texts[f"{folder}/{_questions_file(item)}"] = _yaml(questions)
    return texts


def _item(lesson_key: str, item: ItemPlan) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": item.kind.value, "key": item.key, "title": item.title}
    if not item.is_required:
        document["required"] = False
    if item.minutes is not None:
        document["minutes"] = item.minutes
    if item.body is not None:
        document["text"] = item.key
    if item.video is not None:
        document |= _video(lesson_key, item.video)
    if item.quiz is not None:
        document |= _quiz(item.quiz, _questions_file(item))
    return document


def _video(lesson_key: str, video: VideoFiles) -> dict[str, Any]:
    above = f"lessons/{lesson_key}/"
    return _present(
        {
            "renditions": {k: path.removeprefix(above) for k, path in video.renditions.items()},
            "poster": (video.poster or "").removeprefix(above),
            "captions": {k: path.removeprefix(above) for k, path in video.captions.items()},
        }
    )


def _questions_file(item: ItemPlan) -> str:
    return "questions.yaml" if item.key == ItemKind.QUIZ else f"questions-{item.key}.yaml"


def _quiz(quiz: QuizPlan, questions: str) -> dict[str, Any]:
    return _present(
        {
            "questions": questions,
            "draw": quiz.draw,
            "pass_percent": quiz.pass_percent,
            "attempts": quiz.attempts,
            "time_limit_minutes": quiz.time_limit_minutes,
        }
    )


def _question(question: QuestionSpec) -> dict[str, Any]:
    options = []
    for option in question.options:
        entry: dict[str, Any] = {"key": option.key, "text": dict(option.text)}
        if option.is_correct:
            entry["correct"] = True
        entry["why"] = dict(option.why or {})
        options.append(entry)
    return {
        "key": question.key,
        "kind": question.kind.value,
        "stem": dict(question.stem),
        "options": options,
    }


def _present(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a course does not say."""
    return {key: value for key, value in document.items() if value not in (None, "", [], {})}


def _yaml(document: object) -> str:
    return yaml.safe_dump(_plain(document), allow_unicode=True, sort_keys=False, width=_WIDTH)


def _plain(value: object) -> object:
    """Copy mappings and lists, so that YAML writes no references between equal ones."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value
