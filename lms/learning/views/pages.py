"""Home, menu, course, record and "me": what a learner looks at between lessons."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import NotFound
from lms.db.session import now
from lms.enrollment.queries import waitings as waited_for
from lms.learning import queries, service
from lms.learning.forms import matching, parse_class
from lms.learning.views.paying import or_checkout
from lms.payments.queries import share_of
from lms.web.access import current_actor, database, optional_actor, public, requires
from lms.web.i18n import gettext

bp = Blueprint("learning", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Say what to do next; a visitor sees what the site is for."""
    actor = optional_actor()
    with database().snapshot() as session:
        if actor is None:
            return render_template("learning/welcome.html", courses=queries.menu(session))
        mine = queries.own_courses(session, actor.person_id)
        day = local_day(utc_now())
        today = queries.verified_on(session, person_id=actor.person_id, day=day)
        meters = queries.own_subsidies(session, actor.person_id, today=day)
    return render_template("learning/home.html", mine=mine, today_ms=today, subsidies=meters)


@bp.get("/courses")
@public
def menu() -> ResponseReturnValue:
    """Show the menu of training, narrowed by a word."""
    actor = optional_actor()
    words = request.args.get("q", "").strip()[:50]
    with database().snapshot() as session:
        courses = queries.menu(session)
        mine = queries.own_courses(session, actor.person_id) if actor else []
    found = [course for course in courses if matching(course, words)]
    standing = {each.standing.course.course_id: each for each in mine}
    return render_template(
        "learning/menu.html", courses=found, count=len(courses), words=words, mine=standing
    )


@bp.get("/courses/<slug>")
@public
def course(slug: str) -> ResponseReturnValue:
    """Show what a course teaches and let the person join or go on."""
    actor = optional_actor()
    with database().snapshot() as session:
        person_id = actor.person_id if actor else None
        found = queries.visible_course(session, slug=slug, person_id=person_id)
        if found is None:
            raise NotFound
        own = queries.own_course(session, slug=slug, person_id=person_id) if person_id else None
        day = local_day(utc_now())
        meters = queries.subsidies_of(session, own, person_id=person_id, today=day)
        classes = queries.classes_of_course(
            session, found[0].course_id, person_id, parse_class(request.args), at=utc_now()
        )
        # How far one is says more than what there is to get.
        offer = None if meters else queries.offer_of(session, found[0], today=day)
        share_fen = 0
        if person_id and own is None and found[0].price_fen:
            of_course = {"person_id": person_id, "course_id": found[0].course_id}
            share_fen = share_of(session, **of_course, day=day)
    return render_template(
        "learning/course.html",
        course=found[0],
        share_fen=share_fen,
        own=own,
        subsidies=meters,
        offer=offer,
        in_class=classes[0],
        offered=classes[1],
        training_class_id=parse_class(request.args),
    )


@bp.post("/courses/<slug>/enrollment")
@requires(Permission.LEARN)
def enroll(slug: str) -> ResponseReturnValue:
    """Join a free course, in the class whose link was followed, and go to its first lesson."""
    training_class_id = parse_class(request.form)
    with or_checkout(slug, training_class_id), database().transaction() as session:
        service.join_course(
            session,
            actor=current_actor(),
            slug=slug,
            training_class_id=training_class_id,
            now=now(session),
        )
    flash(gettext("You have joined. The first lesson is ready."), "ok")
    return redirect(url_for("lessons.resume", slug=slug))


@bp.get("/me")
@requires(Permission.LEARN)
def me() -> ResponseReturnValue:
    """Show the person's own corner: settings, record, devices."""
    actor = current_actor()
    with database().snapshot() as session:
        mine = queries.own_courses(session, actor.person_id)
        person = queries.own_person(session, actor.person_id)
        classes = queries.own_classes(session, actor.person_id, at=utc_now())
        waitings = waited_for(session, actor.person_id)
    return render_template(
        "learning/me.html", person=person, mine=mine, classes=classes, waitings=waitings
    )
