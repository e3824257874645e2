"""Every view says who may call it; what says nothing is refused.

People come with the cookie of a sign-in, other systems with a token. A view takes one of the two:
where it asks for a token no cookie is looked at, and nowhere else is a token.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, current_app, g, request
from flask_login import current_user

from lms.core.access import Actor, Bearer, Permission, TokenScope
from lms.core.errors import Forbidden, LmsError, NotSignedIn, TokenRefused
from lms.db.session import Database
from lms.settings import Settings

View = TypeVar("View", bound=Callable[..., object])
FindBearer = Callable[[str], Bearer]
_PUBLIC = "public"
# Where a token would stand in logs and histories.
_IN_ADDRESS = frozenset({"token", "access_token"})


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


def token(scope: TokenScope) -> Callable[[View], View]:
    """Let those systems call the view whose token has the scope; nobody who is signed in."""

    def mark(view: View) -> View:
        view.__access__ = scope  # type: ignore[attr-defined]  # read by the guard below
        return view

    return mark


def current_bearer() -> Bearer:
    """Return the system that calls; only views that ask for a token have one."""
    return cast(Bearer, g.bearer)


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


def know_tokens_by(app: Flask, find: FindBearer) -> None:
    """Let ``find`` tell whose a token is; it raises ``TokenRefused`` for one that opens nothing."""
    app.extensions["lms_find_bearer"] = find


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
    if isinstance(needed, TokenScope):
        g.bearer = _bearer(needed)
        return
    actor = current_actor()
    g.permission = needed
    if not actor.may(needed):
        raise Forbidden("not_allowed", "This page is not for your role.")


def _bearer(needed: TokenScope) -> Bearer:
    """Return whose token this is. Raises what says why it does not open the view."""
    if _IN_ADDRESS & request.args.keys():
        raise LmsError(
            "token_in_address",
            "A token never stands in an address: logs keep it. Please revoke this one.",
        )
    if settings().https and not request.is_secure:
        raise Forbidden("https_required", "Please call this over https.")
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise TokenRefused("token_missing", "Please send a token: Authorization: Bearer …")
    find: FindBearer = current_app.extensions["lms_find_bearer"]
    bearer = find(sent.token)
    if needed not in bearer.scopes:
        raise Forbidden("scope_missing", "This token may not fetch this.")
    return bearer
