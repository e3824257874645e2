"""What templates know before a request comes must be what they would say in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask, render_template

from tests.support.site import Client

_WAYS = [["zh", "en"], ["en", "zh"]]


@pytest.fixture
def say(app: Flask, tmp_path: Path) -> Callable[..., str]:
    """Render a text as a template, in a language, perhaps below another site."""
    app.register_blueprint(Blueprint("planted", __name__, template_folder=str(tmp_path)))

    def render(text: str, *, language: str = "zh", below: str = "", **values: object) -> str:
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        place = {"query_string": {"lang": language}, "environ_overrides": {"SCRIPT_NAME": below}}
        with app.test_request_context("/", **place):
            return render_template("page.html", **values)

    return render


@pytest.mark.parametrize("languages", _WAYS)
def test_each_reader_gets_their_language_whoever_came_first(client: Client, languages) -> None:
    titles = {"zh": "登录", "en": "Sign in"}
    for language in languages * 2:
        page = client.get(f"/sign-in?lang={language}").text
        assert f"<title>{titles[language]}" in page
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page


@pytest.mark.parametrize("ways", [["", "/xiangbo"], ["/xiangbo", ""]])
def test_a_site_below_another_one_keeps_its_links_inside(client: Client, ways) -> None:
    for below in ways * 2:
        page = client.get("/courses", environ_overrides={"SCRIPT_NAME": below}).text
        assert f'href="{below}/courses"' in page
        assert f'href="{below}/static/css/tokens.css?v=' in page


def test_what_is_put_into_a_sentence_is_escaped(say) -> None:
    page = say("{{ _('Lesson %(number)s', number=name) }}", language="en", name="<b>")
    assert page == "Lesson &lt;b&gt;"


def test_an_address_with_its_host_is_that_of_the_request(app: Flask, say) -> None:
    say("{{ url_for('health.alive', _external=true) }}")
    with app.test_request_context("/", base_url="http://school.example"):
        assert render_template("page.html") == "http://school.example/healthz"


@pytest.mark.parametrize("below", ["", "/x"])
def test_what_hangs_on_the_request_is_asked_in_the_request(say, below) -> None:
    addresses = "{{ url_for('health.alive') }} {{ url_for('health.alive', _external=true) }}"
    text = "{% import '_components/m.html' as m %}" + addresses + " {{ m.i(icon) }}"
    page = say(text, below=below, icon="play")
    own, full, drawing = page.split(" ", 2)
    assert own == f"{below}/healthz"
    assert full.startswith("http://")
    assert full.endswith(own)
    assert 'd="M8 5l11 7-11 7z"' in drawing


def test_a_literal_drawing_is_the_one_drawn_in_the_request(say) -> None:
    drawn = "{% import '_components/m.html' as m %}{{ m.st('ok') }}{{ m.i('play', 'big') }}"
    assert say(drawn) == say(drawn, below="/x")
    assert '<svg class="i big"' in say(drawn)
