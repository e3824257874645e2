"""A course folder is read whole, or every fault of it is named with file and line."""

import pytest

from lms.catalog.domain import ItemKind
from lms.content.domain.course import read_course
from lms.content.domain.faults import Fault
from lms.content.domain.files import MAX_MEDIA_BYTES, SourceFile
from tests.factories.content import COURSE, MP4_HEAD, QUESTIONS, as_files, folder_contents

PROGRAMMES = ["anchor-l5", "store-l5"]
TOP = "course.yaml"
LESSON = "lessons/A01/lesson.yaml"
ASKED = "lessons/A01/questions.yaml"


def checked(contents):
    return read_course(as_files(contents), programmes=PROGRAMMES)


def faults_of(contents) -> list[tuple[str, int, str]]:
    found = checked(contents)
    assert found.course is None, "a course with faults is no course"
    return [(fault.path, fault.line, fault.message.code) for fault in found.faults]


def changed(path: str, old: str, new: str, count: int = 1):
    """Return the good course with one place changed."""
    contents = folder_contents()
    assert old in contents[path], f"{old!r} is not in {path}"
    contents[path] = contents[path].replace(old, new, count)
    return contents


def sentence(fault: Fault) -> str:
    return fault.message.text % fault.message.params


def test_a_good_course_is_read_whole() -> None:
    found = checked(folder_contents())

    assert found.faults == ()
    course = found.course
    assert course.slug == "noodle-class"
    assert course.programme == "anchor-l5"
    assert course.title == {"zh": "播手工面", "en": "Selling noodles live"}
    assert course.price_fen == 0
    assert [lesson.key for lesson in course.lessons] == ["A01", "A02", "FINAL"]
    assert [module.key for module in course.modules] == ["M1", "M2"]


def test_a_video_may_bring_its_sound_alone() -> None:
    contents = changed(LESSON, "240p.mp4}", "240p.mp4, audio: media/audio.m4a}")
    contents["lessons/A01/media/audio.m4a"] = MP4_HEAD
    video = checked(contents).course.lessons[0].items[0].video
    assert video.renditions["audio"] == "lessons/A01/media/audio.m4a"


def test_a_lesson_keeps_its_items_in_order() -> None:
    lesson = checked(folder_contents()).course.lessons[0]
    video, text, practice, quiz = lesson.items

    assert [item.kind for item in lesson.items] == [
        ItemKind.VIDEO,
        ItemKind.READING,
        ItemKind.PRACTICE,
        ItemKind.QUIZ,
    ]
    assert video.minutes is None
    assert video.video.renditions == {
        "480p": "lessons/A01/media/480p.mp4",
        "240p": "lessons/A01/media/240p.mp4",
    }
    assert video.video.captions == {"zh": "lessons/A01/media/zh.vtt"}
    assert text.body == {
        "zh": "## 先擦镜头\n\n再开口。\n",
        "en": "## Clean the lens\n\nThen speak.\n",
    }
    assert (text.minutes, text.is_required, practice.is_required) == (5, True, False)
    assert [option.is_correct for option in quiz.quiz.questions[0].options] == [True, False, False]
    assert quiz.quiz.attempts is None


def test_the_final_test_is_the_last_lesson_of_the_last_module() -> None:
    final = checked(folder_contents()).course.modules[-1].lessons[-1]

    assert final.key == "FINAL"
    assert [item.key for item in final.items] == ["final"]
    assert (final.items[0].quiz.attempts, final.items[0].quiz.time_limit_minutes) == (3, 20)


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "code"),
    [
        # course.yaml
        (TOP, "schema: 1", "schema: 2", 1, "number_out_of_range"),
        (TOP, "cover: noodle", "colour: red\ncover: noodle", 6, "key_unknown"),
        (TOP, "cover: noodle\n", "", 1, "key_missing"),
        (TOP, "cover: noodle", "cover: dragon", 6, "cover_not_known"),
        (TOP, "cover: noodle", "cover: noodle\ncover: tea", 7, "key_twice"),
        (TOP, "anchor-l5", "pilot-l5", 3, "programme_not_known"),
        (TOP, "slug: noodle-class", "slug: Noodle Class", 2, "slug_malformed"),
        (TOP, "slug: noodle-class", "slug: ../x", 2, "slug_malformed"),
        (TOP, "slug: noodle-class", "slug: 2026", 2, "not_a_text"),
        (TOP, "{zh: 从拉面到下单。}", "{en: noodles}", 5, "key_missing"),
        (TOP, "{zh: 从拉面到下单。}", "从拉面到下单。", 5, "not_a_mapping"),
        (TOP, "{zh: 从拉面到下单。}", "{zh: ''}", 5, "text_length"),
        (TOP, "{zh: 从拉面到下单。}", "{zh: 简, fr: x}", 5, "key_unknown"),
        (TOP, "cover: noodle", "cover: noodle\nprice: -1", 7, "number_out_of_range"),
        (TOP, "cover: noodle", "cover: noodle\nprice: 9.9", 7, "not_a_number"),
        (TOP, "cover: noodle", "cover: noodle\nbadge_months: 0", 7, "number_out_of_range"),
        (TOP, "cover: noodle", "cover: noodle\nprice: '9'", 7, "not_a_number"),
        (TOP, "lessons: [A01]", "lessons: [A01, A01]", 10, "key_taken"),
        (TOP, "lessons: [A02]", "lessons: [A01]", 11, "key_taken"),
        (TOP, "lessons: [A02]", "lessons: [A03]", 11, "file_missing"),
        (TOP, "lessons: [A02]", "lessons: A02", 11, "not_a_list"),
        (TOP, "lessons: [A02]", "lessons: [../A02]", 11, "key_malformed"),
        (TOP, "lessons: [A02]", "lessons: [FINAL]", 11, "key_reserved"),
        (TOP, "key: M2", "key: M1", 11, "key_taken"),
        (TOP, "key: M2", "key: 单元", 11, "key_malformed"),
        (TOP, "key: M2", f"key: {'M' * 41}", 11, "key_malformed"),
        (TOP, "questions: final.yaml", "questions: ../final.yaml", 13, "path_outside"),
        (TOP, "questions: final.yaml", "questions: /etc/passwd", 13, "path_outside"),
        (TOP, "questions: final.yaml", "questions: end.yaml", 13, "file_missing"),
        (TOP, "pass_percent: 60", "pass_percent: 101", 13, "number_out_of_range"),
        (TOP, "draw: 1", "draw: 2", 13, "draw_too_large"),
        (TOP, "outcomes:", "outcomes: *x\n#", 7, "yaml_alias"),
        (TOP, "outcomes:", "outcomes: [", 8, "yaml_broken"),
        (TOP, "cover: noodle", "cover: !!python/object/apply:os.system [ls]", 6, "not_a_text"),
        # lesson.yaml
        (LESSON, "key: A01", "key: A02", 1, "lesson_key_differs"),
        (LESSON, "minutes: 20", "minutes: 0", 3, "number_out_of_range"),
        (LESSON, "minutes: 20", "minutes: -5", 3, "number_out_of_range"),
        (LESSON, "minutes: 20", "minutes: 1:30", 3, "not_a_number"),
        (LESSON, "minutes: 20", "minutes: many", 3, "not_a_number"),
        (LESSON, "minutes: 20\n", "", 1, "key_missing"),
        (LESSON, "kind: video", "kind: film", 7, "item_kind"),
        (LESSON, "key: video", "key: text", 13, "key_taken"),
        (LESSON, "480p: media/480p.mp4", "720p: media/480p.mp4", 10, "key_unknown"),
        (LESSON, "{480p: media/480p.mp4, 240p: media/240p.mp4}", "{}", 10, "renditions_missing"),
        (
            *(LESSON, "{480p: media/480p.mp4, 240p: media/240p.mp4}"),
            *("{audio: media/240p.mp4}", 10, "renditions_missing"),
        ),
        (LESSON, "media/480p.mp4", "media/720p.mp4", 10, "file_missing"),
        (LESSON, "media/480p.mp4", "../A02/text.zh.md", 10, "path_outside"),
        (LESSON, "media/480p.mp4", "media\\\\480p.mp4", 10, "path_outside"),
        (LESSON, "{zh: media/zh.vtt}", "{fr: media/zh.vtt}", 12, "key_unknown"),
        (LESSON, "minutes: 5", "minutes: 5, draw: 3", 13, "key_unknown"),
        (LESSON, "text: text", "text: words", 13, "file_missing"),
        (LESSON, "required: false", "required: maybe", 19, "not_a_flag"),
        (LESSON, "    pass_percent: 60\n", "", 20, "key_missing"),
        # questions.yaml
        (ASKED, "kind: single", "kind: essay", 2, "question_kind"),
        (ASKED, "correct: true, ", "", 5, "none_correct"),
        (ASKED, "全国第一}", "全国第一}, correct: true", 5, "two_correct"),
        (ASKED, ", why: {zh: 有凭据}", "", 5, "key_missing"),
        (ASKED, "每天现拉}", "每天现拉}, because: x", 5, "key_unknown"),
        (ASKED, "key: b", "key: a", 6, "key_taken"),
    ],
)
def test_a_fault_is_named_with_file_and_line(path, old, new, line, code) -> None:
    assert faults_of(changed(path, old, new)) == [(path, line, code)]


def test_two_quizzes_cannot_share_a_question_key() -> None:
    assert faults_of(changed(ASKED, "key: A01-q1", "key: F-q1")) == [("final.yaml", 1, "key_taken")]


def test_all_faults_are_told_at_once_in_order() -> None:
    contents = changed(LESSON, "minutes: 20", "minutes: 0")
    contents["course.yaml"] = COURSE.replace("cover: noodle", "cover: dragon")
    contents["final.yaml"] = "just words"
    del contents["lessons/A02/text.zh.md"]

    assert faults_of(contents) == [
        ("course.yaml", 6, "cover_not_known"),
        ("final.yaml", 1, "not_a_list"),
        (LESSON, 3, "number_out_of_range"),
        ("lessons/A02/lesson.yaml", 5, "file_missing"),
    ]


def test_a_fault_is_a_sentence_that_names_things() -> None:
    found = checked(changed("course.yaml", "lessons: [A02]", "lessons: [A03]")).faults[0]

    assert sentence(found) == "The file lessons/A03/lesson.yaml is missing."


def test_a_folder_without_a_course_says_so() -> None:
    assert faults_of({"readme.md": "x"}) == [("course.yaml", 1, "file_missing")]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("course.yaml", b"\xff\xfe", (1, "not_utf8")),
        ("lessons/A01/text.zh.md", "一\n二\n".encode() + b"\xb0\xa1", (3, "not_utf8")),
        ("lessons/A01/text.zh.md", "  \n", (1, "file_empty")),
        ("lessons/A01/text.en.md", "", (1, "file_empty")),
        ("lessons/A02/text.zh.md", "长" * 100_000, (1, "file_too_large")),
        ("lessons/A01/questions.yaml", "\na: b: c", (2, "yaml_broken")),
        ("lessons/A01/questions.yaml", "key: x", (1, "not_a_list")),
        ("lessons/A01/questions.yaml", "- just words", (1, "not_a_mapping")),
        ("lessons/A01/questions.yaml", "[" * 500 + "]" * 500, (1, "yaml_deep")),
        ("lessons/A01/questions.yaml", "- a: \x07\n", (1, "yaml_broken")),
        ("lessons/A01/media/480p.mp4", b"ffconcat version 1.0", (1, "not_mp4")),
        ("lessons/A01/media/480p.mp4", b"", (1, "not_mp4")),
        ("lessons/A01/media/poster.webp", b"\x89PNG", (1, "not_webp")),
        ("lessons/A01/media/zh.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", (3, None)),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(path, content, expected) -> None:
    found = faults_of({**folder_contents(), path: content})

    line, code = expected
    assert [(where, at) for where, at, _ in found] == [(path, line)]
    assert code in (None, found[0][2])


def test_a_video_may_not_be_larger_than_the_site_takes() -> None:
    files = dict(as_files(folder_contents()))
    path = "lessons/A01/media/480p.mp4"
    files[path] = SourceFile(MAX_MEDIA_BYTES + 1, files[path].content)

    found = read_course(files, programmes=PROGRAMMES)

    assert [(f.path, f.message.code) for f in found.faults] == [(path, "file_too_large")]


def test_references_that_would_grow_without_end_are_refused_unread() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )

    assert faults_of({**folder_contents(), "course.yaml": bomb}) == [
        ("course.yaml", 2, "yaml_alias")
    ]


def test_a_byte_order_mark_does_no_harm() -> None:
    contents = folder_contents()
    contents["course.yaml"] = b"\xef\xbb\xbf" + COURSE.encode()

    assert checked(contents).faults == ()


def test_a_course_without_videos_questions_or_a_final_test_is_fine() -> None:
    items = "items:\n  - {kind: reading, key: text, title: {zh: 读}, minutes: 5, text: text}\n"
    lesson = "key: A01\ntitle: {zh: 课}\nminutes: 5\n" + items
    contents = {
        "course.yaml": COURSE.partition("  - {key: M2")[0],
        LESSON: lesson,
        "lessons/A01/text.zh.md": "字",
    }

    assert [entry.key for entry in checked(contents).course.lessons] == ["A01"]


def test_two_questions_of_one_file_need_two_keys() -> None:
    twice = QUESTIONS.format(key="A01-q1") * 2

    assert faults_of({**folder_contents(), ASKED: twice}) == [(ASKED, 8, "key_taken")]
