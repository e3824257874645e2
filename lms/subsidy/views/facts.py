"""The learner's questions, one a page: each answer is kept at once, back works, nothing is lost."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import InvalidInput, Message, NotFound
from lms.db.session import now
from lms.subsidy import forms, queries, service
from lms.subsidy.domain.questions import PROMISE_VERSION, Answer, Step
from lms.subsidy.queries import Standing
from lms.subsidy.views.sending import LIMIT, show_paper, take_paper
from lms.subsidy.words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.client import address_prefix
from lms.web.i18n import gettext, say
from lms.web.uploads import large_body

bp = Blueprint("facts", __name__, url_prefix="/me")
_STEP = "/facts/<any(group, ties, staff, pension, student, funding):name>"


@bp.get("/facts")
@requires(Permission.LEARN)
def overview() -> ResponseReturnValue:
    """Show everything said, with where it comes from, and what is still to be answered."""
    actor = current_actor()
    with database().snapshot() as session:
        own = _standing_in(session)
        papers = queries.papers(session, actor.person_id)
    return render_template(
        "subsidy/facts.html",
        own=own,
        papers=papers,
        has_promised=_has_promised(own),
        again=own.asked_again(own.answers.again) if own.answers.again else None,
        **SHOWN,
    )


@bp.get("/facts/promise")
@requires(Permission.LEARN)
def promise() -> ResponseReturnValue:
    """Show the promise, before the first question."""
    return render_template("subsidy/promise.html", own=_standing(), version=PROMISE_VERSION)


@bp.post("/facts/promise")
@requires(Permission.LEARN)
def give_promise() -> ResponseReturnValue:
    """Keep the promise and go to the first question."""
    with database().transaction() as session:
        service.give_promise(
            session,
            person_id=current_actor().person_id,
            address=address_prefix(),
            now=now(session),
        )
    return _next(None)


@bp.get(_STEP)
@requires(Permission.LEARN)
def question(name: str) -> ResponseReturnValue:
    """Show one question with what was answered before."""
    own = _standing()
    if not _has_promised(own):
        return redirect(url_for("facts.promise"))
    return _page(Step(name), own, None)


@bp.post(_STEP)
@requires(Permission.LEARN)
def answer(name: str) -> ResponseReturnValue:
    """Keep the answer and go on."""
    step, at = Step(name), utc_now()
    own = _standing()
    if not _has_promised(own):
        return redirect(url_for("facts.promise"), 303)
    known = own.answers.by_step[step]
    is_same = known.later is not None and request.form.get("answer") == forms.SAME
    try:
        value = known.later.value if known.later and is_same else _chosen(step, known)
    except InvalidInput as error:
        return _page(step, own, error.fields["answer"]), error.status
    with database().transaction() as session:
        service.declare(
            session,
            person_id=current_actor().person_id,
            step=step,
            value=value,
            today=local_day(at),
            now=now(session),
        )
    if step is Step.TIES and value and not is_same:
        # Several ties may hold: the page lists them and leads on by itself.
        return redirect(url_for("facts.question", name=name), 303)
    return _next(step)


@bp.post("/papers")
@requires(Permission.LEARN)
@large_body(LIMIT)
def send_paper() -> ResponseReturnValue:
    """Keep a photo or PDF of a paper for the office to look at."""
    kind = forms.parse_paper_kind(request.form)
    try:
        take_paper(current_actor().person_id, kind)
    except InvalidInput as error:
        flash(say(next(iter(error.fields.values()))), "bad")
    else:
        flash(gettext("The paper is kept. The office looks at it."), "ok")
    return redirect(url_for("facts.overview"), 303)


@bp.get("/papers/<paper_id>")
@requires(Permission.LEARN)
def own_paper(paper_id: str) -> ResponseReturnValue:
    """Show the person's own paper."""
    with database().snapshot() as session:
        paper = queries.paper(session, paper_id)
    if paper.person_id != current_actor().person_id:
        raise NotFound
    return show_paper(paper, purpose="own")


def _chosen(step: Step, known: Answer) -> Any:  # noqa: ANN401 (of any question)
    before = known.own.value if known.own else None
    return forms.parse_answer(step.key, request.form, before=before)


def _standing() -> Standing:
    with database().snapshot() as session:
        return _standing_in(session)


def _standing_in(session: Session) -> Standing:
    person = queries.oneself(session, current_actor().person_id)
    return queries.standing(session, person, today=local_day(utc_now()))


def _has_promised(own: Standing) -> bool:
    return own.promised is not None and own.promised.text_version == PROMISE_VERSION


def _page(step: Step, own: Standing, fault: Message | None) -> str:
    steps = list(Step)
    place = steps.index(step)
    return render_template(
        "subsidy/question.html",
        own=own,
        step=step,
        steps=steps,
        number=place + 1,
        answer=own.answers.by_step[step],
        again=own.asked_again(own.answers.by_step[step]),
        fault=fault,
        back_to=steps[place - 1] if place else None,
        onward=own.answers.after(step),
        **SHOWN,
    )


def _next(step: Step | None) -> ResponseReturnValue:
    """Go to the next question after this one that is not answered, else to what was said."""
    answers = _standing().answers
    steps = list(Step)
    begin = steps.index(step) + 1 if step else 0
    for each in steps[begin:]:
        if not answers.by_step[each].is_answered:
            return redirect(url_for("facts.question", name=each.value), 303)
    return redirect(url_for("facts.overview"), 303)
