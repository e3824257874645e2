"""One session of a class: who was there, the code at its door, its plan."""

from io import BytesIO

import segno
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.db.session import now
from lms.enrollment import service as enrollments
from lms.enrollment.domain import (
    SessionKind,
    SessionState,
    door_code,
    door_refusal,
    door_step,
)
from lms.staff import forms, queries, service
from lms.staff.views.again import Faults, reshow
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("class_sessions", __name__, url_prefix="/staff/sessions")
_ID = "<int(max=9223372036854775807):class_session_id>"


def _page(class_session_id: int, *, faults: Faults | None = None) -> ResponseReturnValue:
    with database().snapshot() as session:
        shown = queries.session_page(session, current_actor(), class_session_id)
        at = now(session)
    row = shown.row
    refusal = door_refusal(SessionState(row.state), row.starts_at, row.ends_at, at)
    return render_template(
        "staff/session.html",
        shown=shown,
        row=row,
        powers=shown.powers,
        faults=faults or {},
        typed=request.form,
        kinds=tuple(SessionKind),
        has_begun=row.starts_at <= at,
        is_door_open=refusal is None,
        is_anybody_there=any(seat.is_present() for seat in shown.seats),
    )


@bp.get(f"/{_ID}")
@requires(Permission.CLASS_READ)
def page(class_session_id: int) -> ResponseReturnValue:
    """Show everybody of the class and who was there; who runs it writes that down."""
    return _page(class_session_id)


@bp.post(f"/{_ID}/marks")
@requires(Permission.CLASS_RUN)
@reshow(_page)
def mark(class_session_id: int) -> ResponseReturnValue:
    """Write down who was there, or put right what stands there with a reason."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.session_in_reach(session, actor, class_session_id, Permission.CLASS_RUN)
        marks = forms.parse_marks(request.form, row)
        done = service.mark_people(session, actor=actor, row=row, marks=marks, now=now(session))
    flash(gettext("People written down: %(count)s.", count=done.written), "ok")
    return redirect(url_for("class_sessions.page", class_session_id=class_session_id))


@bp.post(f"/{_ID}/plan")
@requires(Permission.CLASS_RUN)
@reshow(_page)
def change(class_session_id: int) -> ResponseReturnValue:
    """Change when and where a session is held."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.session_in_reach(session, actor, class_session_id, Permission.CLASS_RUN)
        meeting = forms.parse_meeting(request.form)
        enrollments.change_session(session, actor=actor, row=row, meeting=meeting, now=now(session))
    flash(gettext("Saved."), "ok")
    return redirect(url_for("class_sessions.page", class_session_id=class_session_id))


@bp.post(f"/{_ID}/state")
@requires(Permission.CLASS_RUN)
@reshow(_page)
def set_state(class_session_id: int) -> ResponseReturnValue:
    """Say that a session was held, does not take place, or is planned after all."""
    actor, state = current_actor(), forms.parse_session_state(request.form)
    with database().transaction() as session:
        row = queries.session_in_reach(session, actor, class_session_id, Permission.CLASS_RUN)
        enrollments.set_session_state(session, actor=actor, row=row, state=state, now=now(session))
    flash(gettext("Saved."), "ok")
    return redirect(url_for("class_sessions.page", class_session_id=class_session_id))


@bp.get(f"/{_ID}/door")
@requires(Permission.CLASS_RUN)
def door(class_session_id: int) -> ResponseReturnValue:
    """Show the code people scan at the door; a script keeps it the one that holds."""
    actor = current_actor()
    with database().snapshot() as session:
        row, training_class, _ = queries.session_to_read(
            session, actor, class_session_id, Permission.CLASS_RUN
        )
    return render_template("staff/door.html", row=row, training_class=training_class)


@bp.get(f"/{_ID}/door.svg")
@requires(Permission.CLASS_RUN)
def door_picture(class_session_id: int) -> ResponseReturnValue:
    """Draw the code that holds now."""
    with database().snapshot() as session:
        row = queries.session_in_reach(
            session, current_actor(), class_session_id, Permission.CLASS_RUN
        )
        code = door_code(settings().secret_key, row.id, door_step(now(session)))
    path = url_for("own_classes.door", class_session_id=class_session_id, k=code)
    picture = BytesIO()
    segno.make(settings().base_url + path, error="m").save(
        picture, kind="svg", border=2, scale=8, dark="#1c231e", light="#fff"
    )
    response = Response(picture.getvalue(), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response
