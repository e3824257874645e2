"""Every sentence of the site has its Chinese words."""

import gettext

import pytest

from tests.architecture.rules.source import ROOT
from tools import messages

PART = "lms/translations/parts/a.po"


def test_every_sentence_has_its_chinese_words():
    assert messages.faults(ROOT) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lms/a.py", "_('Sign in')"),
        ("lms/a.py", "raise Conflict('closed', 'Sign in')"),
        ("lms/a.py", "Message('closed', 'Sign in')"),
        ("lms/a.py", "class Refused(LmsError): ...\nraise Refused('closed', 'Sign in')"),
        ("templates/a.html", "{{ _('Sign in') }}"),
        ("templates/a.html", "{% trans %}Sign in{% endtrans %}"),
    ],
)
def test_a_sentence_without_chinese_is_found(plant, name, text):
    assert [fault.partition(" ")[2] for fault in messages.faults(plant(name, text))] == [
        "no Chinese for “Sign in”"
    ]


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ('#, fuzzy\nmsgid "Sign in"\nmsgstr "登录"', "the Chinese is marked as a guess"),
        ('msgid "Sign in"\nmsgstr ""', "no Chinese for"),
        ('msgid "Sign in"\nmsgstr "%(name)s 登录"', "fills in other values"),
        ('msgid "Sign in"\nmsgstr "登录"\n\nmsgid "Gone"\nmsgstr "没了"', "nobody says “Gone”"),
    ],
)
def test_faulty_chinese_is_found(plant, part, fault):
    plant("lms/a.py", "_('Sign in')")
    found = messages.faults(plant(PART, part))
    assert len(found) == 1
    assert fault in found[0]


def test_two_parts_that_say_a_sentence_differently_are_found(plant):
    plant("lms/a.py", "_('Sign in')")
    plant("lms/translations/parts/b.po", 'msgid "Sign in"\nmsgstr "登入"')
    assert len(messages.faults(plant(PART, 'msgid "Sign in"\nmsgstr "登录"'))) == 1


def test_merged_words_are_what_the_site_says(plant):
    plant("lms/a.py", "ngettext('%(num)d lesson', '%(num)d lessons', n)")
    words = 'msgid "%(num)d lesson"\nmsgid_plural "%(num)d lessons"\nmsgstr[0] "%(num)d 课"'
    root = plant(PART, words)
    messages.merge(root)
    (root / PART).unlink()
    messages.compile_catalogue(root)
    with (root / messages.CATALOGUE).with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.ngettext("%(num)d lesson", "%(num)d lessons", 3) == "%(num)d 课"
    assert messages.faults(root) == []
