"""Every endpoint says who may call it; every template compiles and every page has a title."""

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment

from lms.web.access import public
from tests.architecture.rules import application


def test_every_endpoint_declares_its_access(app):
    assert application.undeclared_endpoints(app) == []


def test_every_template_compiles(app):
    assert application.broken_templates(app.jinja_env) == []


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
