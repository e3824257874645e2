"""A published course is written out as a folder that loads again without a change."""

from pathlib import Path

import pytest
from sqlalchemy import select

from lms.catalog import service as catalog
from lms.catalog.models import Course, Material
from lms.content import service
from lms.content.domain.loading import Outcome
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.db.session import Database, now
from lms.media.gateway.storage import storage_of
from lms.settings import Settings
from tests.factories.videos import run_ffmpeg
from tests.integration.content.conftest import LESSON, SLUG, Load, change


def test_an_exported_course_loads_again_without_a_change(
    load: Load, tmp_path: Path, database: Database, settings: Settings
) -> None:
    load()
    out = tmp_path / "out"
    with database.snapshot() as session:
        service.export_folder(session, slug=SLUG, target=out, storage=storage_of(settings))

    assert load(out) is Outcome.UNCHANGED
    assert (out / LESSON.replace("lesson.yaml", "media/480p.mp4")).read_bytes() == (
        tmp_path / "course/lessons/A01/media/480p.mp4"
    ).read_bytes()
    assert (
        service.open_folder(out).fingerprint == service.open_folder(tmp_path / "course").fingerprint
    )


def test_the_sound_alone_comes_along(
    load: Load, root: Path, tmp_path: Path, database: Database, settings: Settings
) -> None:
    load()
    media = root / "lessons/A01/media"
    run_ffmpeg(
        *("-i", str(media / "480p.mp4"), "-vn", "-c:a", "copy"),
        *("-movflags", "+faststart", str(media / "audio.m4a")),
    )
    change(root, LESSON, "240p: media/240p.mp4", "240p: media/240p.mp4, audio: media/audio.m4a")
    assert load() is Outcome.REVISION
    out = tmp_path / "out"
    with database.snapshot() as session:
        # The same video as before: what people earned with it stays.
        assert session.scalars(select(Material).where(Material.kind == "video")).one()
        service.export_folder(session, slug=SLUG, target=out, storage=storage_of(settings))
    heard = (out / "lessons/A01/media/audio.m4a").read_bytes()
    assert heard == (media / "audio.m4a").read_bytes()
    assert load(out) is Outcome.UNCHANGED


def test_how_long_a_badge_is_good_for_comes_along(
    load: Load, root: Path, tmp_path: Path, database: Database, settings: Settings
) -> None:
    change(root, "course.yaml", "cover: noodle", "cover: noodle\nbadge_months: 36")
    load()
    out = tmp_path / "out"
    with database.snapshot() as session:
        assert session.scalars(select(Course.badge_months)).one() == 36
        service.export_folder(session, slug=SLUG, target=out, storage=storage_of(settings))
    assert "badge_months: 36" in (out / "course.yaml").read_text()
    assert load(out) is Outcome.UNCHANGED


def test_a_course_edited_in_the_studio_comes_out_as_it_is_published(
    load: Load, tmp_path: Path, database: Database, instructor: Actor, settings: Settings
) -> None:
    load()
    with database.transaction() as session:
        catalog.open_draft(session, actor=instructor, slug=SLUG, at=now(session))
        editor = catalog.edit_draft(session, actor=instructor, slug=SLUG, edits=0, at=now(session))
        editor.rename_module("M1", {"zh": "开播以前"})
        catalog.publish(session, actor=instructor, slug=SLUG, edits=1, at=now(session))
    out = tmp_path / "out"
    with database.snapshot() as session:
        service.export_folder(session, slug=SLUG, target=out, storage=storage_of(settings))

    assert "开播以前" in (out / "course.yaml").read_text(encoding="utf-8")
    assert load(out) is Outcome.UNCHANGED


def test_only_a_published_course_is_exported(
    tmp_path: Path, database: Database, settings: Settings
) -> None:
    with database.snapshot() as session, pytest.raises(NotFound) as refused:
        service.export_folder(
            session, slug="nothing", target=tmp_path / "out", storage=storage_of(settings)
        )

    assert refused.value.code == "course_not_published"
    assert not (tmp_path / "out").exists()
