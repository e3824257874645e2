"""How far a video is, for programs."""

import pytest

from lms.core.access import Role, Scope, ScopeKind
from lms.core.ids import new_uuid
from lms.media.domain.tickets import Right
from tests.factories.media import make_asset, make_caption


@pytest.fixture
def own(database, instructor):
    """Make an asset of the instructor."""

    def own(**overrides):
        with database.transaction() as session:
            asset = make_asset(session, owner_id=instructor[1].person_id, **overrides)
            if asset.state == "ready":
                make_caption(session, asset)
            return asset.id

    return own


def test_the_owner_sees_what_can_be_played(instructor, own):
    client, _ = instructor
    told = client.get(f"/api/v1/media/{own()}").get_json()
    assert told["state"] == "ready"
    assert told["progress"] == 1.0
    assert told["duration"] == 60.0
    assert told["error"] is None
    assert told["renditions"][0] == {
        "label": "240p",
        "width": 426,
        "height": 240,
        "bytes": 9_000,
        "bit_rate": 72_000,
    }
    assert told["captions"] == ["zh"]


def test_a_failed_video_says_why_in_the_persons_language(instructor, own):
    client, _ = instructor
    asset_id = own(
        state="failed",
        error_code="video_too_long",
        error_text=(
            "This video is longer than %(hours)s hours. Cut it into several lessons and send them "
            "one by one."
        ),
        error_params={"hours": 4},
    )
    told = client.get(f"/api/v1/media/{asset_id}", headers={"Accept-Language": "zh"}).get_json()
    assert told["state"] == "failed"
    assert told["error"] == {
        "code": "video_too_long",
        "message": "这个视频超过 4 小时。请分成几课，一个一个传。",
    }
    assert told["duration"] is None


def test_a_video_that_waits_is_at_the_beginning(instructor, own):
    client, _ = instructor
    told = client.get(f"/api/v1/media/{own(state='queued')}").get_json()
    assert (told["state"], told["progress"], told["renditions"]) == ("queued", 0, [])


def test_another_instructor_needs_a_ticket_to_manage_it(own, asset, new_client, issue):
    client, actor = new_client(Role.INSTRUCTOR, Scope(ScopeKind.COURSE, "2"))
    assert client.get(f"/api/v1/media/{asset.id}").status_code == 404
    manage = issue(actor, right=Right.MANAGE)
    assert client.get(f"/api/v1/media/{asset.id}?ticket={manage}").status_code == 200
    assert client.get(f"/api/v1/media/{own()}?ticket={manage}").status_code == 404
    watch = issue(actor, right=Right.WATCH)
    assert client.get(f"/api/v1/media/{asset.id}?ticket={watch}").status_code == 403


def test_an_instructor_of_the_platform_sees_every_video(new_client, own):
    client, _ = new_client(Role.INSTRUCTOR)
    assert client.get(f"/api/v1/media/{own()}").status_code == 200


def test_learners_and_visitors_see_nothing_and_unknown_videos_are_not_found(
    client, new_client, instructor, own
):
    asset_id = own()
    learner, _ = new_client()
    assert client.get(f"/api/v1/media/{asset_id}").status_code == 401
    assert learner.get(f"/api/v1/media/{asset_id}").status_code == 403
    assert instructor[0].get(f"/api/v1/media/{new_uuid()}").status_code == 404
    assert instructor[0].get("/api/v1/media/x").status_code == 404
