"""Writes courses: revisions and their life, the outline of a draft, one lesson of a draft."""

from lms.catalog.service.drafts import CourseWords, DraftEditor, edit_draft
from lms.catalog.service.lessons import (
    LessonPlace,
    LessonWords,
    TextWords,
    add_video,
    attach_asset,
    draft_video,
    edit_lesson,
    remove_video,
)
from lms.catalog.service.registry import (
    DEFAULT_INSTITUTION,
    CourseFrame,
    ensure_course,
    institution_for,
    programme_for,
)
from lms.catalog.service.revisions import (
    NewCourse,
    RevisionWords,
    Timed,
    add_revision,
    create_course,
    locked_draft,
    material_for,
    open_draft,
    publish,
    publish_draft,
    put_aside,
)

__all__ = [
    "DEFAULT_INSTITUTION",
    "CourseFrame",
    "CourseWords",
    "DraftEditor",
    "LessonPlace",
    "LessonWords",
    "NewCourse",
    "RevisionWords",
    "TextWords",
    "Timed",
    "add_revision",
    "add_video",
    "attach_asset",
    "create_course",
    "draft_video",
    "edit_draft",
    "edit_lesson",
    "ensure_course",
    "institution_for",
    "locked_draft",
    "material_for",
    "open_draft",
    "programme_for",
    "publish",
    "publish_draft",
    "put_aside",
    "remove_video",
]
