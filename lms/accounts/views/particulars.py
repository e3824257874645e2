"""A learner's own particulars for the county's lists: what stands, and what they say themselves."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, queries
from lms.accounts.domain.particulars import CHOICES, OWN
from lms.accounts.service import particulars
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.access import Permission
from lms.db.session import now
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext


def _page(faults: Faults) -> ResponseReturnValue:
    own = current_actor().person_id
    with database().snapshot() as session:
        person = queries.person(session, own)
        row = queries.particulars_of(session, own)
        return render_template(
            "accounts/particulars.html",
            faults=faults,
            person=person,
            row=row,
            values=request.form if faults else queries.said_particulars(row),
            keys=OWN,
            choices=CHOICES,
        )


@bp.get("/me/particulars")
@requires(Permission.LEARN)
def own_particulars() -> ResponseReturnValue:
    """Show what lists ask about the person, to be filled in or left empty."""
    return _page({})


@bp.post("/me/particulars")
@requires(Permission.LEARN)
@reshow(_page)
def own_particulars_now() -> ResponseReturnValue:
    """Take what the person says of it."""
    said = forms.parse_particulars(request.form, OWN)
    own = current_actor().person_id
    with database().transaction() as session:
        particulars.write_own(session, person_id=own, said=said, now=now(session))
    flash(gettext("Written down. You may change or empty it here at any time."), "ok")
    return redirect(url_for("accounts.own_particulars"), 303)
