"""The checkout of a course: what it costs, how to pay, and what is agreed."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from lms.core.access import Permission
from lms.core.clock import local_day
from lms.core.errors import GatewayError, InvalidInput
from lms.db.session import now
from lms.payments import forms, queries, service
from lms.payments.domain.orders import OrderState, ProviderName
from lms.payments.domain.vouchers import read_code, spelled
from lms.payments.models import CourseOrder
from lms.payments.views.tills import page_of, ways
from lms.web.access import current_actor, database, requires
from lms.web.i18n import say

bp = Blueprint("checkout", __name__)
_LONGEST = 40


@bp.get("/courses/<slug>/checkout")
@requires(Permission.LEARN)
def page(slug: str) -> ResponseReturnValue:
    """Show what a course costs the learner with the codes they have, and how it can be paid."""
    return _page(slug, request.args)


@bp.post("/courses/<slug>/checkout")
@requires(Permission.LEARN)
def place(slug: str) -> ResponseReturnValue:
    """Take the order at the price of this moment, and go to where it is paid."""
    class_id, way = forms.parse_class(request.form), forms.parse_way(request.form, ways())
    codes, actor = forms.parse_codes(request.form), current_actor()
    try:
        with database().transaction() as session:
            at = now(session)
            offered = queries.offered(
                session,
                person_id=actor.person_id,
                slug=slug,
                training_class_id=class_id,
                day=local_day(at),
            )
            wanted = service.Wanted(offered, way, codes)
            order = service.place(session, actor=actor, wanted=wanted, now=at)
    except InvalidInput as error:
        # A code was used meanwhile: the page says so, and what the course costs without it.
        response = make_response(_page(slug, request.form))
        response.status_code = error.status
        return response
    ready(order)
    return redirect(url_for("orders.one", number=order.number))


@bp.get("/vouchers/<code>")
@requires(Permission.LEARN)
def code(code: str) -> ResponseReturnValue:
    """Show what a code on paper is good for, and lead to where it is used."""
    read = read_code(code)
    with database().snapshot() as session:
        line = queries.code_with_batch(session, read) if read else None
        courses = queries.courses_for(session, line.batch) if line else []
    if line is not None and len(courses) == 1:
        return redirect(url_for("checkout.page", slug=courses[0].slug, code=spelled(read or "")))
    return render_template(
        "payments/code.html", line=line, courses=courses, typed=code[:_LONGEST], spelled=spelled
    )


def _page(slug: str, sent: MultiDict[str, str]) -> ResponseReturnValue:
    person_id, class_id = current_actor().person_id, forms.parse_class(sent)
    with database().snapshot() as session:
        day = local_day(now(session))
        offered = queries.offered(
            session, person_id=person_id, slug=slug, training_class_id=class_id, day=day
        )
        standing = queries.standing_with(session, person_id=person_id, course_id=offered.course_id)
        quote = queries.quote(
            session,
            person_id=person_id,
            offered=offered,
            codes=forms.parse_codes(sent),
            day=day,
        )
    if standing.is_enrolled or (offered.price_fen == 0 and not standing.may_come_back):
        return redirect(url_for("learning.course", slug=slug))
    return render_template(
        "payments/checkout.html",
        offered=offered,
        standing=standing,
        quote=quote,
        ways=ways(),
        spelled=spelled,
    )


def ready(order: CourseOrder) -> None:
    """Have the page of an open order opened; where the provider is away, say so."""
    if order.state != OrderState.OPEN or order.provider == ProviderName.NONE:
        return
    try:
        page_of(order)
    except GatewayError as error:
        flash(say(error.message), "bad")
