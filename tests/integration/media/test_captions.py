import pytest
from sqlalchemy import select

from lms.core.errors import InvalidInput, NotFound
from lms.core.ids import new_uuid
from lms.media import queries, service
from lms.media.domain.names import Language
from lms.media.models import Caption
from tests.factories.media import make_asset

SRT = "1\n00:00:01,000 --> 00:00:02,000\n<b>大家好</b>\n"


@pytest.fixture
def asset_id(database):
    with database.transaction() as session:
        return make_asset(session).id


@pytest.fixture
def put(database, asset_id):
    def put(data, language=Language.ZH, asset_id=asset_id):
        with database.transaction() as session:
            service.set_caption(
                session,
                asset_id=asset_id,
                language=language,
                data=data,
                source_name="课件/字幕.srt",
            )

    return put


@pytest.fixture
def text(database, asset_id):
    def text(language="zh"):
        with database.snapshot() as session:
            return queries.caption_text(session, asset_id, language)

    return text


def test_captions_are_kept_as_webvtt_whatever_was_sent(put, text):
    put(SRT.encode("gb18030"))
    assert text() == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n大家好\n"
    assert text("en") is None


def test_newer_captions_take_the_place_of_older_ones(put, text):
    put(SRT.encode())
    put(SRT.replace("大家好", "开播").encode("utf-16"))
    put(SRT.encode(), language=Language.EN)
    assert "开播" in text()
    assert "大家好" in text("en")


def test_captions_with_faults_leave_the_older_ones(put, text):
    put(SRT.encode())
    with pytest.raises(InvalidInput) as raised:
        put(b"1\n00:00:09,000 --> 00:00:01,000\nlate\n\nlost words")
    assert {field: fault.code for field, fault in raised.value.fields.items()} == {
        "line:2": "caption_ends_early",
        "line:5": "caption_without_time",
    }
    assert "大家好" in text()


def test_captions_of_no_video_are_refused(put):
    with pytest.raises(NotFound):
        put(SRT.encode(), asset_id=new_uuid())


def test_the_same_captions_again_are_kept_once_and_older_ones_stay(put, database, asset_id):
    for words in ("大家好", "大家好", "开播"):
        put(SRT.replace("大家好", words).encode())
    with database.snapshot() as session:
        kept = session.scalars(select(Caption).order_by(Caption.id)).all()
        assert [queries.caption_text(session, asset_id, "zh", row.id) for row in kept] == [
            row.text for row in kept
        ]
    assert ["大家好" in row.text for row in kept] == [True, False]
