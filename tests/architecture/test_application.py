"""Every endpoint says who may call it; every template compiles and every page has a title."""

import pytest
from flask import Blueprint, Flask
from jinja2 import DictLoader, Environment

from lms.web.access import public
from tests.architecture.rules import application


def test_every_endpoint_declares_its_access(app):
    assert application.undeclared_endpoints(app) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_compiles(app, language):
    with app.test_request_context(query_string={"lang": language}):
        assert application.broken_templates(app.jinja_env) == []


@pytest.mark.parametrize("call", ["url_for('nobody.home')", "asset('img/nothing.svg')"])
def test_a_link_to_nowhere_is_found(app, tmp_path, call):
    (tmp_path / "lost.html").write_text(f"{{% if never %}}{{{{ {call} }}}}{{% endif %}}")
    app.register_blueprint(Blueprint("lost", __name__, template_folder=str(tmp_path)))
    with app.test_request_context():
        assert len(application.broken_templates(app.jinja_env)) == 1


def test_every_page_has_a_title(app):
    assert application.untitled_templates(app.jinja_env) == []


def test_an_endpoint_that_says_nothing_is_found():
    app = Flask("planted")
    app.add_url_rule("/open", "open", public(lambda: "x"))
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    assert application.undeclared_endpoints(app) == ["forgotten"]


def test_an_endpoint_that_says_nothing_is_refused_at_run_time(app, client):
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    assert client.get("/forgotten", headers={"Accept": "application/json"}).status_code == 403


@pytest.mark.parametrize("text", ["{% if a %}", "{{ a|nosuchfilter }}"])
def test_a_template_that_does_not_compile_is_found(text):
    pages = Environment(loader=DictLoader({"a.html": text}), autoescape=True)
    assert len(application.broken_templates(pages)) == 1


@pytest.mark.parametrize(
    ("page", "untitled"),
    [
        ("{% extends 'base.html' %}{% block title %}x{% endblock %}", []),
        ("{% extends 'a/_shell.html' %}", []),
        ("{% extends 'base.html' %}{% block main %}x{% endblock %}", ["a/page.html"]),
        ("<p>x</p>", ["a/page.html"]),
    ],
)
def test_a_page_without_a_title_is_found(page, untitled):
    templates = {
        "base.html": "{% block title %}{% endblock %}",
        "a/_shell.html": "{% extends 'base.html' %}{% block title %}x{% endblock %}",
        "a/page.html": page,
    }
    pages = Environment(loader=DictLoader(templates), autoescape=True)
    assert application.untitled_templates(pages) == untitled
