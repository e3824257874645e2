"""The list of an instructor's courses and the outline of one."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.catalog import queries as catalog
from lms.catalog import service
from lms.catalog.domain import COVERS
from lms.core.access import Permission
from lms.core.errors import Conflict, InvalidInput, LmsError, Message
from lms.db.session import now
from lms.studio import forms, queries
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("studio", __name__, url_prefix="/studio")


@bp.get("", strict_slashes=False)
@requires(Permission.COURSE_EDIT)
def index() -> ResponseReturnValue:
    """Show the courses the instructor may edit."""
    with database().snapshot() as session:
        courses = catalog.editable_courses(session, current_actor())
    return render_template("studio/courses.html", courses=courses)


@bp.get("/courses/new")
@requires(Permission.COURSE_EDIT)
def new() -> ResponseReturnValue:
    """Ask what the new course is called."""
    return _new_page({}, {})


@bp.post("/courses/new")
@requires(Permission.COURSE_EDIT)
def create() -> ResponseReturnValue:
    """Start a course."""
    wanted = forms.new_course(request.form)
    try:
        with database().transaction() as session:
            service.create_course(session, actor=current_actor(), new=wanted, at=now(session))
    except InvalidInput as error:
        return _new_page(request.form, error.fields), error.status
    return redirect(url_for("studio.course", slug=wanted.slug))


@bp.get("/courses/<slug>")
@requires(Permission.COURSE_EDIT)
def course(slug: str) -> ResponseReturnValue:
    """Show the outline of the course and what publication lacks."""
    return _page(slug)


@bp.post("/courses/<slug>/draft")
@requires(Permission.COURSE_EDIT)
def start_draft(slug: str) -> ResponseReturnValue:
    """Start a new version from what is published."""
    with database().transaction() as session:
        service.open_draft(session, actor=current_actor(), slug=slug, at=now(session))
    return redirect(url_for("studio.course", slug=slug))


@bp.post("/courses/<slug>/publish")
@requires(Permission.COURSE_PUBLISH)
def publish(slug: str) -> ResponseReturnValue:
    """Publish the draft."""
    try:
        edits = forms.edits(request.form)
        with database().transaction() as session:
            service.publish(session, actor=current_actor(), slug=slug, edits=edits, at=now(session))
    except (InvalidInput, Conflict) as error:
        return _page(slug, error), error.status
    flash(gettext("Published. Who enrolls from now on gets this version."), "ok")
    return redirect(url_for("studio.course", slug=slug))


@bp.post("/courses/<slug>/details")
@requires(Permission.COURSE_EDIT)
def describe(slug: str) -> ResponseReturnValue:
    """Save the course's own words."""
    return _change(slug, lambda draft: draft.describe(forms.course_words(request.form)))


@bp.post("/courses/<slug>/modules")
@requires(Permission.COURSE_EDIT)
def add_module(slug: str) -> ResponseReturnValue:
    """Add a module."""
    return _change(slug, lambda draft: draft.add_module(forms.words(request.form, "title")))


@bp.post("/courses/<slug>/modules/<key>")
@requires(Permission.COURSE_EDIT)
def rename_module(slug: str, key: str) -> ResponseReturnValue:
    """Give a module another title."""
    return _change(slug, lambda draft: draft.rename_module(key, forms.words(request.form, "title")))


@bp.post("/courses/<slug>/modules/<key>/move")
@requires(Permission.COURSE_EDIT)
def move_module(slug: str, key: str) -> ResponseReturnValue:
    """Move a module one place."""
    return _change(slug, lambda draft: draft.move_module(key, forms.step(request.form)))


@bp.post("/courses/<slug>/modules/<key>/remove")
@requires(Permission.COURSE_EDIT)
def remove_module(slug: str, key: str) -> ResponseReturnValue:
    """Take an empty module out of the draft."""
    return _change(slug, lambda draft: draft.remove_module(key))


@bp.post("/courses/<slug>/modules/<key>/lessons")
@requires(Permission.COURSE_EDIT)
def add_lesson(slug: str, key: str) -> ResponseReturnValue:
    """Add a lesson to a module."""
    return _change(slug, lambda draft: draft.add_lesson(key, forms.words(request.form, "title")))


@bp.post("/courses/<slug>/lessons/<key>/move")
@requires(Permission.COURSE_EDIT)
def move_lesson(slug: str, key: str) -> ResponseReturnValue:
    """Move a lesson one place."""
    return _change(slug, lambda draft: draft.move_lesson(key, forms.step(request.form)))


@bp.post("/courses/<slug>/lessons/<key>/remove")
@requires(Permission.COURSE_EDIT)
def remove_lesson(slug: str, key: str) -> ResponseReturnValue:
    """Take a lesson out of the draft."""
    return _change(slug, lambda draft: draft.remove_lesson(key))


def _change(slug: str, change: Callable[[service.DraftEditor], object]) -> ResponseReturnValue:
    """Change the draft and show it again; what was refused is said on the page itself."""
    try:
        edits = forms.edits(request.form)
        with database().transaction() as session:
            change(
                service.edit_draft(
                    session, actor=current_actor(), slug=slug, edits=edits, at=now(session)
                )
            )
    except (InvalidInput, Conflict) as error:
        return _page(slug, error), error.status
    return redirect(url_for("studio.course", slug=slug))


def _page(slug: str, error: LmsError | None = None) -> str:
    with database().snapshot() as session:
        bench = queries.bench(session, current_actor(), slug)
    return render_template(
        "studio/course.html", bench=bench, refusals=_refusals(error), covers=COVERS
    )


def _refusals(error: LmsError | None) -> list[Message]:
    if isinstance(error, InvalidInput):
        return list(error.fields.values())
    return [error.message] if error else []


def _new_page(values: forms.Form, faults: dict[str, Message]) -> str:
    with database().snapshot() as session:
        institutions = catalog.institutions_for_courses(session, current_actor())
    return render_template(
        "studio/new.html", institutions=institutions, values=values, faults=faults
    )
