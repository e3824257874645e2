"""Ties Flask-Login to revocable sign-ins: the cookie carries a token that a row can end."""

from flask import Flask
from flask_login import LoginManager, UserMixin

from lms.accounts import queries
from lms.core.access import Actor
from lms.core.clock import utc_now
from lms.web.access import database


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """What Flask-Login keeps for a request: the actor and the token that proves it."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
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


def _load(token: str) -> SignedIn | None:
    with database().snapshot() as session:
        # Expiry to the minute is a matter of show; the row's revocation is exact.
        actor = queries.actor_of_token(session, token, at=utc_now())
    return SignedIn(actor, token) if actor else None
