"""Captions nobody of this project wrote: which are taken, and why the others are not."""

import pytest

from lms.media.domain.captions import parse_captions, render_vtt

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


def test_every_caption_file_of_the_field_is_accounted_for(field_data):
    folder = field_data / "captions"
    captions = {str(path.relative_to(folder)) for path in caption_files(folder)}
    assert captions == {*CAPTIONS, *REFUSED}


def caption_files(folder):
    """Return the caption files; the .test beside one of them is its upstream test."""
    return [path for path in folder.rglob("*.*") if path.suffix != ".test"]
