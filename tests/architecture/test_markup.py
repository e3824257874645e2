"""Pages obey the content policy and are said in both languages."""

import pytest

from tests.architecture.rules import markup
from tests.architecture.rules.source import ROOT


def test_no_template_switches_escaping_off():
    assert markup.unescaped(ROOT) == []


def test_no_template_holds_styles_or_scripts():
    assert markup.inline_code(ROOT) == []


def test_no_page_style_script_or_drawing_names_another_host():
    assert markup.outside_hosts(ROOT) == []


def test_every_word_of_the_templates_comes_from_the_catalogue():
    assert markup.untranslated(ROOT) == []


@pytest.mark.parametrize(
    "text", ["{{ body|safe }}", "{{ body | safe }}", "{% autoescape false %}x{% endautoescape %}"]
)
def test_unescaped_text_is_found(plant, text):
    assert len(markup.unescaped(plant("templates/a.html", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<p {% if a %}style='x'{% endif %}>",
        "<style>p{}</style>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_code_inside_a_page_is_found(plant, text):
    assert len(markup.inline_code(plant("templates/a.html", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<script src=\"{{ asset('js/ui.js') }}\" defer></script>",
        '<script type="application/json" id="start">{{ start|tojson }}</script>',
        "{{ m.field(once='a', style='wide') }}",
    ],
)
def test_data_and_outside_scripts_are_left_alone(plant, text):
    assert markup.inline_code(plant("templates/a.html", text)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("templates/a.html", '<img src="https://example.com/a.png">'),
        ("templates/a.html", '<script src="//cdn.example.com/a.js"></script>'),
        ("static/css/a.css", "@import url(https://fonts.example.com/a.css);"),
        ("static/js/a.js", 'fetch("http://example.com")'),
    ],
)
def test_another_host_is_found(plant, name, text):
    assert len(markup.outside_hosts(plant(name, text))) == 1


def test_the_name_of_a_drawing_language_is_no_host(plant):
    root = plant("static/img/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"></svg>')
    assert markup.outside_hosts(root) == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Sign in</p>",
        "<p>登录</p>",
        '<img alt="A badge">',
        '<input placeholder="手机号">',
        "<p>{{ n }} lessons</p>",
        "{% if a %}Closed{% endif %}",
    ],
)
def test_a_word_that_cannot_be_translated_is_found(plant, text):
    assert len(markup.untranslated(plant("templates/a.html", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<p>{{ _('Sign in') }}</p>",
        "{% trans %}Sign in{% endtrans %}",
        '<a lang="en" href="?lang=en">English</a>',
        "<p>{{ done }}/{{ total }} · 12 %</p>",
        "{# Sign in #}",
        "<p>{{ size }} MB</p>",
        '{% macro fault(name) %}aria-invalid="true"{% endmacro %}',
        '<p class="lead" id="start"></p>',
    ],
)
def test_words_of_the_catalogue_are_left_alone(plant, text):
    assert markup.untranslated(plant("templates/a.html", text)) == []


def test_a_place_is_named_by_its_line(plant):
    root = plant("templates/a.html", "{#\n\n#}\n<p>\n{{ a\n}}\nHello</p>")
    assert markup.untranslated(root) == ["templates/a.html:7 says “. Hello”"]
