"""Which language a person gets, and how stored texts of both languages are shown."""

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations
from markupsafe import Markup, escape

from lms.core.clock import local_time
from lms.core.errors import Message
from lms.web.access import optional_actor
from lms.web.templates import LanguageEnvironment

LANGUAGES = ("zh", "en")


def init_i18n(app: Flask) -> None:
    """Set up Flask-Babel and the template filters."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = app.root_path + "/translations"
    Babel(app, locale_selector=choose_locale)
    app.jinja_env.filters["loc"] = loc
    app.jinja_env.filters["plain"] = localized
    app.jinja_env.filters["say"] = say
    app.jinja_env.filters["local"] = local_time
    app.jinja_env.globals["language"] = language
    _speak_fast(app)


def choose_locale() -> str:
    """Return cookie, else the person's setting, else what the browser asks for, else Chinese.

    A link of the page (``?lang=en``) comes before all of them and becomes the cookie.
    """
    for chosen in (request.args.get("lang"), request.cookies.get("lang")):
        if chosen in LANGUAGES:
            return str(chosen)
    actor = optional_actor()
    if actor is not None and actor.locale in LANGUAGES:
        return str(actor.locale)
    return request.accept_languages.best_match(LANGUAGES, "zh")


def language() -> str:
    """Return ``zh`` or ``en``, the language of this answer; settled once a request."""
    if not has_request_context():
        return _current()
    settled: str | None = g.get("language")
    if settled is None:
        settled = g.language = _current()
    return settled


def _current() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "zh"


@lru_cache(maxsize=4096)
def _words(_language: str, text: str) -> str:
    """Return the sentence in the language spoken now, which is the one named."""
    return str(get_translations().ugettext(text))


@lru_cache(maxsize=4096)
def _marked(_language: str, text: str) -> Markup:
    return Markup(_words(_language, text))  # noqa: S704 (ours, not a person's)


def gettext(text: str, /, **values: object) -> str:
    """Return a sentence in the person's language, with what is put in."""
    said = _words(language(), text)
    return said % values if values else said


def _gettext_of_pages(text: str, /, **values: object) -> Markup:
    said = _marked(language(), text)
    # As Flask-Babel's own: every sentence is a pattern, and what is put in is escaped.
    return said % values if "%" in said else said


def _speak_fast(app: Flask) -> None:
    """Give templates their words without asking, for each sentence, who reads the page."""

    def spoken() -> str | None:
        # Where the site is mounted below another one, its addresses differ by request.
        return language() if has_request_context() and not request.script_root else None

    app.jinja_env.globals.update(_=_gettext_of_pages, gettext=_gettext_of_pages)
    cast(LanguageEnvironment, app.jinja_env).speak(
        LANGUAGES, spoken=spoken, sentence=lambda text: _marked(language(), text)
    )


def say(message: Message) -> str:
    """Return a coded message as a sentence in the person's language."""
    return gettext(
        message.text,
        **{
            name: say(each) if isinstance(each, Message) else each
            for name, each in message.params.items()
        },
    )


def localized(value: Mapping[str, str]) -> str:
    """Return a stored text in the person's language, else in Chinese."""
    return value.get(language()) or value["zh"]


def loc(value: Mapping[str, str]) -> Markup:
    """Return a stored text for a page; Chinese shown to an English reader is marked as such."""
    own = value.get(language())
    if own:
        return escape(own)
    return Markup('<span lang="zh-CN">{}</span>').format(value["zh"])
