"""Videos and captions of a lesson: sent by a plain form, converted by a job."""

import io
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.catalog.domain import RevisionState
from lms.catalog.models import Item, Revision
from lms.db.session import Database
from lms.media import queries
from lms.media.models import Asset
from lms.settings import Settings
from tests.factories.catalog import lesson, make_course, video
from tests.factories.content import tiny_video
from tests.factories.media import make_asset
from tests.functional.studio.conftest import COURSE, SLUG
from tests.support.site import Client, Jobs

PAGE = f"{COURSE}/lessons/A01"
VIDEO = f"{PAGE}/videos/video"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n大家好\n".encode()


@pytest.fixture(autouse=True)
def _course(database: Database, institution_id: int) -> None:
    with database.transaction() as session:
        make_course(
            session,
            slug=SLUG,
            institution_id=institution_id,
            lessons=[lesson("A01", video(asset_id=None))],
            state=RevisionState.DRAFT,
        )


def file(content: bytes, name: str = "第一课.mp4") -> dict[str, tuple[io.BytesIO, str]]:
    return {"file": (io.BytesIO(content), name)}


def item_of(database: Database) -> Item:
    with database.snapshot() as session:
        return session.scalars(select(Item)).one()


def attach(database: Database, **asset: object) -> str:
    with database.transaction() as session:
        asset_id = make_asset(session, **asset).id
        session.scalars(select(Item)).one().asset_id = asset_id
        return asset_id


def assets(database: Database) -> list[Asset]:
    with database.snapshot() as session:
        return list(session.scalars(select(Asset)))


def kept_files(settings: Settings) -> list[Path]:
    return [path for path in settings.media_dir.rglob("*") if path.is_file()]


def test_a_video_is_sent_converted_and_ready_to_publish(instructor: Client, run_jobs: Jobs) -> None:
    answer = instructor.post(VIDEO, data=file(tiny_video(854)), follow_redirects=True)

    assert "视频收到了" in answer.text
    assert "正在转码" in answer.text
    assert "第一课.mp4" in answer.text
    assert run_jobs() == 2
    page = instructor.get(PAGE).text
    assert "可以用了" in page
    assert "240p" in page
    assert "还没有" in page  # captions


def test_the_page_tells_the_script_whom_to_ask_how_far_it_is(
    instructor: Client, database: Database
) -> None:
    asset_id = attach(database, state="queued")

    page = instructor.get(PAGE).text
    address = page.split('data-asset="')[1].split('"')[0].replace("&amp;", "&")
    answer = instructor.get(address)

    assert asset_id in address
    assert (answer.status_code, answer.json["state"]) == (200, "queued")


def test_a_video_that_failed_says_why_and_takes_another(
    instructor: Client, database: Database
) -> None:
    attach(
        database,
        state="failed",
        error_code="video_no_picture",
        error_text="This file has sound but no picture.",
    )
    page = instructor.get(PAGE).text

    assert "This file has sound but no picture." in page or "没有画面" in page
    assert "原文件还在您电脑上" in page
    assert "上传这个视频" in page


@pytest.mark.parametrize(
    "content",
    [b"ffconcat version 1.0\nfile 'other.mp4'\n", b"#EXTM3U\n/etc/passwd\n", b"", b"<html>"],
)
def test_what_is_no_video_is_refused_on_the_page_and_nothing_kept(
    content: bytes, instructor: Client, database: Database, settings: Settings
) -> None:
    answer = instructor.post(VIDEO, data=file(content))

    assert answer.status_code == 422
    assert 'id="file-fault"' in answer.text
    assert assets(database) == []
    assert kept_files(settings) == []


def test_the_script_gets_the_refusal_as_a_sentence(instructor: Client) -> None:
    answer = instructor.post(VIDEO, data=file(b"<html>"), headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert answer.json["fields"]["file"]["message"]


def test_a_form_without_a_file_says_so(instructor: Client, database: Database) -> None:
    for path in (VIDEO, f"{VIDEO}/captions/zh"):
        answer = instructor.post(path, data={"file": (io.BytesIO(b""), "")})
        assert answer.status_code == 422
    assert item_of(database).asset_id is None


def test_a_stranger_sends_nothing_and_no_byte_is_read(
    stranger: Client, database: Database, settings: Settings
) -> None:
    attach(database)
    before = item_of(database).asset_id

    assert stranger.post(VIDEO, data=file(tiny_video(854))).status_code == 404
    assert stranger.post(f"{VIDEO}/captions/zh", data=file(VTT, "zh.vtt")).status_code == 404
    assert stranger.post(f"{VIDEO}/remove").status_code == 404
    assert stranger.post(f"{PAGE}/videos").status_code == 404
    assert item_of(database).asset_id == before
    assert kept_files(settings) == []


def test_an_upload_without_the_forms_token_is_refused(
    instructor: Client, database: Database, settings: Settings
) -> None:
    assert instructor.post(VIDEO, data=file(tiny_video(854)), csrf=False).status_code == 400
    assert item_of(database).asset_id is None
    assert kept_files(settings) == []


def test_a_published_lesson_takes_no_video(instructor: Client, database: Database) -> None:
    with database.transaction() as session:
        session.scalars(select(Revision)).one().state = RevisionState.PUBLISHED

    assert instructor.post(VIDEO, data=file(tiny_video(854))).status_code == 409
    assert assets(database) == []


def test_a_video_larger_than_an_ordinary_form_is_taken(
    instructor: Client, database: Database
) -> None:
    padded = tiny_video(854) + b"\0" * (3 * 1024 * 1024)
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(padded), "第一课.mp4")})
    kind = f'multipart/form-data; boundary="{boundary}"'

    assert instructor.post(VIDEO, data=body, content_type=kind).status_code == 302
    assert [asset.byte_size for asset in assets(database)] == [len(padded)]


# ------------------------------------------------------------------------- captions


def test_captions_are_kept(instructor: Client, database: Database) -> None:
    asset_id = attach(database)

    answer = instructor.post(
        f"{VIDEO}/captions/zh", data=file(VTT, "zh.vtt"), follow_redirects=True
    )

    assert "字幕存好了" in answer.text
    with database.snapshot() as session:
        assert "大家好" in (queries.caption_text(session, asset_id, "zh") or "")


def test_faults_of_captions_are_told_by_line_and_nothing_is_kept(
    instructor: Client, database: Database
) -> None:
    asset_id = attach(database)
    broken = VTT + "\n00:05.000 --> 00:04.000\n早\n".encode()

    answer = instructor.post(f"{VIDEO}/captions/zh", data=file(broken, "zh.vtt"))

    assert answer.status_code == 422
    assert "字幕没有存" in answer.text
    assert "第 6 行" in answer.text
    with database.snapshot() as session:
        assert queries.caption_text(session, asset_id, "zh") is None


def test_captions_wait_for_their_video(instructor: Client) -> None:
    assert instructor.post(f"{VIDEO}/captions/zh", data=file(VTT)).status_code == 404


def test_captions_come_in_the_two_languages_alone(instructor: Client, database: Database) -> None:
    attach(database)

    assert instructor.post(f"{VIDEO}/captions/fr", data=file(VTT)).status_code == 404


# ---------------------------------------------------------------------- with or without


def test_a_lesson_can_do_without_a_video_and_get_one_again(
    instructor: Client, database: Database
) -> None:
    assert instructor.post(f"{VIDEO}/remove").status_code == 302
    assert "这一课没有视频" in instructor.get(PAGE).text
    assert instructor.post(f"{PAGE}/videos").status_code == 302

    assert item_of(database).key == "video"


def test_an_item_that_is_no_video_takes_none(instructor: Client) -> None:
    answer = instructor.post(f"{PAGE}/videos/text", data=file(tiny_video(854)))

    assert answer.status_code == 404
