import pytest

from lms.media.domain.sniff import Container, sniff_video


@pytest.mark.parametrize(
    ("head", "family"),
    [
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", Container.MP4),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", Container.MP4),
        (b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f", Container.MATROSKA),
    ],
)
def test_mp4_and_matroska_are_known_by_their_signature(head, family):
    assert sniff_video(head) is family


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", "video_empty"),
        (b"ffconcat version 1.0\nfile 'victim.mp4'\n", "video_is_playlist"),
        (b"\xef\xbb\xbf \n#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "video_is_playlist"),
        (b"<?xml version='1.0'?><MPD></MPD>", "video_is_playlist"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "video_is_playlist"),
        (b"hello, this is my lesson", "video_is_text"),
        ("同学们好".encode(), "video_is_text"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00\x00\x00", "video_no_picture"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "video_no_picture"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video_format_unknown"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "video_format_unknown"),
        (b"\x00\x00\x00\x20ft", "video_format_unknown"),
    ],
)
def test_everything_else_is_refused_with_what_to_do(head, code):
    assert sniff_video(head).code == code
