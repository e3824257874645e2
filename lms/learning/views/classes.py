"""A learner's classes: the line for a seat, the door of a session, what they sign at the end."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_time
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.session import now
from lms.enrollment import queries as enrollments
from lms.enrollment import service as enrollment_service
from lms.enrollment.domain import is_door_code
from lms.learning import queries, service
from lms.learning.forms import parse_class, parse_words
from lms.learning.views.paying import or_checkout
from lms.web.access import current_actor, database, requires, settings
from lms.web.client import address_prefix
from lms.web.i18n import gettext

bp = Blueprint("own_classes", __name__)
_SESSION = "<int(max=9223372036854775807):class_session_id>"
_OWN = "/me/classes/<int(max=9223372036854775807):enrollment_id>"


@bp.post("/courses/<slug>/wait")
@requires(Permission.LEARN)
def wait(slug: str) -> ResponseReturnValue:
    """Wait for a seat of a full class."""
    class_id = parse_class(request.form) or 0
    with or_checkout(slug, class_id), database().transaction() as session:
        service.wait_for_seat(
            session,
            actor=current_actor(),
            slug=slug,
            training_class_id=class_id,
            now=now(session),
        )
    flash(gettext("You are in the line. We send a message when you have a seat."), "ok")
    return redirect(url_for("learning.course", slug=slug) + f"?class={class_id}")


@bp.post("/courses/<slug>/wait/leave")
@requires(Permission.LEARN)
def leave_line(slug: str) -> ResponseReturnValue:
    """Wait no longer."""
    class_id = parse_class(request.form) or 0
    with database().transaction() as session:
        enrollment_service.leave_line(
            session, actor=current_actor(), training_class_id=class_id, now=now(session)
        )
    flash(gettext("You no longer wait for this class."), "ok")
    return redirect(url_for("learning.course", slug=slug))


@bp.post("/courses/<slug>/leave")
@requires(Permission.LEARN)
def leave(slug: str) -> ResponseReturnValue:
    """Leave a course; what was studied stays."""
    actor = current_actor()
    with database().transaction() as session:
        found = queries.visible_course(session, slug=slug, person_id=actor.person_id)
        if found is None:
            raise NotFound
        enrollment_service.withdraw(
            session, actor=actor, course_id=found[0].course_id, now=now(session)
        )
    flash(gettext("You left. The hours you studied stay in your file."), "ok")
    return redirect(url_for("learning.course", slug=slug))


def _door(class_session_id: int, refusal: Message | None) -> ResponseReturnValue:
    with database().snapshot() as session:
        row = enrollments.class_session(session, class_session_id)
        if row is None:
            raise NotFound
        training_class = enrollments.class_of_session(session, row)
    return render_template(
        "learning/attend.html",
        row=row,
        training_class=training_class,
        refusal=refusal,
        code=request.values.get("k", ""),
    )


@bp.get(f"/attend/{_SESSION}")
@requires(Permission.LEARN)
def door(class_session_id: int) -> ResponseReturnValue:
    """Ask whoever scanned the code at a door to say that they are there."""
    with database().snapshot() as session:
        at = now(session)
    code = request.args.get("k", "")
    is_good = is_door_code(settings().secret_key, class_session_id, code, at)
    return _door(class_session_id, None if is_good else _CHANGED)


@bp.post(f"/attend/{_SESSION}")
@requires(Permission.LEARN)
def attend(class_session_id: int) -> ResponseReturnValue:
    """Sign the learner in at the door."""
    actor = current_actor()
    try:
        with database().transaction() as session:
            entry, is_new = service.come_in(
                session,
                actor=actor,
                class_session_id=class_session_id,
                code=request.form.get("k", ""),
                secret=settings().secret_key,
                now=now(session),
            )
            row = enrollments.class_session(session, class_session_id)
            member = row and enrollments.member(
                session, person_id=actor.person_id, training_class_id=row.training_class_id
            )
    except Conflict as error:
        response = make_response(_door(class_session_id, error.message))
        response.status_code = error.status
        return response
    since, until = (
        local_time(each).strftime("%H:%M") for each in (entry.from_at, entry.until_at) if each
    )
    if is_new:
        flash(
            gettext("You are signed in, from %(since)s to %(until)s.", since=since, until=until),
            "ok",
        )
    else:
        flash(gettext("You are signed in since %(since)s already.", since=since), "ok")
    return redirect(url_for("own_classes.mine", enrollment_id=member.id if member else 0))


_CHANGED = Message("door_code_old", "The code at the door has changed. Please scan it again.")


def _mine(enrollment_id: int, fault: Message | None = None) -> ResponseReturnValue:
    with database().snapshot() as session:
        at = now(session)
        file = queries.class_file(
            session, person_id=current_actor().person_id, enrollment_id=enrollment_id, at=at
        )
    return render_template("learning/class.html", file=file, own=file.own, fault=fault, at=at)


@bp.get(_OWN)
@requires(Permission.LEARN)
def mine(enrollment_id: int) -> ResponseReturnValue:
    """Show the learner's class: sessions, hours and, at the end, what they sign."""
    return _mine(enrollment_id)


@bp.post(f"{_OWN}/sign")
@requires(Permission.LEARN)
def sign(enrollment_id: int) -> ResponseReturnValue:
    """Keep the learner's signature below what the page showed."""
    with database().transaction() as session:
        service.sign_class(
            session,
            actor=current_actor(),
            enrollment_id=enrollment_id,
            address_prefix=address_prefix(),
            now=now(session),
        )
    flash(gettext("Signed. Thank you."), "ok")
    return redirect(url_for("own_classes.mine", enrollment_id=enrollment_id))


@bp.post(f"{_OWN}/objections")
@requires(Permission.LEARN)
def object_(enrollment_id: int) -> ResponseReturnValue:
    """Keep what the learner says is not right."""
    try:
        words = parse_words(request.form)
    except InvalidInput as error:
        response = make_response(_mine(enrollment_id, error.fields["words"]))
        response.status_code = error.status
        return response
    with database().transaction() as session:
        service.object_to_class(
            session,
            actor=current_actor(),
            enrollment_id=enrollment_id,
            words=words,
            now=now(session),
        )
    flash(gettext("Told. Your teacher sees it and looks into it."), "ok")
    return redirect(url_for("own_classes.mine", enrollment_id=enrollment_id))
