"""What an instructor sees from the first watchable version of a video to the last."""

import io

import pytest
from sqlalchemy import select

from lms.catalog.domain import RevisionState
from lms.db.session import Database
from lms.jobs.models import Job, JobState
from lms.media.gateway.encode import TOO_SLOW
from tests.factories.catalog import lesson, make_course, video
from tests.factories.content import tiny_video
from tests.functional.studio.conftest import COURSE, SLUG
from tests.support.site import Client, Jobs

PAGE = f"{COURSE}/lessons/A01"
VIDEO = f"{PAGE}/videos/video"


@pytest.fixture
def engine() -> str:
    """One engine is enough where ffmpeg does the work."""
    return "sqlite"


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


def file(content: bytes) -> dict[str, tuple[io.BytesIO, str]]:
    return {"file": (io.BytesIO(content), "第一课.mp4")}


def step(run_jobs: Jobs) -> None:
    """Run the job that has waited longest."""
    run_jobs.runner.run(run_jobs.queue.waiting.pop(0))


def test_what_can_be_watched_is_shown_while_the_sharper_versions_follow(
    instructor: Client, run_jobs: Jobs
) -> None:
    instructor.post(VIDEO, data=file(tiny_video(854)))
    step(run_jobs)
    page = instructor.get(PAGE).text
    assert "可以用了" in page
    assert "240p" in page
    assert "480p" not in page
    assert "已经能看了。更清楚的版本接着自动做" in page
    assert '<progress value="30" max="100"' in page
    address = page.split('data-asset="')[1].split('"')[0].replace("&amp;", "&")
    told = instructor.get(address).json
    assert (told["state"], told["ladder"], told["at_work"]) == ("ready", "waiting", True)
    assert told["progress"] == 0.3

    step(run_jobs)
    page = instructor.get(PAGE).text
    assert "480p" in page
    assert "data-asset" not in page
    assert "<progress" not in page.split('id="videos"')[1].split("data-upload")[0]
    told = instructor.get(address).json
    assert (told["ladder"], told["at_work"], told["progress"]) == ("done", False, 1.0)
    assert (told["stream"], told["thumbnails"]) == (True, 1)


def test_the_pictures_of_a_video_are_shown_to_who_may_manage_it_alone(
    instructor: Client, client: Client, run_jobs: Jobs
) -> None:
    instructor.post(VIDEO, data=file(tiny_video(854)))
    run_jobs()
    page = instructor.get(PAGE).text
    address = next(part for part in page.split('"') if part.endswith("/thumbs.webp"))
    answer = instructor.get(address)
    assert (answer.status_code, answer.mimetype, answer.data[8:12]) == (200, "image/webp", b"WEBP")
    assert client.get(address).status_code == 403


def test_sharper_versions_that_failed_say_why_and_are_made_again_by_a_button(
    instructor: Client, database: Database, run_jobs: Jobs
) -> None:
    instructor.post(VIDEO, data=file(tiny_video(854)))
    step(run_jobs)
    with database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == "media.ladder")).one()
        job.state = JobState.FAILED
        job.error_code, job.error_text = "video_took_too_long", TOO_SLOW.text
    page = instructor.get(PAGE).text
    assert "可以用了" in page
    assert "能看，但更清楚的版本没做成。" in page
    assert "重做更清楚的版本" in page
    assert "data-asset" not in page

    answer = instructor.post(f"{VIDEO}/sharper", follow_redirects=True)
    assert "正在做更清楚的版本" in answer.text
    run_jobs()
    page = instructor.get(PAGE).text
    assert "480p" in page
    assert "重做更清楚的版本" not in page
    again = instructor.post(f"{VIDEO}/sharper")
    assert again.status_code == 409
    assert "没有什么要重做的" in again.text
