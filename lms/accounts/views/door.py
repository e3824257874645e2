"""The pages of signing in and out: number, code, password."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms, login
from lms.accounts.domain.people import masked_phone
from lms.accounts.forms import CodeEntry, CodeRequest, PasswordEntry
from lms.accounts.models import CodePurpose
from lms.accounts.service import sign_ins
from lms.accounts.views import flow
from lms.accounts.views.blueprint import Faults, bp, reshow
from lms.core.errors import InvalidInput, Message
from lms.db.session import now
from lms.web.access import database, optional_actor, public

_SIGN_IN = CodePurpose.SIGN_IN


def _sign_in_page(faults: Faults) -> ResponseReturnValue:
    way = request.values.get("way", "code")
    return render_template("accounts/sign_in.html", faults=faults, way=way)


def _code_page(faults: Faults) -> ResponseReturnValue:
    phone = flow.entering()["phone"]
    wait = flow.seconds_to_wait(phone, _SIGN_IN)
    return render_template(
        "accounts/code.html", faults=faults, phone=masked_phone(phone), wait=wait
    )


def _second_step_page(faults: Faults) -> ResponseReturnValue:
    return render_template("accounts/second_step.html", faults=faults)


@bp.get("/sign-in")
@bp.get("/sign-up", endpoint="sign_up")
@public
def sign_in() -> ResponseReturnValue:
    """Show the one form for old and new people."""
    return _sign_in_page({})


@bp.post("/sign-in")
@bp.post("/sign-up", endpoint="sign_up_now")
@public
@reshow(_sign_in_page)
def sign_in_now() -> ResponseReturnValue:
    """Sign in by password, or send a code to the number."""
    entry = forms.parse_sign_in(request.form)
    if isinstance(entry, CodeRequest):
        return _ask_for_code(entry)
    return _enter_with_password(entry)


def _ask_for_code(entry: CodeRequest) -> ResponseReturnValue:
    flow.send_code(entry.phone, _SIGN_IN)
    flow.begin(phone=entry.phone, agreed=entry.agreed, next=entry.next)
    return redirect(url_for("accounts.code"), 303)


def _enter_with_password(entry: PasswordEntry) -> ResponseReturnValue:
    flow.begin(next=entry.next)
    return redirect(flow.go_on(flow.try_password(entry)), 303)


@bp.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the six digits."""
    if "phone" not in flow.entering():
        return redirect(url_for("accounts.sign_in"))
    return _code_page({})


@bp.post("/sign-in/code")
@public
def code_now() -> ResponseReturnValue:
    """Take the six digits."""
    if "phone" not in flow.entering():
        return redirect(url_for("accounts.sign_in"), 303)
    return _enter_with_code()


@reshow(_code_page)
def _enter_with_code() -> ResponseReturnValue:
    kept = flow.entering()
    agreed = bool(kept.get("agreed"))
    entry = CodeEntry(kept["phone"], forms.parse_code(request.form), agreed=agreed)
    return redirect(flow.go_on(flow.try_code(entry)), 303)


@bp.post("/sign-in/code/again")
@public
def code_again() -> ResponseReturnValue:
    """Send another code once the last one is a minute old."""
    if "phone" not in flow.entering():
        return redirect(url_for("accounts.sign_in"), 303)
    return _send_again()


@reshow(_code_page)
def _send_again() -> ResponseReturnValue:
    wait = flow.seconds_to_wait(flow.entering()["phone"], _SIGN_IN)
    if wait:
        raise InvalidInput(
            {
                "code": Message(
                    "code_just_sent",
                    "The last one is on its way. Another can go in %(seconds)s seconds.",
                    {"seconds": wait},
                )
            }
        )
    flow.send_code(flow.entering()["phone"], _SIGN_IN)
    return redirect(url_for("accounts.code"), 303)


@bp.get("/sign-in/second-step")
@public
def second_step() -> ResponseReturnValue:
    """Ask for the number of the authenticator app."""
    return _second_step_page({})


@bp.post("/sign-in/second-step")
@public
@reshow(_second_step_page)
def second_step_now() -> ResponseReturnValue:
    """Take the number of the authenticator app."""
    otp = forms.parse_code(request.form, "otp")
    return redirect(flow.go_on(flow.try_second_factor(flow.half_token(), otp)), 303)


@bp.get("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Ask before signing out; a link alone changes nothing."""
    return render_template("accounts/sign_out.html", everywhere="everywhere" in request.args)


@bp.post("/sign-out")
@public
def sign_out_now() -> ResponseReturnValue:
    """End this browser's sign-in and what it cached, then let the next person in."""
    actor = optional_actor()
    if actor is not None:
        with database().transaction() as session:
            sign_ins.close(session, actor, now=now(session))
    login.leave()
    response = redirect(url_for("accounts.sign_in"), 303)
    # The next person on a shared phone must not see this one's pages.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
