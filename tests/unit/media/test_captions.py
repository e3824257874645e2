import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.media.domain.captions import MAX_CUES, Cue, parse_captions, render_vtt

SRT = (
    "1\n00:00:01,500 --> 00:00:04,000\n大家好，\n我是林秀芳\n\n2\n00:00:05 --> 00:01:02.25\n开播\n"
)
CUES = (Cue(1_500, 4_000, "大家好，\n我是林秀芳"), Cue(5_000, 62_250, "开播"))


def faults(text):
    return [(fault.line, fault.message.code) for fault in parse_captions(text.encode()).faults]


def words(marked):
    parsed = parse_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{marked}".encode())
    assert parsed.faults == ()
    return [cue.text for cue in parsed.cues]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_srt_is_read_in_every_usual_encoding_and_line_end(encoding, line_end):
    parsed = parse_captions(SRT.replace("\n", line_end).encode(encoding))
    assert parsed.cues == CUES
    assert parsed.faults == ()


def test_webvtt_is_read_without_its_notes_styles_names_and_positions():
    text = (
        "WEBVTT - 第一课\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n"
        "NOTE\n给老师看的\n\nNOTE one line\n\n开头\n00:01.500 --> 00:04.000 align:start line:90%\n"
        "大家好，\n我是林秀芳\n\n00:05.000 --> 00:01:02.250\n开播\n"
    )
    parsed = parse_captions(text.encode())
    assert parsed.cues == CUES
    assert parsed.faults == ()


def test_cues_without_a_blank_line_between_them_are_told_apart():
    text = (
        "WEBVTT\n00:01.000 --> 00:02.000\n一\n2\n00:02.000 --> 00:03.000\n二\n"
        "00:03.000 --> 00:04.000\n三"
    )
    parsed = parse_captions(text.encode())
    assert [cue.text for cue in parsed.cues] == ["一", "二", "三"]


def test_cues_come_in_the_order_they_are_shown_and_empty_ones_are_left_out():
    text = (
        "00:05.000 --> 00:06.000\n二\n\n00:01.000 --> 00:09.000\n一\n\n"
        "00:07.000 --> 00:08.000\n\n3\n\n"
    )
    assert [cue.text for cue in parse_captions(text.encode()).cues] == ["一", "二"]


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("<v 王老师>开播</v>", "开播"),
        ("<b>一</b><i.loud>二</i>", "一二"),
        ("<00:00:01.500>一<c>二</c>", "一二"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)>看", "看"),
        ("<scr<script>ipt>alert(1)", "ipt>alert(1)"),
        ("a <b unclosed", "a"),
        ("3 < 5 > 2", "3 < 5 > 2"),
        ("价格<9块9", "价格<9块9"),
        ("{\\an8}上面", "上面"),
        ("&lt;script&gt;", "<script>"),
        ("AT&T &copyright &amp;amp;", "AT&T &copyright &amp;"),
        ("&#20320;&#x597D;", "你好"),
        ("&#55296;&#9999999;", "��"),
        ("a\x07b\x1b[0m", "ab[0m"),
        ("  一   二 \t 三 ", "一 二 三"),
    ],
)
def test_only_words_are_left_of_marked_up_captions(marked, text):
    assert words(marked) == [text]


def test_words_that_look_like_markup_or_times_are_inert_in_what_is_served():
    served = render_vtt([Cue(0, 1_000, "<script>&\n00:01.000 --> 00:02.000")])
    assert served == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n&lt;script&gt;&amp;\n00:01.000 --&gt; 00:02.000\n"
    )


def test_each_fault_is_named_by_its_line():
    text = (
        "WEBVTT\n\n00:01.000 --> 00:0x.000\n一\n\n00:05.000 --> 00:04.000\n二\n\n没有时间\n\n"
        "00:75.000 --> 01:20.000\n三\n\n00:06.000 -->\n四\n\n00:07.000 --> 00:08.000\n好\n"
    )
    assert faults(text) == [
        (3, "caption_time_unreadable"),
        (6, "caption_ends_early"),
        (9, "caption_without_time"),
        (11, "caption_time_unreadable"),
        (14, "caption_time_unreadable"),
    ]


def test_a_file_with_a_fault_gives_no_captions_at_all():
    assert parse_captions(b"00:01.000 --> 00:02.000\na\n\norphan").cues == ()


def test_no_more_than_twenty_faults_are_listed():
    assert len(faults("\n\n".join(["没有时间"] * 50))) == 20


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "caption_none"),
        (b"WEBVTT", "caption_none"),
        (b"WEBVTT\n\nNOTE nothing", "caption_none"),
        (b"1\n\n2\n\n", "caption_none"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff", "caption_encoding"),
        (b"\xff\xfe\x00", "caption_encoding"),
        (b"\x80\x80\xff\xff", "caption_encoding"),
        (b"x" * (2 * 1024 * 1024 + 1), "caption_too_large"),
        (b"00:01.000 --> 00:02.000\na\n\n" * (MAX_CUES + 1), "caption_too_many"),
    ],
)
def test_a_file_that_holds_no_captions_says_why_on_line_0(data, code):
    parsed = parse_captions(data)
    assert [(fault.line, fault.message.code) for fault in parsed.faults] == [(0, code)]


def test_no_more_than_one_list_of_faults_is_made_of_a_file_that_is_no_caption_file():
    assert len(faults("文字\n\n" * 200_000)) == 20


@pytest.mark.parametrize(
    ("times", "start_ms"),
    [("００：０１．５００ --> 00:04", 1_500), ("00：01，500 --> 00：04，000", 1_500)],
)
def test_times_from_a_chinese_keyboard_are_read(times, start_ms):
    assert parse_captions(f"{times}\n开播".encode()).cues == (Cue(start_ms, 4_000, "开播"),)


@pytest.mark.parametrize("times", ["00:01.000 -> 00:02.000", "00:01 — 00:02", "1:01,1:02"])
def test_a_time_without_its_arrow_is_named_by_its_own_line(times):
    assert faults(f"1\n{times}\n开播") == [(2, "caption_time_unreadable")]


@pytest.mark.parametrize("times", ["-00:01.000 --> 00:02.000", "00:01.000 --> -00:02.000"])
def test_a_time_before_the_beginning_is_unreadable(times):
    assert faults(f"WEBVTT\n\n{times}\n开播") == [(3, "caption_time_unreadable")]


def test_a_second_mark_of_files_put_together_is_no_part_of_the_first_line():
    assert parse_captions("\ufeff\ufeff00:01.000 --> 00:02.000\n一".encode()).faults == ()


TRADITIONAL = "歡迎來到直播間，這一課講怎麼把麵拉得又細又長，請各位鄉親們仔細觀看並且動手練習一次。"


def test_big5_is_told_from_gb18030_where_there_are_signs_enough():
    srt = f"1\n00:00:01,000 --> 00:00:04,000\n{TRADITIONAL}\n"
    for encoding in ("big5", "gb18030", "utf-8"):
        assert [cue.text for cue in parse_captions(srt.encode(encoding)).cues] == [TRADITIONAL]


# What a pattern that tries all ways would need hours for; each is read to its end.
HOSTILE = {
    "tags": "<a",
    "open tags": "<",
    "times in tags": "<1",
    "positions": "{\\",
    "entities": "&#1234567",
    "spaces": " \t",
    "arrows": "--> ",
    "digits": "0",
    "clocks": "00:00.000 --> 00:01.000 ",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("where", ["words", "times"])
def test_two_megabytes_of_the_worst_text_are_read_to_their_end(name, where):
    head = "00:00.000 --> 00:01.000" + ("\n" if where == "words" else " ")
    text = head + HOSTILE[name] * ((2_000_000 - len(head)) // len(HOSTILE[name]))
    parsed = parse_captions(text.encode())
    assert bool(parsed.cues) != bool(parsed.faults)


@given(st.binary(max_size=2_000))
def test_no_bytes_whatever_make_the_reader_fail(data):
    parsed = parse_captions(data)
    assert bool(parsed.cues) != bool(parsed.faults)


# Spaces are evened out, so those at the ends of a line and double ones do not come back.
LINES = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1),
    min_size=1,
    max_size=3,
)
WORDS = st.lists(LINES.map(" ".join), min_size=1, max_size=3).map("\n".join)
TIMES = st.integers(0, 999 * 3600 * 1000)


@given(st.lists(st.tuples(TIMES, st.integers(1, 60_000), WORDS), min_size=1, max_size=20))
def test_what_is_written_reads_back_the_same(rows):
    cues = [Cue(start, start + length, text) for start, length, text in rows]
    parsed = parse_captions(render_vtt(cues).encode())
    assert parsed.faults == ()
    assert list(parsed.cues) == sorted(cues, key=lambda cue: cue.start_ms)


PIECES = st.sampled_from(
    [
        *("{", "\\", "}", "{\\an8}", "<b>", "<", ">", "&", "&amp;", "&lt;", "&#123;", "&#92;"),
        *("&#10;", "&nbsp;", "--&gt;", "NOTE", "WEBVTT", "1", "字", "\n", " ", "\u3000", "\u2028"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_was_read_from_any_markup_reads_back_the_same(marked):
    cues = parse_captions(f"00:01.000 --> 00:02.000\n{marked}".encode()).cues
    if cues:
        assert parse_captions(render_vtt(cues).encode()).cues == cues


@pytest.mark.parametrize("marked", ["{&#92;an8}上面", "{<b>\\an8}上面", "&#123;\\an8}上面"])
def test_words_that_look_like_a_position_stay_words(marked):
    cues = parse_captions(f"00:01.000 --> 00:02.000\n{marked}".encode()).cues
    assert [cue.text for cue in cues] == ["{\\an8}上面"]
    assert parse_captions(render_vtt(cues).encode()).cues == cues
