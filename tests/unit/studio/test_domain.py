"""Lessons from the names of files: their order, titles, captions, and which are there already."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.studio.domain import (
    ChosenFile,
    Plan,
    Standing,
    natural_key,
    plan_lessons,
    standing_lessons,
    title_of,
)

MOST = 8 * 1024**3
_ONES = "零一二三四五六七八九"


def chosen(*names: str, size: int = 10) -> list[ChosenFile]:
    return [ChosenFile(name, size) for name in names]


def plan(*names: str) -> Plan:
    return plan_lessons(chosen(*names), most_bytes=MOST)


def titles(*names: str) -> list[str]:
    return [lesson.title for lesson in plan(*names).lessons]


def captions(*names: str) -> dict[str, list[tuple[str, str]]]:
    """Return the captions with their language by the name of their video."""
    return {
        names[lesson.file]: [(names[each.file], each.language) for each in lesson.captions]
        for lesson in plan(*names).lessons
    }


def left_out(*names: str) -> dict[str, str]:
    return {names[each.file]: each.message.code for each in plan(*names).left_out}


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _ONES[ones]
    return f"{_ONES[tens] if tens > 1 else ''}十{_ONES[ones] if ones else ''}"


def full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


WRITTEN = st.sampled_from([str, chinese, full_width, "{:03d}".format])


@given(st.integers(1, 99), st.integers(1, 99), WRITTEN, WRITTEN)
def test_numbers_count_as_numbers_however_they_are_written(
    one: int, other: int, writes: object, writes_too: object
) -> None:
    first, second = f"第{writes(one)}课.mp4", f"第{writes_too(other)}课.mp4"  # type: ignore[operator]
    ahead = natural_key(first)[:-1] < natural_key(second)[:-1]
    assert ahead == (one < other)


def test_what_is_no_number_up_to_99_is_a_word() -> None:
    names = ("第一百课.mp4", "二〇二六年.mp4", "三千里.mp4", "第九课.mp4")
    assert [part[0] for part in natural_key("二〇二六年")[:-1]] == [1]
    assert sorted(titles(*names)) == sorted(name.removesuffix(".mp4") for name in names)


def test_the_order_is_that_of_the_names_not_of_the_choosing() -> None:
    assert titles("第十二课 尾.mp4", "第2课.mov", "第１课.MP4", "第三课.webm") == [
        *("第１课", "第2课", "第三课", "第十二课 尾")
    ]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("第一课 打招呼.mp4", "第一课 打招呼"),
        ("03_架手机_正片.MP4", "03 架手机 正片"),
        ("v1.2 讲解.mov", "v1.2 讲解"),
        ("a" * 300 + ".mp4", "a" * 120),
    ],
)
def test_the_title_is_the_name_without_its_ending(name: str, title: str) -> None:
    assert title_of(name) == title


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("第一课.srt", "zh"),
        ("第一课.VTT", "zh"),
        ("第一课.zh.srt", "zh"),
        ("第一课_chs.srt", "zh"),
        ("第一课.zh-CN.srt", "zh"),
        ("第一课中文.srt", "zh"),
        ("第一课 (en).srt", "en"),
        ("第一课-en.srt", "en"),
        ("第一课.eng.vtt", "en"),
        ("第一课_英文.srt", "en"),
    ],
)
def test_captions_find_their_video_and_their_language(name: str, language: str) -> None:
    assert captions("第一课.mp4", "第二课.mp4", name) == {
        "第一课.mp4": [(name, language)],
        "第二课.mp4": [],
    }


def test_an_ending_that_belongs_to_the_name_is_no_language() -> None:
    assert captions("listen.mp4", "listen.srt") == {"listen.mp4": [("listen.srt", "zh")]}
    assert captions("学英文.mp4", "学英文.srt") == {"学英文.mp4": [("学英文.srt", "zh")]}
    assert captions("a.en.mp4", "a.en.srt") == {"a.en.mp4": [("a.en.srt", "en")]}
    assert left_out("list.mp4", "listen.srt") == {"listen.srt": "captions_no_video"}


def test_what_cannot_be_taken_is_named_with_its_reason() -> None:
    assert left_out("a.mp4", "a.mov", "a.srt", "a.zh.srt", "b.srt", "c.pptx", ".mp4") == {
        "a.mp4": "file_same_title",
        "a.zh.srt": "captions_twice",
        "b.srt": "captions_no_video",
        "c.pptx": "file_other_kind",
        ".mp4": "file_other_kind",
    }
    sizes = [ChosenFile("a.mp4", 0), ChosenFile("b.mp4", MOST + 1), ChosenFile("c.mp4", MOST)]
    found = plan_lessons(sizes, most_bytes=MOST)
    assert [each.message.code for each in found.left_out] == ["file_empty", "file_too_large"]
    assert [lesson.title for lesson in found.lessons] == ["c"]


NAMES = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["第一课", "第1课", "二", "十二", "a_b", "a b", "讲", ""]),
        st.sampled_from(["", ".zh", "_en", "英文", " (1)"]),
        st.sampled_from([".mp4", ".MOV", ".srt", ".vtt", ".txt", ""]),
    ),
    max_size=12,
)


@given(NAMES)
def test_each_file_is_in_the_plan_exactly_once_and_no_title_twice(names: list[str]) -> None:
    found = plan(*names)
    told = [
        *(lesson.file for lesson in found.lessons),
        *(each.file for lesson in found.lessons for each in lesson.captions),
        *(each.file for each in found.left_out),
    ]
    assert sorted(told) == list(range(len(names)))
    shown = [lesson.title for lesson in found.lessons]
    assert len(set(shown)) == len(shown)


@given(st.lists(NAMES.filter(bool).map(lambda names: names[0]), unique=True), st.randoms())
def test_the_order_of_choosing_changes_nothing(names: list[str], order: random.Random) -> None:
    mixed = names[:]
    order.shuffle(mixed)
    assert titles(*mixed) == titles(*names)
    assert captions(*mixed) == captions(*names)


def found_in(*standing: Standing, files: list[ChosenFile]) -> list[str | None]:
    found = standing_lessons(plan_lessons(files, most_bytes=MOST), files, standing)
    return [found.get(number) for number in range(len(files))]


def test_a_lesson_that_waits_for_its_video_is_used_again() -> None:
    files = chosen("第一课.mp4", "第二课.mp4")
    waiting = Standing("L01", "第一课")
    assert found_in(waiting, files=files) == ["L01", None]


def test_a_lesson_with_another_video_of_the_title_stays_as_it_is() -> None:
    assert found_in(Standing("L01", "第一课", byte_size=99), files=chosen("第一课.mp4")) == [None]
    assert found_in(Standing("L01", "第一课", byte_size=10), files=chosen("第一课.mp4")) == ["L01"]


def test_an_upload_under_way_belongs_to_its_lesson_whatever_that_is_called_now() -> None:
    renamed = Standing("L01", "打招呼", unfinished=("第一课.mp4", 10))
    namesake = Standing("L02", "第一课")
    assert found_in(namesake, renamed, files=chosen("第一课.mp4")) == ["L01"]


def test_two_lessons_are_never_found_for_one_file_nor_one_for_two() -> None:
    standing = [Standing("L01", "一"), Standing("L02", "一"), Standing("L03", "二")]
    files = chosen("一.mp4", "二.mp4", "三.mp4")
    assert found_in(*standing, files=files) == ["L01", "L03", None]


def test_a_lesson_that_got_one_file_by_its_upload_gets_no_other_by_its_title() -> None:
    renamed = Standing("L01", "第二课", unfinished=("第一课.mp4", 10))
    assert found_in(renamed, files=chosen("第一课.mp4", "第二课.mp4")) == ["L01", None]
