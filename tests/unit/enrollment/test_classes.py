"""What a class may become, and what a newer version of a course changes."""

from itertools import pairwise

import pytest

from lms.catalog.outline import CourseView, ItemView, LessonView, ModuleView
from lms.enrollment.domain import Changes, ClassState, changes_between, class_may_become

WAY = ("draft", "filed", "open", "running", "ended", "archived")
ALLOWED = {
    *pairwise(WAY),
    ("draft", "open"),
    ("filed", "draft"),
    ("open", "ended"),
}


@pytest.mark.parametrize("now", list(ClassState))
@pytest.mark.parametrize("then", list(ClassState))
def test_a_class_goes_its_way_and_no_other(now: ClassState, then: ClassState) -> None:
    assert class_may_become(now, then) is ((now, then) in ALLOWED)


def item(key: str, asset: str | None = None, *, is_required: bool = True) -> ItemView:
    kind = "video" if asset else "reading"
    return ItemView(1, key, kind, {"zh": key}, is_required, "", 1, 1000, asset, None)


def course(**lessons: list[ItemView]) -> CourseView:
    made = tuple(
        LessonView(1, key, number, {"zh": f"第 {key} 课"}, 20, (), "M", tuple(items))
        for number, (key, items) in enumerate(lessons.items(), 1)
    )
    modules = (ModuleView("M", 1, {"zh": "单元"}, made),)
    words = {"zh": "课"}
    return CourseView(1, "c", 1, 1, words, words, (), "noodle", 0, words, None, None, modules)


def test_what_changes_is_said_by_lesson() -> None:
    before = course(A=[item("video", "a1")], B=[item("video", "b1")], C=[item("text")])
    after = course(A=[item("video", "a2")], B=[item("video", "b1"), item("more")], D=[item("text")])
    assert changes_between(before, after) == Changes(
        added=({"zh": "第 D 课"},),
        removed=({"zh": "第 C 课"},),
        new_videos=({"zh": "第 A 课"},),
        new_steps=({"zh": "第 B 课"},),
    )


def test_the_same_lessons_and_videos_change_nothing() -> None:
    same = course(A=[item("video", "a1"), item("text")])
    assert changes_between(same, same) == Changes()


def test_a_step_nobody_needs_is_not_more_to_do() -> None:
    before = course(A=[item("text")])
    after = course(A=[item("text"), item("extra", is_required=False)])
    assert changes_between(before, after) == Changes()
