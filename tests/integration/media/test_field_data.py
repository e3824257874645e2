"""Files nobody of this project wrote: which are taken, and why the others are not."""

import shutil

import pytest

from lms.media.domain.captions import parse_captions, render_vtt
from lms.media.domain.sniff import sniff_video
from lms.media.domain.video import choose_renditions, judge_video
from lms.media.gateway import transcode
from lms.media.gateway.probe import Refused, probe

pytestmark = pytest.mark.field

# Cues of each file that is taken; the rest is in REFUSED.
CAPTIONS = {
    "captions_with_bom.vtt": 4,
    "comments.vtt": 3,
    "cue_tags.vtt": 3,
    "invalid.vtt": 7,  # only the first line is missing
    "missing_caption_text.srt": 4,
    "one_caption.vtt": 1,
    "ricecooker_basic.srt": 230,
    "ricecooker_basic.vtt": 230,
    "sample.srt": 5,
    "sample.vtt": 16,
    "srt_ascii.srt": 3,
    "styles.vtt": 1,
    "using_identifiers.vtt": 6,
    "pycaption/sample_srt.srt": 6,
    "pycaption/sample_srt_blank_lines.srt": 1,
    "pycaption/sample_srt_empty_cue_output.srt": 1,
    "pycaption/sample_srt_timestamps_without_microseconds.srt": 2,
    "pycaption/samples_srt_same_time.srt": 5,
    "pycaption/sample_webvtt.vtt": 6,
    "pycaption/sample_webvtt_bad_case_header.vtt": 1,
    "pycaption/sample_webvtt_empty_cue_multiple_blanks.vtt": 1,
    "pycaption/sample_webvtt_empty_cue_output.vtt": 1,
    "pycaption/sample_webvtt_empty_cue_then_id.vtt": 1,
    "pycaption/sample_webvtt_empty_cue_then_style.vtt": 1,
    "pycaption/sample_webvtt_from_dfxp.vtt": 7,
    "pycaption/sample_webvtt_from_dfxp_with_style.vtt": 1,
    "pycaption/sample_webvtt_from_sami_with_id_style.vtt": 4,
    "pycaption/sample_webvtt_from_scc_properly_writes_newlines_output.vtt": 1,
    "pycaption/sample_webvtt_keeps_positioning.vtt": 4,
    "pycaption/sample_webvtt_multi_lang_de.vtt": 1,
    "pycaption/sample_webvtt_negative_shift.vtt": 3,
    "pycaption/sample_webvtt_no_header.vtt": 1,
    "pycaption/sample_webvtt_numeric_entities.vtt": 1,
    "pycaption/sample_webvtt_overlapping_cues.vtt": 3,
    "pycaption/sample_webvtt_timestamps.vtt": 2,
    "pycaption/sample_webvtt_with_combined_settings.vtt": 1,
    "pycaption/sample_webvtt_with_inline_style.vtt": 3,
    "pycaption/sample_webvtt_with_note_block.vtt": 1,
    "pycaption/sample_webvtt_with_size_and_align.vtt": 1,
    "pycaption/sample_webvtt_with_style_and_class_span.vtt": 1,
    "pycaption/sample_webvtt_with_style_block_cascade.vtt": 2,
    "pycaption/sample_webvtt_with_style_block_tag_selector.vtt": 1,
    "pycaption/webvtt_from_dfxp_with_conflicting_align.vtt": 2,
}
REFUSED = {
    "empty.vtt": (0, "caption_none"),
    "no_captions.vtt": (0, "caption_none"),
    "pycaption/sample_webvtt_empty.vtt": (0, "caption_none"),
    "invalid_timeframe.vtt": (6, "caption_time_unreadable"),
    "missing_timeframe.srt": (5, "caption_without_time"),
    "pycaption/sample_webvtt_empty_cue_then_orphan_text.vtt": (5, "caption_without_time"),
    # Its last cue has an empty line between the times and the words.
    "wpt/newlines.vtt": (16, "caption_without_time"),
}
VIDEOS = {
    "av1_video.mkv": (2, 5_000),
    "bbb_trailer_20s_720p.mp4": (2, 20_083),
    "discard_first_keyframe.mp4": (1, 1_000),
    "h265_10bits.mp4": (1, 1_000),
    "nasa_13013_hdr.mp4": (1, 13_000),
    "testsrc2_odd_height_and_width_vp9.mp4": (1, 1_000),
    "testsrc2_vp9.webm": (2, 1_000),
}
REFUSED_VIDEOS = {
    "mpeg4.mp4": "video_unreadable",  # a header without any track
    "nasa_13013_rotated.mp4": "video_too_short",
    "testsrc2_mpeg4.mp4": "video_too_short",
}
HOSTILE = {
    "read_passwd_bypass.mp4": "video_format_unknown",  # an AVI that holds a playlist
    "xss_comment_exif_metadata_double_quote.png": "video_format_unknown",
    "bad_huffman.jpg": "video_format_unknown",
    "SSRF_url.svg": "video_is_text",
    "SVG_XSS1.svg": "video_is_text",
    "phpinfo.jpg.php": "video_is_text",
    "xss.htm": "video_is_text",
}


@pytest.mark.parametrize("name", CAPTIONS)
def test_real_captions_are_read_and_what_is_served_reads_back_the_same(field_data, name):
    parsed = parse_captions((field_data / "captions" / name).read_bytes())
    assert parsed.faults == ()
    assert len(parsed.cues) == CAPTIONS[name]
    assert parse_captions(render_vtt(parsed.cues).encode()).cues == parsed.cues


@pytest.mark.parametrize("name", REFUSED)
def test_faulty_captions_are_refused_with_the_line(field_data, name):
    parsed = parse_captions((field_data / "captions" / name).read_bytes())
    assert [(fault.line, fault.message.code) for fault in parsed.faults] == [REFUSED[name]]


def test_every_caption_file_and_video_of_the_field_is_accounted_for(field_data):
    folder = field_data / "captions"
    captions = {str(path.relative_to(folder)) for path in caption_files(folder)}
    assert captions == {*CAPTIONS, *REFUSED}
    assert {path.name for path in (field_data / "video").iterdir()} == {*VIDEOS, *REFUSED_VIDEOS}
    assert {path.name for path in (field_data / "hostile_upload").iterdir()} == {*HOSTILE}


@pytest.mark.parametrize("name", VIDEOS)
def test_real_videos_are_taken_and_made_into_renditions(field_data, tmp_path, name):
    shutil.copyfile(field_data / "video" / name, tmp_path / transcode.SOURCE)
    facts = transcode.examine(tmp_path)
    assert (len(choose_renditions(facts)), facts.duration_ms) == VIDEOS[name]
    (tmp_path / "out").mkdir()
    made = transcode.prepare(tmp_path, tmp_path / "out", facts, lambda _done, _total: None)
    assert made.duration_ms == pytest.approx(facts.duration_ms, abs=200)


@pytest.mark.parametrize("name", REFUSED_VIDEOS)
def test_real_videos_beyond_the_limits_are_refused_by_name(field_data, tmp_path, name):
    shutil.copyfile(field_data / "video" / name, tmp_path / transcode.SOURCE)
    with pytest.raises(Refused) as raised:
        transcode.examine(tmp_path)
    assert raised.value.code == REFUSED_VIDEOS[name]


def test_a_video_a_phone_took_upright_is_read_upright(field_data, tmp_path):
    shutil.copyfile(field_data / "video" / "nasa_13013_rotated.mp4", tmp_path / "source")
    facts = probe(tmp_path / "source")
    assert judge_video(facts).code == "video_too_short"
    assert facts.rotation % 360 != 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_their_first_bytes(field_data, name):
    head = (field_data / "hostile_upload" / name).read_bytes()[:4096]
    assert sniff_video(head).code == HOSTILE[name]


def caption_files(folder):
    """Return the caption files; the .test beside one of them is its upstream test."""
    return [path for path in folder.rglob("*.*") if path.suffix != ".test"]
