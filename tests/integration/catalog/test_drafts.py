"""The outline of a draft is changed step by step; stale pages and strangers change nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from lms.catalog import queries, service
from lms.catalog.domain import Branch, Outline, RevisionState, Step
from lms.core.access import Actor, ScopeKind
from lms.core.errors import Conflict, InvalidInput, LmsError, NotFound
from lms.db.session import Database, now
from tests.factories.accounts import make_county
from tests.factories.catalog import (
    both,
    lesson,
    make_course,
    make_institution,
    reading,
)

SLUG = "noodle-class"
Edit = Callable[..., AbstractContextManager[service.DraftEditor]]


@pytest.fixture(autouse=True)
def _course(database: Database) -> None:
    """A draft with two lessons in one module, and the final test."""
    with database.transaction() as session:
        lessons = [lesson("A01"), lesson("A02"), lesson("FINAL", reading("final"))]
        make_course(session, slug=SLUG, lessons=lessons, state=RevisionState.DRAFT)


@pytest.fixture
def edit(database: Database, instructor: Actor) -> Edit:
    """Call it to change the draft in a transaction of its own."""

    @contextmanager
    def opened(edits: int = 0, actor: Actor = instructor) -> Iterator[service.DraftEditor]:
        with database.transaction() as session:
            yield service.edit_draft(session, actor=actor, slug=SLUG, edits=edits, at=now(session))

    return opened


@pytest.fixture
def rows(database: Database, instructor: Actor) -> Callable[[], queries.RevisionRows]:
    def read() -> queries.RevisionRows:
        with database.snapshot() as session:
            course = queries.editable_course(session, instructor, SLUG)
            return queries.rows_of(session, queries.newest_of(session, course.id))

    return read


def outline(**modules: str) -> Outline:
    return tuple(Branch(key, tuple(lessons.split())) for key, lessons in modules.items())


def code_of(edit: Edit, work: Callable[[service.DraftEditor], object], **options: object) -> str:
    with pytest.raises(LmsError) as refused, edit(**options) as draft:
        work(draft)
    return refused.value.code


def test_a_unit_comes_at_the_end_and_the_final_test_after_it(edit: Edit, rows) -> None:
    with edit() as draft:
        assert draft.add_module(both("开播", "On air")) == "M01"

    assert rows().outline == outline(M1="A01 A02", M01="FINAL")
    assert rows().modules[1].module.title == {"zh": "开播", "en": "On air"}


def test_a_new_lesson_waits_for_its_video(edit: Edit, rows) -> None:
    with edit() as draft:
        key = draft.add_lesson("M1", both("架手机"))

    added = queries.lesson_rows(rows(), key)
    assert rows().outline == outline(M1="A01 A02 L01 FINAL")
    assert [(item.key, item.kind, item.asset_id) for item in added.items] == [
        ("video", "video", None)
    ]
    assert (added.number, added.lesson.minutes) == (3, 45)
    assert [gap.message.code for gap in rows().gaps] == ["video_missing"]


def test_lessons_and_units_move(edit: Edit, rows) -> None:
    with edit() as draft:
        draft.add_module(both("开播"))
    with edit(1) as draft:
        draft.move_lesson("A02", Step.DOWN)
    assert rows().outline == outline(M1="A01", M01="A02 FINAL")
    with edit(2) as draft:
        draft.move_module("M01", Step.UP)

    assert rows().outline == outline(M01="A02", M1="A01 FINAL")


def test_a_lesson_is_removed_with_its_items(edit: Edit, rows) -> None:
    with edit() as draft:
        draft.remove_lesson("A01")

    assert rows().outline == outline(M1="A02 FINAL")


def test_a_key_once_used_is_never_given_again(edit: Edit, rows) -> None:
    with edit() as draft:
        draft.add_lesson("M1", both("一"))
        draft.remove_lesson("A01")
        draft.add_lesson("M1", both("二"))

    assert rows().outline == outline(M1="A02 L01 L02 FINAL")


def test_only_an_empty_unit_can_be_removed(edit: Edit, rows) -> None:
    assert code_of(edit, lambda draft: draft.remove_module("M1")) == "module_not_empty"
    with edit() as draft:
        draft.move_lesson("A01", Step.UP)
        draft.add_module(both("空"))
        draft.move_module("M01", Step.UP)
        draft.remove_module("M01")

    assert rows().outline == outline(M1="A01 A02 FINAL")


def test_units_are_renamed_and_the_course_described(edit: Edit, rows) -> None:
    words = service.CourseWords(both("播茶叶", "Tea"), both("简介"), (both("会泡茶"),), cover="tea")
    with edit() as draft:
        draft.rename_module("M1", both("开播前"))
        draft.describe(words)

    revision = rows().revision
    assert rows().modules[0].module.title == {"zh": "开播前"}
    assert (revision.title, revision.summary, revision.outcomes, revision.cover) == (
        {"zh": "播茶叶", "en": "Tea"},
        {"zh": "简介"},
        [{"zh": "会泡茶"}],
        "tea",
    )
    assert revision.edited_at is not None


@pytest.mark.parametrize(
    "work",
    [
        lambda draft: draft.add_module({"zh": ""}),
        lambda draft: draft.add_lesson("M1", {"zh": "", "en": "only English"}),
        lambda draft: draft.rename_module("M1", {"zh": "长" * 121}),
        lambda draft: draft.describe(service.CourseWords({"zh": "题"}, {"zh": ""}, (), "dragon")),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_counted(work, edit: Edit, rows) -> None:
    with pytest.raises(InvalidInput), edit() as draft:
        work(draft)

    assert rows().revision.edits == 0
    assert rows().outline == outline(M1="A01 A02 FINAL")


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda draft: draft.add_lesson("M9", both("课")), "module_not_found"),
        (lambda draft: draft.rename_module("M9", both("课")), "module_not_found"),
        (lambda draft: draft.move_module("M9", Step.UP), "module_not_found"),
        (lambda draft: draft.move_lesson("A99", Step.UP), "lesson_not_found"),
        (lambda draft: draft.remove_lesson("A99"), "lesson_not_found"),
    ],
)
def test_what_is_not_there_is_not_found(work, code: str, edit: Edit) -> None:
    assert code_of(edit, work) == code


def test_a_stale_page_changes_nothing(edit: Edit, rows) -> None:
    with edit() as draft:
        draft.remove_lesson("A01")

    assert code_of(edit, lambda draft: draft.remove_lesson("A02"), edits=0) == "draft_changed"
    assert rows().outline == outline(M1="A02 FINAL")


def test_a_published_version_cannot_be_edited(edit: Edit, database: Database, rows) -> None:
    with database.transaction() as session:
        revision = session.merge(rows().revision)
        revision.state = RevisionState.PUBLISHED

    assert code_of(edit, lambda draft: draft.remove_lesson("A01")) == "no_draft"


# ---------------------------------------------------------------- whose course it is


def scope_of(kind: ScopeKind, course: object, institution: object) -> object:
    return {
        ScopeKind.PLATFORM: "",
        ScopeKind.COUNTY: institution.county_code,
        ScopeKind.INSTITUTION: institution.id,
        ScopeKind.COURSE: course.id,
    }[kind]


SCOPES = [ScopeKind.PLATFORM, ScopeKind.COUNTY, ScopeKind.INSTITUTION, ScopeKind.COURSE]


@pytest.mark.parametrize("kind", SCOPES)
def test_an_instructor_reaches_the_courses_of_the_scope(
    kind: ScopeKind, database: Database, actor_of: Callable[..., Actor]
) -> None:
    with database.transaction() as session:
        institution = make_institution(session)
        course = make_course(session, slug="own", institution_id=institution.id).course
    actor = actor_of(kind, scope_of(kind, course, institution))

    with database.snapshot() as session:
        assert queries.editable_course(session, actor, "own").id == course.id
        assert "own" in [line.slug for line in queries.editable_courses(session, actor)]


@pytest.mark.parametrize("kind", SCOPES[1:])
def test_a_course_outside_the_scope_does_not_exist(
    kind: ScopeKind, database: Database, actor_of: Callable[..., Actor]
) -> None:
    with database.transaction() as session:
        county = make_county(session, "330881").code
        institution = make_institution(session, county_code=county)
        course = make_course(session, slug="theirs", institution_id=institution.id).course
    actor = actor_of(kind, scope_of(kind, course, institution))

    with database.snapshot() as session:
        assert [line.slug for line in queries.editable_courses(session, actor)] == ["theirs"]
        with pytest.raises(NotFound):
            queries.editable_course(session, actor, SLUG)


def test_a_stranger_edits_nothing(edit: Edit, actor_of: Callable[..., Actor]) -> None:
    stranger = actor_of(ScopeKind.COURSE, 999_999)

    assert code_of(edit, lambda draft: draft.remove_lesson("A01"), actor=stranger) == (
        "course_not_found"
    )


def test_a_role_for_one_course_starts_no_other(
    database: Database, actor_of: Callable[..., Actor]
) -> None:
    with database.snapshot() as session:
        narrow = actor_of(ScopeKind.COURSE, 1)
        assert queries.institutions_for_courses(session, narrow) == []
        assert len(queries.institutions_for_courses(session, actor_of())) == 1


def test_the_list_tells_state_and_newest_title(database: Database, instructor: Actor) -> None:
    with database.transaction() as session:
        make_course(session, slug="done", title=both("播茶叶"))
    with database.snapshot() as session:
        lines = {line.slug: line for line in queries.editable_courses(session, instructor)}

    assert (lines["done"].is_published, lines["done"].has_draft) == (True, False)
    assert (lines[SLUG].is_published, lines[SLUG].has_draft) == (False, True)
    assert lines["done"].title == {"zh": "播茶叶"}


def test_refusals_of_a_race_name_the_reason(edit: Edit) -> None:
    with pytest.raises(Conflict) as refused, edit(edits=7):
        pass

    assert "Nothing is lost" in refused.value.message.text
