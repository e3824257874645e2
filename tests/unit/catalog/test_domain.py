"""States of revisions, the order of an outline, keys, and what publication lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalog.domain import (
    FINAL_KEY,
    Branch,
    CourseFacts,
    ItemFacts,
    ItemKind,
    LessonFacts,
    Outline,
    RevisionState,
    Step,
    VideoFacts,
    changed_state,
    final_last,
    missing_for_publication,
    moved_lesson,
    moved_module,
    next_key,
    title_fault,
)
from lms.core.errors import Conflict

DRAFT, IN_REVIEW, PUBLISHED, RETIRED = RevisionState


def outline(**modules: str) -> Outline:
    return tuple(Branch(key, tuple(lessons.split())) for key, lessons in modules.items())


ALLOWED = {
    (DRAFT, IN_REVIEW),
    (DRAFT, PUBLISHED),
    (DRAFT, RETIRED),
    (IN_REVIEW, DRAFT),
    (IN_REVIEW, PUBLISHED),
    (IN_REVIEW, RETIRED),
    (PUBLISHED, RETIRED),
}


@pytest.mark.parametrize("state", RevisionState)
@pytest.mark.parametrize("to", RevisionState)
def test_a_revision_only_goes_where_the_table_says(state: RevisionState, to: RevisionState) -> None:
    if (state, to) in ALLOWED:
        assert changed_state(state, to) is to
        return
    with pytest.raises(Conflict) as refused:
        changed_state(state, to)
    assert refused.value.code == "revision_state"


def test_a_lesson_moves_inside_its_module() -> None:
    before = outline(M1="A B C", M2="D")

    assert moved_lesson(before, "B", Step.UP) == outline(M1="B A C", M2="D")
    assert moved_lesson(before, "B", Step.DOWN) == outline(M1="A C B", M2="D")


def test_a_lesson_at_the_edge_goes_into_the_neighbouring_module() -> None:
    before = outline(M1="A B", M2="C D")

    assert moved_lesson(before, "B", Step.DOWN) == outline(M1="A", M2="B C D")
    assert moved_lesson(before, "C", Step.UP) == outline(M1="A B C", M2="D")


def test_the_first_lesson_cannot_go_up_nor_the_last_down() -> None:
    before = outline(M1="A", M2="B")

    assert moved_lesson(before, "A", Step.UP) == before
    assert moved_lesson(before, "B", Step.DOWN) == before


def test_the_final_test_closes_the_course_whatever_moves() -> None:
    before = outline(M1="A", M2="B FINAL")

    assert moved_lesson(before, "B", Step.DOWN) == before
    assert moved_lesson(before, FINAL_KEY, Step.UP) == before
    assert moved_module(before, "M1", Step.DOWN) == outline(M2="B", M1="A FINAL")
    assert final_last(outline(M1="A FINAL", M2="")) == outline(M1="A", M2="FINAL")


keys = st.lists(st.sampled_from("ABCDEFGH"), unique=True, max_size=8)


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    branches = [Branch(f"M{n}") for n in range(draw(st.integers(1, 4)))]
    lessons: dict[str, list[str]] = {branch.key: [] for branch in branches}
    for key in draw(keys):
        lessons[draw(st.sampled_from(branches)).key].append(key)
    if draw(st.booleans()):
        lessons[branches[-1].key].append(FINAL_KEY)
    return tuple(Branch(branch.key, tuple(lessons[branch.key])) for branch in branches)


@given(outlines(), st.data(), st.sampled_from(Step))
def test_moving_loses_and_doubles_no_lesson(
    before: Outline, data: st.DataObject, step: Step
) -> None:
    all_keys = [key for branch in before for key in branch.lessons]
    if all_keys:
        after = moved_lesson(before, data.draw(st.sampled_from(all_keys)), step)
    else:
        after = moved_module(before, data.draw(st.sampled_from([b.key for b in before])), step)

    assert sorted(key for branch in after for key in branch.lessons) == sorted(all_keys)
    assert sorted(branch.key for branch in after) == sorted(branch.key for branch in before)
    if FINAL_KEY in all_keys:
        assert after[-1].lessons[-1] == FINAL_KEY


def test_a_new_key_is_none_that_was_ever_used() -> None:
    assert next_key(set(), "L") == "L01"
    assert next_key({"L01", "L02", "A03"}, "L") == "L03"
    assert next_key({"L02"}, "L") == "L01"


def test_a_title_needs_chinese_and_stays_short() -> None:
    assert title_fault({"zh": "面"}) is None
    assert title_fault({"zh": " ", "en": "Noodles"}).code == "title_required"
    assert title_fault({"zh": "面", "en": "x" * 121}).code == "title_too_long"


# ------------------------------------------------------------ what publication lacks


def lesson(*items: ItemFacts, title: str = "课", key: str = "A01", number: int = 1) -> LessonFacts:
    return LessonFacts(key, number, title, items)


def video(state: str | None, *captions: str) -> ItemFacts:
    facts = VideoFacts(state, frozenset(captions)) if state else None
    return ItemFacts(ItemKind.VIDEO, video=facts)


def course(*lessons: LessonFacts, **changes: object) -> CourseFacts:
    values = {"title": "课程", "summary": "简介", "lessons": lessons, **changes}
    return CourseFacts(**values)


TEXT = ItemFacts(ItemKind.READING, has_text=True)


def codes(facts: CourseFacts) -> list[tuple[str, bool]]:
    return [(gap.message.code, gap.blocks) for gap in missing_for_publication(facts)]


def test_a_whole_course_lacks_nothing() -> None:
    ready = lesson(video("ready", "zh"), TEXT)

    assert codes(course(ready, lesson(ItemFacts(ItemKind.QUIZ), key="FINAL", number=2))) == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (video(None), ("video_missing", True)),
        (video("uploading"), ("video_processing", True)),
        (video("queued"), ("video_processing", True)),
        (video("processing"), ("video_processing", True)),
        (video("failed"), ("video_failed", True)),
        (video("ready"), ("captions_missing", False)),
        (video("ready", "en"), ("captions_missing", False)),
    ],
)
def test_each_state_of_a_video_is_told(item: ItemFacts, expected: tuple[str, bool]) -> None:
    assert codes(course(lesson(item))) == [expected]


def test_a_gap_says_which_lesson_it_is_in() -> None:
    gap = missing_for_publication(course(lesson(TEXT), lesson(video(None), key="A02", number=2)))[0]

    assert gap.lesson_key == "A02"
    assert gap.message.text % gap.message.params == "Lesson 2 has no video yet."


def test_an_empty_course_cannot_be_published() -> None:
    assert codes(course(title="", summary=" ")) == [
        ("title_missing", True),
        ("summary_missing", True),
        ("lessons_missing", True),
    ]


def test_a_lesson_with_nothing_in_it_cannot_be_published() -> None:
    assert codes(course(lesson())) == [("lesson_empty", True)]
    assert codes(course(lesson(ItemFacts(ItemKind.READING)))) == [("lesson_empty", True)]
    assert codes(course(lesson(TEXT, title=""))) == [("lesson_title_missing", True)]


def test_advice_comes_after_what_blocks() -> None:
    facts = course(lesson(video("ready")), lesson(video(None), number=2), empty_modules=(2,))

    assert codes(facts) == [
        ("video_missing", True),
        ("module_empty", False),
        ("captions_missing", False),
    ]
