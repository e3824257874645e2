import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.media.domain.captions import Cue, render_vtt
from lms.media.domain.transcript import find, fold, join_cues, read_transcript


def joined(*cues):
    return [(each.start_ms, each.text) for each in join_cues(cues)]


def marked(text, *words):
    """Return the text with what was found in brackets; nothing where it was not found."""
    found = find(join_cues([Cue(0, 1_000, text)]), [fold(word) for word in words])
    return ["".join(f"[{part}]" if is_hit else part for part, is_hit in f.pieces) for f in found]


@pytest.mark.parametrize(("pause_ms", "count"), [(0, 1), (2_000, 1), (2_001, 2)])
def test_a_pause_of_more_than_two_seconds_begins_a_paragraph(pause_ms, count):
    cues = joined(Cue(0, 1_000, "一。"), Cue(1_000 + pause_ms, 9_000, "二。"))
    assert len(cues) == count
    assert cues[-1][0] == (0 if count == 1 else 1_000 + pause_ms)


def test_a_pause_is_counted_from_the_last_word_of_all_before():
    # The first is shown until after the second is gone.
    assert len(joined(Cue(0, 9_000, "一"), Cue(1_000, 2_000, "二"), Cue(10_000, 11_000, "三"))) == 1


def test_a_long_paragraph_ends_with_a_sentence_or_at_the_latest_after_half_as_much_again():
    sentences = joined(*(Cue(n * 10, n * 10 + 10, "九个字加一个句号。") for n in range(30)))
    assert [len(text) for _, text in sentences] == [126, 126, 18]
    endless = joined(*(Cue(n * 10, n * 10 + 10, "没有句号的话，") for n in range(40)))
    assert [len(text) for _, text in endless] == [182, 98]


def test_a_letter_takes_half_the_room_of_a_chinese_sign():
    english = joined(*(Cue(n * 10, n * 10 + 10, "Nine and nine signs.") for n in range(20)))
    assert [len(text) for _, text in english] == [251, 167]


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("您好，", "这一课讲面。", "您好，这一课讲面。"),
        ("您好", "这一课讲面", "您好 这一课讲面"),
        ("words you\nmust not say", "on air.", "words you must not say on air."),
        ("大多是广告，\n归广告法\n管。", "好。", "大多是广告，归广告法管。好。"),
        ("加 5 元", "MOTO 包邮", "加 5 元 MOTO 包邮"),
    ],
)
def test_lines_are_put_together_as_one_writes_the_language(first, second, text):
    assert joined(Cue(0, 1_000, first), Cue(1_000, 2_000, second)) == [(0, text)]


def test_captions_as_they_are_kept_are_read_as_a_text():
    vtt = render_vtt([Cue(0, 1_000, "价格 <9 块 9>。"), Cue(5_000, 6_000, "再见。")])
    assert [(each.start_ms, each.text) for each in read_transcript(vtt)] == [
        (0, "价格 <9 块 9>。"),
        (5_000, "再见。"),
    ]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("先看一眼镜头。", ["镜头"], ["先看一眼[镜头]。"]),
        ("先看一眼镜头。", ["灯光"], []),
        ("镜头前，镜头后", ["镜头"], ["[镜头]前，[镜头]后"]),
        ("Live Star and LIVE", ["live"], ["[Live] Star and [LIVE]"]),
        ("ＷｉＦｉ　断了", ["wifi"], ["[ＷｉＦｉ]　断了"]),
        ("wifi 断了", ["ＷＩＦＩ"], ["[wifi] 断了"]),
        ("满 ５０ 减 5", ["50"], ["满 [５０] 减 5"]),
        # Two captions of one sentence: the gap between them is nothing one says.
        ("欢迎来到 直播间", ["来到直播"], ["欢迎[来到 直播]间"]),
        ("the art", ["heart"], []),
        ("开播前擦镜头", ["镜头", "开播"], ["[开播]前擦[镜头]"]),
        ("开播前擦镜头", ["镜头", "灯光"], []),
        ("重㎏量", ["kg"], ["重[㎏]量"]),
        ("直播直播间", ["直播", "播间"], ["[直播直播间]"]),
        ("<b>&amp;", ["<b>"], ["[<b>]&amp;"]),
        ("Straße", ["STRASSE"], ["[Straße]"]),
    ],
)
def test_words_are_found_whatever_their_case_and_width(text, words, found):
    assert marked(text, *words) == found


def test_places_are_counted_not_paragraphs():
    found = find(join_cues([Cue(0, 1, "面，面"), Cue(9_000, 9_001, "面")]), ["面"])
    assert [each.places for each in found] == [2, 1]


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(
    str.strip
)


@given(TEXT, st.data())
def test_what_is_written_is_found_and_no_sign_is_lost(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    word = fold(text[start : start + data.draw(st.integers(1, 9))]).strip()
    paragraphs = join_cues([Cue(0, 1, text)])
    found = find(paragraphs, [word] if word else [])
    assert [each.paragraph for each in found] == list(paragraphs)
    assert "".join(part for part, _ in found[0].pieces) == paragraphs[0].text
