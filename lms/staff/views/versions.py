"""Versions of a course: who has which, moving people to the newest one, and classes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.db.session import now
from lms.enrollment import service
from lms.staff import forms, queries
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("versions", __name__, url_prefix="/staff/courses/<slug>")


@bp.get("/versions")
@requires(Permission.COMPLETIONS_READ)
def board(slug: str) -> ResponseReturnValue:
    """Show who has which version of the course, in which class."""
    with database().snapshot() as session:
        shown = queries.versions(session, current_actor(), slug)
    return render_template(
        "staff/versions.html",
        shown=shown,
        course=shown.course,
        desk_place=shown.place,
        today=local_day(utc_now()),
    )


@bp.get("/versions/move")
@requires(Permission.ENROLLMENT_MOVE)
def preview(slug: str) -> ResponseReturnValue:
    """Say what moving some people to the newest version would change, before it is done."""
    actor, chosen = current_actor(), forms.parse_chosen(request.args)
    with database().snapshot() as session:
        shown = queries.preview(session, actor, slug, chosen)
    return render_template("staff/move.html", shown=shown, course=shown.course, desk_place=None)


@bp.post("/versions/move")
@requires(Permission.ENROLLMENT_MOVE)
def move(slug: str) -> ResponseReturnValue:
    """Order the move; a job does it, one person after the other."""
    actor, chosen = current_actor(), forms.parse_chosen(request.form)
    number = forms.parse_version(request.form)
    with database().transaction() as session:
        course = queries.course_of(session, actor, slug, Permission.ENROLLMENT_MOVE)
        group = queries.group_of(session, actor, course, chosen)
        service.ask_to_move(session, actor=actor, group=group, number=number, now=now(session))
    flash(gettext("They are being moved, one after the other. You may leave this page."), "ok")
    return redirect(url_for("versions.board", slug=slug))


@bp.post("/versions/moves/<job_id>/stop")
@requires(Permission.ENROLLMENT_MOVE)
def stop(slug: str, job_id: str) -> ResponseReturnValue:
    """Stop a move; who was moved stays so."""
    actor = current_actor()
    with database().transaction() as session:
        course = queries.course_of(session, actor, slug, Permission.ENROLLMENT_MOVE)
        service.stop_moving(session, actor=actor, course_id=course.course_id, job_id=job_id)
    flash(gettext("Stopped. Who was moved stays moved; the others are as they were."), "ok")
    return redirect(url_for("versions.board", slug=slug))


@bp.post("/classes")
@requires(Permission.CLASS_OPEN)
def open_class(slug: str) -> ResponseReturnValue:
    """Open a class of the published version."""
    actor = current_actor()
    with database().transaction() as session:
        course = queries.course_of(session, actor, slug, Permission.CLASS_OPEN)
        new = forms.parse_class(request.form, queries.class_places(session, actor, course))
        service.open_class(session, actor=actor, course=course, new=new, now=now(session))
    flash(gettext("The class is open. Learners join it by its link."), "ok")
    return redirect(url_for("versions.board", slug=slug))
