"""Every view says who may call it; what says nothing is refused."""

from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, current_app, g, request
from flask_login import current_user

from lms.core.access import Actor, Permission
from lms.core.errors import Forbidden, NotSignedIn
from lms.db.session import Database
from lms.settings import Settings

View = TypeVar("View", bound=Callable[..., object])
_PUBLIC = "public"


def public(view: View) -> View:
    """Let anyone call the view."""
    view.__access__ = _PUBLIC  # type: ignore[attr-defined]  # read by the guard below
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Let those call the view who hold the permission in some scope."""

    def mark(view: View) -> View:
        view.__access__ = permission  # type: ignore[attr-defined]  # read by the guard below
        return view

    return mark


def current_actor() -> Actor:
    """Return who acts. Raises ``NotSignedIn`` where nobody is signed in."""
    actor = optional_actor()
    if actor is None:
        raise NotSignedIn("not_signed_in", "Please sign in first.")
    return actor


def optional_actor() -> Actor | None:
    """Return who acts, or ``None`` for a visitor."""
    return cast(Actor | None, getattr(signed_in(), "actor", None))


def signed_in() -> object:
    """Return what Flask-Login keeps for this request, without the proxy that looks it up anew."""
    found: object = g.get("_login_user")
    return current_user._get_current_object() if found is None else found  # noqa: SLF001 (werkzeug's documented way)


def database() -> Database:
    """Return the application's database."""
    return cast(Database, current_app.extensions["lms_database"])


def settings() -> Settings:
    """Return the application's settings."""
    return cast(Settings, current_app.extensions["lms_settings"])


def init_access(app: Flask) -> None:
    """Check the declared access before each view runs."""
    app.before_request(_guard)


def _guard() -> None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return
    view = current_app.view_functions[endpoint]
    needed = getattr(view, "__access__", None)
    if needed == _PUBLIC:
        return
    if needed is None:
        raise Forbidden("access_undeclared", "This page is not open yet.")
    actor = current_actor()
    g.permission = needed
    if not actor.may(needed):
        raise Forbidden("not_allowed", "This page is not for your role.")
