"""A course has a new fingerprint exactly where learners would see something new."""

import pytest
import yaml

from lms.content.domain.course import read_course
from lms.content.domain.fingerprint import caption_digest, fingerprint
from lms.content.domain.writing import folder_texts
from tests.factories.content import Contents, as_files, folder_contents

LESSON = "lessons/A01/lesson.yaml"


def fingerprint_of(contents: Contents, **changes: str) -> str:
    plan = read_course(as_files(contents), programmes=["anchor-l5"]).course
    assert plan is not None
    digests = {path: f"digest of {path.rsplit('/')[-1]}" for path in plan.media_paths}
    return fingerprint(plan, digests | changes)


def changed(path: str, old: str, new: str) -> Contents:
    contents = folder_contents()
    assert old in contents[path]
    contents[path] = contents[path].replace(old, new)
    return contents


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("course.yaml", "{zh: 播手工面, en", "{zh: 播拉面, en"),
        ("course.yaml", "cover: noodle", "cover: tea"),
        ("course.yaml", "cover: noodle", "cover: noodle\nprice: 2900"),
        ("course.yaml", "cover: noodle", "cover: noodle\nbadge_months: 36"),
        ("course.yaml", "attempts: 3", "attempts: 4"),
        (LESSON, "minutes: 20", "minutes: 21"),
        (LESSON, "minutes: 5", "minutes: 6"),
        (LESSON, "required: false", "required: true"),
        ("lessons/A01/text.zh.md", "再开口", "再说话"),
        ("lessons/A01/questions.yaml", "每天现拉", "当天现拉"),
        ("lessons/A01/questions.yaml", "有凭据", "有证据"),
    ],
)
def test_new_words_are_news(path: str, old: str, new: str) -> None:
    assert fingerprint_of(changed(path, old, new)) != fingerprint_of(folder_contents())


@pytest.mark.parametrize("name", ["480p.mp4", "240p.mp4", "poster.webp", "zh.vtt"])
def test_another_video_picture_or_caption_is_news(name: str) -> None:
    path = f"lessons/A01/media/{name}"

    assert fingerprint_of(folder_contents(), **{path: "another"}) != fingerprint_of(
        folder_contents()
    )


def test_layout_is_no_news() -> None:
    contents = folder_contents()
    document = yaml.safe_load(contents["course.yaml"])
    contents["course.yaml"] = "# a comment\n" + yaml.safe_dump(dict(reversed(document.items())))
    contents["notes.txt"] = "not part of the course"

    assert fingerprint_of(contents) == fingerprint_of(folder_contents())


def test_the_order_of_a_bank_is_no_news() -> None:
    path = "lessons/A01/questions.yaml"
    first = folder_contents()[path]
    second = first.replace("A01-q1", "A01-q2")

    there = {**folder_contents(), path: first + second}
    back = {**folder_contents(), path: second + first}

    assert fingerprint_of(there) == fingerprint_of(back)


def test_the_order_of_lessons_is_news() -> None:
    swapped = folder_contents()
    swapped["course.yaml"] = (
        folder_contents()["course.yaml"]
        .replace("lessons: [A01]", "lessons: [A0X]")
        .replace("lessons: [A02]", "lessons: [A01]")
        .replace("lessons: [A0X]", "lessons: [A02]")
    )

    assert fingerprint_of(swapped) != fingerprint_of(folder_contents())


def test_captions_count_as_they_are_kept_whatever_format_they_came_in() -> None:
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\n大家好\n".encode()
    srt = "1\r\n00:00:00,000 --> 00:00:01,000\r\n大家好\r\n".encode()

    assert caption_digest(vtt) == caption_digest(srt)
    assert caption_digest(vtt) != caption_digest(vtt.replace("好".encode(), "早".encode()))


def test_a_written_course_reads_back_as_the_same() -> None:
    contents = folder_contents()
    plan = read_course(as_files(contents), programmes=["anchor-l5"]).course
    assert plan is not None

    media = {path: contents[path] for path in plan.media_paths}
    written: Contents = {**folder_texts(plan), **media}

    assert read_course(as_files(written), programmes=["anchor-l5"]).course == plan
    assert written["lessons/A01/text.zh.md"] == contents["lessons/A01/text.zh.md"]
    assert "&id" not in written["course.yaml"]
