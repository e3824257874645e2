"""Ties Flask-Login to revocable sign-ins: the cookie carries a token that a row can end."""

from datetime import datetime, timedelta
from typing import cast

import flask
from flask import Flask, Response, after_this_request, current_app, g, request
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts import queries
from lms.accounts.domain import proofs
from lms.accounts.domain.devices import Visit, is_browser_number, visit_of
from lms.accounts.domain.texts import use_own
from lms.accounts.gateway import Keys, keys_of, read_own_texts
from lms.accounts.queries import KnownBrowser
from lms.accounts.service import sign_ins
from lms.core.access import STAFF, Actor
from lms.core.clock import utc_now
from lms.core.errors import SecondFactorNeeded
from lms.core.ids import new_token
from lms.db.session import now
from lms.settings import Settings
from lms.web.access import database, optional_actor, settings, signed_in
from lms.web.client import browser_name

# What staff without a second factor may still open, so that they can set it up or leave.
_BEFORE_SECOND_FACTOR = frozenset(
    {
        "static",
        "accounts.second_factor",
        "accounts.begin_second_factor",
        "accounts.finish_second_factor",
        "accounts.second_factor_picture",
        "accounts.confirm",
        "accounts.confirm_now",
        "accounts.send_confirm_code",
        "accounts.sign_out",
        "accounts.sign_out_now",
        "accounts.terms",
        "accounts.privacy",
        "accounts_api.read_session",
        "accounts_api.confirm",
        "accounts_api.end_session",
        "notify.outbox",
    }
)


# Where Flask-Login keeps the token in the cookie, and for the request whose it is.
_TOKEN, _LOADED = "_user_id", "_login_user"
# Where the browser keeps its random number, and the request the one it will have.
_NUMBER, _OWN_NUMBER = "browser", "_browser_number"
_NUMBER_KEPT_FOR = timedelta(days=365)


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """What Flask-Login keeps for a request: the actor and the token that proves it."""

    def __init__(self, known: KnownBrowser, token: str) -> None:
        self.actor: Actor = known.actor
        self.known = known
        self.token = token

    def get_id(self) -> str:
        """Return the revocable token, never the person's id."""
        return self.token


def init_login(app: Flask) -> None:
    """Look the signed-in browser up once a request."""
    manager = LoginManager()
    # A phone changes its address all day; the token alone decides.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app)
    app.extensions["lms_keys"] = keys_of(_settings_of(app))
    use_own(read_own_texts(_settings_of(app).texts_dir))
    app.before_request(_note_seen)
    app.before_request(_demand_second_factor)


def _settings_of(app: Flask) -> Settings:
    """Return the settings before the first request."""
    return cast(Settings, app.extensions["lms_settings"])


def keys() -> Keys:
    """Return the keys of the installation."""
    return cast(Keys, current_app.extensions["lms_keys"])


def visit() -> Visit:
    """Return the browser of this request; a sign-in it has is replaced by the next one."""
    actor = optional_actor()
    replaces = actor.sign_in_id if actor else None
    return visit_of(browser_name(), number=_own_number(), replaces=replaces)


def enter(token: str) -> Actor:
    """Put the token into a fresh cookie: nothing that was there before survives (no fixation)."""
    known = _known(token, at=utc_now())
    if known is None:
        raise RuntimeError("the sign-in just opened is not there")
    leave()
    flask.session.permanent = True
    login_user(SignedIn(known, token))
    after_this_request(_keep_number)
    return known.actor


def _number_cookie() -> str:
    return f"__Host-{_NUMBER}" if settings().https else _NUMBER


def _own_number() -> str:
    """Return the random number of this browser, a new one where it has none of ours.

    It tells nothing about anybody and opens nothing; it only lets the same browser be known again
    after one person left it and the next came in.
    """
    held = request.cookies.get(_number_cookie(), "")
    number: str = g.setdefault(_OWN_NUMBER, held if is_browser_number(held) else new_token())
    return number


def _keep_number(response: Response) -> Response:
    """Let the browser keep its number for another year; whoever only visits is given none."""
    response.set_cookie(
        _number_cookie(),
        _own_number(),
        max_age=_NUMBER_KEPT_FOR,
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )
    return response


def has_second_factor() -> bool:
    """Tell whether this browser gave the second factor."""
    return cast(SignedIn, current_user).known.has_second_factor


def leave() -> None:
    """Forget everything the cookie held, the form token included."""
    flask.session.clear()
    g.pop("csrf_token", None)
    g.pop(_LOADED, None)


def _load(token: str) -> SignedIn | None:
    # Expiry to the minute is a matter of show; the row's revocation is exact.
    try:
        known = _known(token, at=utc_now())
    except SQLAlchemyError:
        # The page that says so must not ask again.
        g.setdefault(_LOADED, AnonymousUserMixin())
        raise
    return SignedIn(known, token) if known else None


def _known(token: str, *, at: datetime) -> KnownBrowser | None:
    return queries.browser_of_token(database().look_up, token, at=at)


def _recognise() -> SignedIn | None:
    """Return who is signed in; the token in the cookie alone says so.

    Flask-Login would also look for other ways in, which this site has none of.
    """
    token = flask.session.get(_TOKEN)
    if token is None or _LOADED in g:
        found = signed_in()
    else:
        found = g.setdefault(_LOADED, _load(token) or AnonymousUserMixin())
    return found if isinstance(found, SignedIn) else None


def _note_seen() -> None:
    """Keep "last seen" fresh, before the view opens a transaction of its own."""
    user = _recognise() if request.endpoint != "static" else None
    if user is None:
        return
    known = user.known
    if utc_now() - known.last_seen_at > proofs.SEEN_EVERY:
        with database().transaction() as session:
            at = now(session)
            before = at - proofs.SEEN_EVERY
            sign_ins.note_seen(session, known.actor.sign_in_id, before=before, now=at)


def _demand_second_factor() -> None:
    """Where staff need a second factor, keep those without one at its door."""
    if not settings().staff_mfa_required or request.endpoint in _BEFORE_SECOND_FACTOR:
        return
    user = signed_in()
    if not isinstance(user, SignedIn):
        return
    known = user.known
    if known.actor.has_role(STAFF) and not known.has_second_factor:
        raise SecondFactorNeeded(
            "second_factor_required", "Your role needs a second step at sign-in. Please set it up."
        )
