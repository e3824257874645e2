"""The texts people agree to."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.accounts.domain.people import CONSENTS
from lms.accounts.views.blueprint import bp
from lms.web.access import public


@bp.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """Show the terms."""
    return render_template("accounts/terms.html", version=CONSENTS["terms"])


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Show the privacy notice."""
    return render_template("accounts/privacy.html", version=CONSENTS["privacy"])
