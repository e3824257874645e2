"""The desk of objections: what people say against lists, who they are, and what was ruled."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import login
from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput, Message
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.forms import notices as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import ObjectionLine
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("objection_desk", __name__, url_prefix="/staff/notices/objections")


@bp.get("")
@requires(Permission.SUBSIDY_READ)
def board() -> ResponseReturnValue:
    """Show the objections of the actor's counties, open ones first."""
    with database().snapshot() as session:
        names = queries.counties_in_reach(session, current_actor(), Permission.SUBSIDY_READ)
        lines = queries.objection_lines(session, names)
    return render_template("subsidy/desk_notice_objections.html", lines=lines, counties=names)


@bp.get("/<number>")
@requires(Permission.SUBSIDY_READ)
def show(number: str) -> ResponseReturnValue:
    """Show what somebody says, the claim it is about, and what was ruled."""
    with database().snapshot() as session:
        line = queries.objection_line(session, current_actor(), number, Permission.SUBSIDY_READ)
        behind = queries.behind(session, line.row)
    return _shown(line, behind)


@bp.post("/<number>/contact")
@requires(Permission.SUBSIDY_REVIEW)
def contact(number: str) -> ResponseReturnValue:
    """Show how to reach who objected; that it was looked at is written down."""
    with database().transaction() as session:
        line, reach = service.open_contact(
            session, current_actor(), number, keys=login.keys(), now=now(session)
        )
        behind = queries.behind(session, line.row)
    return _shown(line, behind, reach=reach)


@bp.post("/<number>")
@requires(Permission.SUBSIDY_REVIEW)
def rule(number: str) -> ResponseReturnValue:
    """Keep what was ruled and why; the claim follows."""
    try:
        ruling = forms.parse_ruling(request.form)
        with database().transaction() as session:
            service.rule(session, current_actor(), number, ruling, shelf=shelf(), now=now(session))
    except InvalidInput as error:
        return _again(number, error.fields), error.status
    except Conflict as error:
        return _again(number, {"form": error.message}), error.status
    flash(gettext("Ruled. It is written down with your name."), "ok")
    return redirect(url_for("objection_desk.show", number=number), 303)


def _again(number: str, faults: Mapping[str, Message]) -> str:
    with database().snapshot() as session:
        line = queries.objection_line(session, current_actor(), number, Permission.SUBSIDY_REVIEW)
        behind = queries.behind(session, line.row)
    return _shown(line, behind, faults=faults)


def _shown(
    line: ObjectionLine,
    behind: queries.Behind | None,
    *,
    reach: str | None = None,
    faults: Mapping[str, Message] | None = None,
) -> str:
    actor = current_actor()
    own = behind is not None and behind.claim.person_id == actor.person_id
    may_rule = queries.reaches(actor, line.notice.county_code, Permission.SUBSIDY_REVIEW)
    return render_template(
        "subsidy/desk_notice_objection.html",
        line=line,
        behind=behind,
        reach=reach,
        faults=faults or {},
        may_rule=may_rule and not own,
        is_own=own,
        may_reach=may_rule,
    )
