"""The desk's part about what was noticed: the harmless reasons first, then what was measured."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.errors import NotFound
from lms.db.session import now
from lms.progress import forms, queries
from lms.progress.service import flags
from lms.progress.views.queues import MAX_ID, show_queue
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("flag_desk", __name__, url_prefix="/staff/flags")


@bp.get("")
@requires(Permission.TIME_READ)
def queue() -> ResponseReturnValue:
    """Show what was noticed and nobody looked at yet, oldest first, or what was looked at."""
    return show_queue(
        "progress/desk_flags.html", waiting=queries.open_flags, ruled=queries.ruled_flags
    )


@bp.get(f"/<int(max={MAX_ID}):flag_id>")
@requires(Permission.TIME_READ)
def flag(flag_id: int) -> ResponseReturnValue:
    """Show one thing that was noticed, and the day around it."""
    actor = current_actor()
    with database().snapshot() as session:
        found = queries.flag_in_reach(session, actor, flag_id, Permission.TIME_READ)
        if found is None:
            raise NotFound
        day = queries.day_of(session, found)
    return render_template(
        "progress/desk_flag.html",
        flag=found,
        sittings=day,
        may_rule=actor.may(Permission.TIME_RULE) and found.person_id != actor.person_id,
        is_own=found.person_id == actor.person_id,
    )


@bp.post(f"/<int(max={MAX_ID}):flag_id>")
@requires(Permission.TIME_RULE)
def rule(flag_id: int) -> ResponseReturnValue:
    """Write down what somebody found; nobody's time changes by it."""
    finding = forms.parse_flag_ruling(request.form)
    with database().transaction() as session:
        flags.rule(
            session, actor=current_actor(), flag_id=flag_id, finding=finding, now=now(session)
        )
    flash(gettext("Written down. The learner sees what you found; no time changed."), "ok")
    return redirect(url_for("flag_desk.queue"))
