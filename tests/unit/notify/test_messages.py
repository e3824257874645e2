"""The words of text messages."""

import pytest

from lms.notify.domain.texts import words

CODE = {"code": "407215", "minutes": 5}


@pytest.mark.parametrize("locale", [None, "zh", "fr"])
def test_a_message_is_chinese_unless_english_was_chosen(locale):
    assert words("code", locale, CODE) == (
        "【乡播学堂】验证码 407215，5 分钟内有效。谁问都别说，工作人员也不会要。"
    )


def test_english_was_chosen():
    assert words("code", "en", CODE).startswith("[Xiangbo] Your code is 407215")


def test_a_code_fits_into_one_message():
    assert len(words("code", "zh", CODE)) <= 70


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_that_an_outage_was_made_good_fits_into_one_message(locale):
    said = words("time_made_good", locale, {"month": 11, "day": 3})
    assert len(said) <= 70
    assert {"zh": "11 月 3 日", "en": "11-03"}[locale] in said


@pytest.mark.parametrize(
    ("locale", "title"),
    [("zh", "2026乡播学堂直播销售员五级01"), ("en", "2026 autumn class, Changshan")],
)
def test_what_is_said_of_a_seat_fits_into_one_message(locale, title):
    for template in ("seat_free", "seat_given", "seat_line"):
        said = words(template, locale, {"title": title, "month": 9, "day": 1})
        assert title in said
        assert len(said) <= 70
        if template != "seat_line":
            assert {"zh": "9 月 1 日", "en": "09-01"}[locale] in said
