"""How a county wants its lists: what is in force, and changing it with lines to look at."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.db.session import now
from lms.roster import service
from lms.roster.domain.kinds import TITLES
from lms.staff import queries
from lms.staff.forms import roster_forms as forms
from lms.staff.queries import Editor
from lms.staff.views.again import Faults, reshow
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("roster_forms", __name__, url_prefix="/staff/rosters")


@bp.get("")
@requires(Permission.COMPLETIONS_EXPORT)
def board() -> ResponseReturnValue:
    """Show the lists of a county and what is in force for each."""
    with database().snapshot() as session:
        shown = queries.roster_board(session, current_actor(), request.args.get("county"))
    return render_template(
        "staff/roster_forms.html", shown=shown, titles=TITLES, desk_place=shown.county.words
    )


def _editor(kind: str) -> Editor:
    """Return the list as it is in force, or as the form that was sent has it."""
    wanted = forms.parse_kind(kind)
    with database().snapshot() as session:
        own = queries.roster_editor(session, current_actor(), request.values.get("county"), wanted)
    if request.method != "POST":
        return own
    content, act = forms.parse_content(request.form), forms.parse_act(request.form)
    content = forms.changed(content, act, request.form.get("added", ""))
    return replace(own, content=content, seen=forms.parse_seen(request.form))


def _page(
    kind: str, *, faults: Faults | None = None, lines: list[Any] | None = None
) -> ResponseReturnValue:
    own = _editor(kind)
    return render_template(
        "staff/roster_form.html",
        own=own,
        title=TITLES[own.kind],
        lines=lines,
        faults=faults or {},
        desk_place=own.county.words,
    )


@bp.get("/<kind>")
@requires(Permission.COMPLETIONS_EXPORT)
def edit(kind: str) -> ResponseReturnValue:
    """Show a list's columns, to be moved, renamed, taken out and added."""
    return _page(kind)


@bp.post("/<kind>")
@requires(Permission.COMPLETIONS_EXPORT)
@reshow(_page)
def change(kind: str) -> ResponseReturnValue:
    """Move or add a column, show some lines, or bring what was typed into force."""
    act, _ = forms.parse_act(request.form)
    if act == "preview":
        own = _editor(kind)
        with database().snapshot() as session:
            return _page(kind, lines=queries.roster_lines(session, own))
    if act != "save":
        return _page(kind)
    return _keep(_editor(kind))


@bp.post("/<kind>/shipped")
@requires(Permission.COMPLETIONS_EXPORT)
@reshow(_page)
def shipped(kind: str) -> ResponseReturnValue:
    """Bring the list back to what came with the program."""
    own = _editor(kind)
    return _keep(replace(own, content={}))


def _keep(own: Editor) -> ResponseReturnValue:
    place = (own.county.value, own.kind)
    with database().transaction() as session:
        service.keep_template(
            session,
            actor=current_actor(),
            place=place,
            seen=own.seen,
            content=own.content,
            now=now(session),
        )
    flash(gettext("The list looks so from now on. Lists that were made stay as they are."), "ok")
    return redirect(url_for("roster_forms.edit", kind=own.kind, county=own.county.value), 303)
