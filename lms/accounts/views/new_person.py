"""What is asked once a number is proven: a new name, whose a silent account is, to agree."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login, queries
from lms.accounts.service import doors
from lms.accounts.service.sign_ins import AgreeDue
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.db.session import now
from lms.web.access import database, public


def _name_page(faults: Faults) -> ResponseReturnValue:
    with database().snapshot() as session:
        counties = queries.counties(session)
    agreed = bool(flow.entering().get("agreed"))
    return render_template("accounts/name.html", faults=faults, counties=counties, agreed=agreed)


def _owner_page(faults: Faults) -> ResponseReturnValue:
    return render_template("accounts/owner.html", faults=faults)


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
            session,
            code_id=flow.proven_code(),
            new=new,
            visit=visit,
            given=flow.given(),
            now=now(session),
        )
    return redirect(flow.go_on(entered), 303)


def _agree_page(faults: Faults) -> ResponseReturnValue:
    return render_template("accounts/agree.html", faults=faults)


@bp.get("/sign-in/agree")
@public
def agree() -> ResponseReturnValue:
    """Ask who was written down by others to agree to the texts, before anything else."""
    return _agree_page({}) if flow.proven_code() else redirect(url_for("accounts.sign_in"))


@bp.post("/sign-in/agree")
@public
@reshow(_agree_page)
def agree_now() -> ResponseReturnValue:
    """Write it down and let the person in."""
    forms.require_agreed(request.form)
    visit = login.visit()
    with database().transaction() as session:
        outcome = doors.as_agreeing(
            session,
            code_id=flow.proven_code(),
            visit=visit,
            given=flow.given(),
            now=now(session),
        )
    return redirect(flow.go_on(outcome), 303)


@bp.get("/sign-in/owner")
@public
def owner() -> ResponseReturnValue:
    """Ask whose a long silent account is; nothing of it is shown."""
    return _owner_page({}) if flow.proven_code() else redirect(url_for("accounts.sign_in"))


@bp.post("/sign-in/owner")
@public
@reshow(_owner_page)
def owner_now() -> ResponseReturnValue:
    """Let the owner in, or free the number for the next one."""
    visit, code_id = login.visit(), flow.proven_code()
    with database().transaction() as session:
        at = now(session)
        if forms.parse_owner(request.form):
            outcome = doors.as_owner(session, code_id=code_id, visit=visit, now=at)
            if isinstance(outcome, AgreeDue) and flow.entering().get("agreed"):
                outcome = flow.agreeing(session, outcome, visit, at=at)
        else:
            outcome = doors.as_somebody_else(session, code_id=code_id, now=at)
    return redirect(flow.go_on(outcome), 303)
