"""A course is started in one of the instructor's institutions."""

import pytest

from lms.catalog import queries, service
from lms.core.access import Actor
from lms.core.errors import InvalidInput
from lms.db.session import Database, now
from tests.factories.catalog import both, make_course, make_institution


def new_course(**changes: object) -> service.NewCourse:
    values = {
        "slug": "tea-class",
        "title": both("播茶叶"),
        "institution_slug": "xiangbo",
        **changes,
    }
    return service.NewCourse(**values)


def test_a_course_starts_with_an_empty_draft(database: Database, instructor: Actor) -> None:
    with database.transaction() as session:
        make_institution(session, slug="xiangbo")
        course = service.create_course(session, actor=instructor, new=new_course(), at=now(session))
        draft = queries.draft_of(session, course.id)

        assert draft is not None
        assert (draft.number, draft.origin, draft.title) == (1, "studio", {"zh": "播茶叶"})
        assert queries.rows_of(session, draft).outline == ()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"slug": "Tea Class"}, "slug", "slug_malformed"),
        ({"slug": "../tea"}, "slug", "slug_malformed"),
        ({"slug": "a" * 61}, "slug", "slug_malformed"),
        ({"slug": ""}, "slug", "slug_malformed"),
        ({"slug": "taken"}, "slug", "slug_taken"),
        ({"title": {"zh": " "}}, "title_zh", "title_required"),
        ({"institution_slug": "elsewhere"}, "institution", "institution_unknown"),
    ],
)
def test_what_does_not_fit_is_named_by_field(
    changes: dict[str, object], field: str, code: str, database: Database, instructor: Actor
) -> None:
    with database.transaction() as session:
        make_institution(session, slug="xiangbo")
        make_course(session, slug="taken")

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        service.create_course(session, actor=instructor, new=new_course(**changes), at=now(session))

    assert {name: fault.code for name, fault in refused.value.fields.items()} == {field: code}
