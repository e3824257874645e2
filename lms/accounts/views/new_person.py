"""The page that asks a new person for the name, and the county where there are several."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login, queries
from lms.accounts.service import doors
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.db.session import now
from lms.web.access import database, public


def _name_page(faults: Faults) -> ResponseReturnValue:
    with database().snapshot() as session:
        counties = queries.counties(session)
    agreed = bool(flow.entering().get("agreed"))
    return render_template("accounts/name.html", faults=faults, counties=counties, agreed=agreed)


@bp.get("/sign-in/name")
@public
def name() -> ResponseReturnValue:
    """Ask for the name once the number is proven."""
    return _name_page({}) if flow.proven_code() else redirect(url_for("accounts.sign_in"))


@bp.post("/sign-in/name")
@public
@reshow(_name_page)
def name_now() -> ResponseReturnValue:
    """Make the person and sign them in."""
    new = forms.parse_new_person(request.form, agreed=bool(flow.entering().get("agreed")))
    visit = login.visit()
    with database().transaction() as session:
        entered = doors.as_new_person(
            session, code_id=flow.proven_code(), new=new, visit=visit, now=now(session)
        )
    return redirect(flow.go_on(entered), 303)
