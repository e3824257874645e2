"""Classes at the desk: the list, one class, its plan, its people and who teaches it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import forms as accounts_forms
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.db.session import now
from lms.enrollment import service
from lms.enrollment.domain import ClassState, HostKind, SessionKind, class_name
from lms.staff import forms, queries
from lms.staff.views.again import Faults, reshow
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("classes", __name__, url_prefix="/staff/classes")
_ID = "<int(max=9223372036854775807):training_class_id>"
_OF_MEMBER = f"/{_ID}/people/<int(max=9223372036854775807):enrollment_id>"


@bp.get("")
@requires(Permission.CLASS_READ)
def index() -> ResponseReturnValue:
    """Show the classes the actor may read, newest first."""
    actor = current_actor()
    filters, window = forms.parse_class_filters(request.args), forms.parse_part(request.args)
    with database().snapshot() as session:
        board = queries.class_board(session, actor, filters, window)
        may_open = actor.may(Permission.CLASS_OPEN)
        reach = queries.reach_of(session, actor, Permission.CLASS_OPEN) if may_open else None
    return render_template(
        "staff/classes.html",
        board=board,
        filters=filters,
        states=tuple(ClassState),
        courses=reach.courses if reach else (),
    )


def _form(faults: Faults, **shown: Any) -> ResponseReturnValue:  # noqa: ANN401 (what a page shows)
    return render_template(
        "staff/class_form.html", faults=faults, kinds=tuple(HostKind), typed=request.form, **shown
    )


def _new_page(*, faults: Faults | None = None) -> ResponseReturnValue:
    actor, slug = current_actor(), str(request.values.get("course", ""))
    with database().snapshot() as session:
        course = queries.course_of(session, actor, slug, Permission.CLASS_OPEN)
        places = queries.class_places(session, actor, course)
        name, work, level = queries.naming(session, course)
        year = local_day(utc_now()).year
        count = service.count_of_year(
            session, county_code=places[0].value, course_id=course.course_id, year=year
        )
    suggested = class_name(year, name, work, level, count + 1)
    return _form(faults or {}, row=None, course=course, places=places, suggested=suggested)


@bp.get("/new")
@requires(Permission.CLASS_OPEN)
def new() -> ResponseReturnValue:
    """Show an empty plan of a class, with the usual name for it."""
    return _new_page()


@bp.post("/new")
@requires(Permission.CLASS_OPEN)
@reshow(_new_page)
def draft() -> ResponseReturnValue:
    """Write down a class nobody sees yet."""
    actor, slug = current_actor(), str(request.form.get("course", ""))
    with database().transaction() as session:
        course = queries.course_of(session, actor, slug, Permission.CLASS_OPEN)
        county = forms.parse_county(request.form, queries.class_places(session, actor, course))
        made = service.draft_class(
            session,
            actor=actor,
            course=course,
            county_code=county,
            plan=forms.parse_plan(request.form),
            now=now(session),
        )
    flash(gettext("The class is written down. Only staff see it so far."), "ok")
    return redirect(url_for("classes.page", training_class_id=made.id))


def _page(training_class_id: int, *, faults: Faults | None = None) -> ResponseReturnValue:
    with database().snapshot() as session:
        shown = queries.class_page(session, current_actor(), training_class_id)
    return render_template(
        "staff/class.html",
        shown=shown,
        row=shown.row,
        powers=shown.powers,
        faults=faults or {},
        typed=request.form,
        kinds=tuple(SessionKind),
    )


@bp.get(f"/{_ID}")
@requires(Permission.CLASS_READ)
def page(training_class_id: int) -> ResponseReturnValue:
    """Show a class: where it stands, its sessions, its people and who waits.

    What the actor may not do there is not offered.
    """
    return _page(training_class_id)


def _plan_page(training_class_id: int, *, faults: Faults | None = None) -> ResponseReturnValue:
    actor = current_actor()
    with database().snapshot() as session:
        row = queries.class_in_reach(session, actor, training_class_id, Permission.CLASS_OPEN)
    return _form(faults or {}, row=row, course=None, places=(), suggested=row.title)


@bp.get(f"/{_ID}/plan")
@requires(Permission.CLASS_OPEN)
def plan(training_class_id: int) -> ResponseReturnValue:
    """Show what is planned of a class, to change it."""
    return _plan_page(training_class_id)


@bp.post(f"/{_ID}/plan")
@requires(Permission.CLASS_OPEN)
@reshow(_plan_page)
def change(training_class_id: int) -> ResponseReturnValue:
    """Change what is planned; more seats go to those who wait."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.locked_class(session, actor, training_class_id, Permission.CLASS_OPEN)
        service.change_class(
            session,
            actor=actor,
            training_class=row,
            plan=forms.parse_plan(request.form),
            now=now(session),
        )
    flash(gettext("Saved."), "ok")
    return redirect(url_for("classes.page", training_class_id=training_class_id))


@bp.post(f"/{_ID}/state")
@requires(Permission.CLASS_OPEN)
@reshow(_page)
def move_on(training_class_id: int) -> ResponseReturnValue:
    """Move a class on to another state."""
    actor, state = current_actor(), forms.parse_state(request.form)
    with database().transaction() as session:
        row = queries.locked_class(session, actor, training_class_id, Permission.CLASS_OPEN)
        service.move_on(session, actor=actor, training_class=row, state=state, now=now(session))
    flash(gettext("Done. The class stands elsewhere now."), "ok")
    return redirect(url_for("classes.page", training_class_id=training_class_id))


@bp.post(f"/{_ID}/sessions")
@requires(Permission.CLASS_RUN)
@reshow(_page)
def add_session(training_class_id: int) -> ResponseReturnValue:
    """Plan one more session in person."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.locked_class(session, actor, training_class_id, Permission.CLASS_RUN)
        meeting = forms.parse_meeting(request.form)
        service.add_session(
            session, actor=actor, training_class=row, meeting=meeting, now=now(session)
        )
    flash(gettext("The session is planned."), "ok")
    return redirect(url_for("classes.page", training_class_id=training_class_id))


@bp.post(f"/{_ID}/instructors")
@requires(Permission.ROLES_GRANT)
@reshow(_page)
def appoint(training_class_id: int) -> ResponseReturnValue:
    """Let somebody teach the class."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.locked_class(session, actor, training_class_id, Permission.ROLES_GRANT)
        phone = accounts_forms.parse_phone(request.form)
        service.appoint(session, actor=actor, training_class=row, phone=phone, now=now(session))
    flash(gettext("They teach this class now. They sign in anew to see it."), "ok")
    return redirect(url_for("classes.page", training_class_id=training_class_id))


@bp.post(f"/{_ID}/instructors/<int(max=9223372036854775807):grant_id>/remove")
@requires(Permission.ROLES_GRANT)
@reshow(_page)
def dismiss(training_class_id: int, grant_id: int) -> ResponseReturnValue:
    """Let somebody teach the class no longer."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.locked_class(session, actor, training_class_id, Permission.ROLES_GRANT)
        service.dismiss(
            session, actor=actor, training_class=row, grant_id=grant_id, now=now(session)
        )
    flash(gettext("They no longer teach this class."), "ok")
    return redirect(url_for("classes.page", training_class_id=training_class_id))


def _member_page(
    training_class_id: int, enrollment_id: int, *, faults: Faults | None = None
) -> ResponseReturnValue:
    with database().snapshot() as session:
        shown = queries.member_page(session, current_actor(), training_class_id, enrollment_id)
    return render_template("staff/class_member.html", shown=shown, faults=faults or {})


@bp.get(_OF_MEMBER)
@requires(Permission.ENROLLMENT_MOVE)
def member(training_class_id: int, enrollment_id: int) -> ResponseReturnValue:
    """Show a learner of the class, where they may go, and how to take them out."""
    return _member_page(training_class_id, enrollment_id)


@bp.post(f"{_OF_MEMBER}/transfer")
@requires(Permission.ENROLLMENT_MOVE)
@reshow(_member_page)
def transfer(training_class_id: int, enrollment_id: int) -> ResponseReturnValue:
    """Give a learner a seat in another class; hours and completed steps stay."""
    actor, target = current_actor(), forms.parse_chosen(request.form).training_class_id or 0
    with database().transaction() as session:
        queries.member_in_reach(session, actor, training_class_id, enrollment_id)
        queries.class_in_reach(session, actor, target, Permission.ENROLLMENT_MOVE)
        service.transfer(
            session,
            actor=actor,
            enrollment_id=enrollment_id,
            training_class_id=target,
            now=now(session),
        )
    flash(gettext("They are in this class now. Hours and completed steps came along."), "ok")
    return redirect(url_for("classes.page", training_class_id=target))


@bp.post(f"{_OF_MEMBER}/withdraw")
@requires(Permission.ENROLLMENT_MOVE)
@reshow(_member_page)
def withdraw(training_class_id: int, enrollment_id: int) -> ResponseReturnValue:
    """Take a learner out of the class; what they studied stays theirs."""
    actor, reason = current_actor(), forms.parse_reason(request.form)
    with database().transaction() as session:
        queries.member_in_reach(session, actor, training_class_id, enrollment_id)
        service.withdraw_learner(
            session, actor=actor, enrollment_id=enrollment_id, reason=reason, now=now(session)
        )
    flash(gettext("They left the class. What they studied stays theirs."), "ok")
    return redirect(url_for("classes.page", training_class_id=training_class_id))
