"""Presence checks about what was said: the right sentence was just said, the others not."""

from dataclasses import dataclass
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.checks import CheckKind, ask_about, is_answer, is_right


@dataclass(frozen=True)
class Said:
    start_ms: int
    end_ms: int
    text: str


MINUTE = 60_000


def dice(seed):
    return Random(seed)  # noqa: S311 (it invents, it guards nothing)


# A sentence every ten seconds for twenty minutes, each of its own.
CUES = [Said(at * 10_000, at * 10_000 + 8_000, f"第{at}句，讲的是直播带货") for at in range(120)]


@given(st.integers(4 * MINUTE, 20 * MINUTE), st.integers())
def test_the_right_sentence_was_just_said_and_the_others_were_not(played_to, seed):
    asked = ask_about(CUES, played_to, dice(seed))
    texts = dict(asked.options)
    when = {cue.text: cue for cue in CUES}
    assert asked.kind is CheckKind.QUESTION
    assert sorted(texts) == ["a", "b", "c"]
    assert len(set(texts.values())) == 3
    for name, text in texts.items():
        lately = played_to - 3 * MINUTE <= when[text].start_ms and when[text].end_ms <= played_to
        assert lately == (name == asked.right)


@given(st.integers())
def test_the_right_one_stands_anywhere(seed):
    rights = {ask_about(CUES, 10 * MINUTE, dice(seed + n)).right for n in range(60)}
    assert rights == {"a", "b", "c"}


def test_without_enough_to_ask_about_a_tap_is_enough():
    for cues, played_to in (
        ([], 10 * MINUTE),
        (CUES, 0),
        (CUES[:3], 30_000),
        ([Said(0, 5, "短")] * 50, MINUTE),
        ([Said(at, at + 1, "总是同样的一句话") for at in range(0, 20 * MINUTE, 1000)], MINUTE),
    ):
        asked = ask_about(cues, played_to, dice(1))
        assert (asked.kind, asked.options, asked.right) == (CheckKind.TAP, (), None)


def test_only_what_is_offered_is_an_answer():
    question = ask_about(CUES, 10 * MINUTE, dice(1)).as_json()
    tap = ask_about([], 0, dice(1)).as_json()
    assert [is_answer(question, said) for said in ("a", "c", "d", "here")] == [1, 1, 0, 0]
    assert [is_answer(tap, said) for said in ("here", "a", "")] == [True, False, False]
    assert is_right(tap, "here") is None
    assert is_right(question, question["right"]) is True
