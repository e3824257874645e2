"""The texts people agree to: ours, or the county's own."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.accounts.domain.texts import own_text, version_of
from lms.accounts.views.blueprint import bp
from lms.web.access import public
from lms.web.i18n import language
from lms.web.markdown import render


@bp.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """Show the terms."""
    return _page("terms")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Show the privacy notice."""
    return _page("privacy")


def _page(subject: str) -> ResponseReturnValue:
    own = own_text(subject)
    words = (own.words.get(language()) or own.words["zh"]) if own else None
    return render_template(
        f"accounts/{subject}.html",
        version=version_of(subject),
        own=render(words) if words else None,
    )
