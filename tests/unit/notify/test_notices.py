"""What people are told: each template is whole, and holds nothing it must not."""

import re
from string import Formatter

import pytest

from lms.core.errors import Message
from lms.notify.domain.hours import GOOD_FOR
from lms.notify.domain.kinds import Kind
from lms.notify.domain.notices import NOTICES, address, kept, message_of, texted
from lms.notify.domain.texts import is_texted, words
from tests.factories.notify import REASON, values_of

# As long as values get.
LONGEST = {"claim": "BT-330822-26-07-000136", "amount": 12_345_678, "part": 10, "parts": 12}
TEXTED = [name for name in NOTICES if is_texted(name)]


def said(template, locale):
    takes = NOTICES[template].takes
    long = {name: value for name, value in LONGEST.items() if name in takes}
    return words(template, locale, texted(template, kept(template, values_of(template, **long))))


def test_those_go_to_phones_where_there_is_something_to_do_or_to_be_glad_of():
    assert {name.removeprefix("claim_") for name in TEXTED} == {
        *("submitted", "returned", "public", "paid", "instalment_paid", "bank_returned"),
        *("rejected", "reopened", "clawed_back"),
        *("order_paid", "order_without_seat", "order_refunded"),
    }
    assert set(TEXTED) <= set(GOOD_FOR)


@pytest.mark.parametrize("template", TEXTED)
@pytest.mark.parametrize(("locale", "most"), [("zh", 70), ("en", 160)])
def test_a_text_fits_into_one_message_and_holds_no_reason(template, locale, most):
    text = said(template, locale)
    assert len(text) <= most, text
    assert REASON not in text
    assert text.startswith("【乡播学堂】" if locale == "zh" else "[Xiangbo]")
    if locale == "en":
        # One other letter, and a message holds seventy of them only.
        assert text.isascii()


def test_money_and_days_read_as_people_say_them():
    assert "补贴 123456.78 元" in said("claim_paid", "zh")
    assert "到 7 月 17 日为止" in said("claim_public", "zh")
    assert "尾号 1234 " in said("claim_paid", "zh")


@pytest.mark.parametrize("template", NOTICES)
def test_a_sentence_says_every_value_but_the_reason(template):
    notice = NOTICES[template]
    named = set(re.findall(r"%\((\w+)\)s", notice.title.text + notice.text.text))
    assert named == {
        name for name, kind in notice.takes.items() if kind not in (Kind.REASON, Kind.ROW)
    }
    wanted = {name for _, name, _, _ in Formatter().parse(notice.leads_to) if name}
    leading = (Kind.ROW, Kind.NUMBER)
    assert wanted <= {name for name, kind in notice.takes.items() if kind in leading}
    assert address(template, kept(template, values_of(template))).startswith(
        ("/me/", "/staff/", "/supervision/")
    )


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("claim_submitted", {"claim": "330822199001011234"}),
        ("claim_submitted", {"claim": "13957001234"}),
        ("claim_submitted", {"claim": "林秀芳"}),
        ("claim_submitted", {"name": "林秀芳"}),
        ("claim_paid", {"ending": "6228480402564890018"}),
        ("claim_paid", {"amount": 600.0}),
        ("claim_paid", {"amount": -1}),
        ("claim_public", {"until": "2026-07-17"}),
        ("claim_returned", {"reason": " "}),
        ("claim_returned", {"reason": "x" * 501}),
    ],
)
def test_what_a_template_does_not_take_gets_nowhere(template, values):
    with pytest.raises(ValueError, match=next(iter(values)) if "name" not in values else "takes"):
        kept(template, values_of(template, **values))
    missing = values_of(template)
    missing.popitem()
    with pytest.raises(ValueError, match="takes"):
        kept(template, missing)


def test_a_reason_the_site_gives_is_kept_so_that_both_languages_can_say_it():
    why = Message("badge_revoked", "Your badge %(serial)s: %(why)s", {"serial": "A1", "why": 7})
    outer = Message("outer", "It is so: %(why)s", {"why": why})
    params = kept("claim_reopened", values_of("claim_reopened", reason=outer))
    assert message_of(params["reason"]) == outer
