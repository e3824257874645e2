"""The review desk of subsidy claims: the queue, one claim with its evidence, what is said to it."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, Message
from lms.db.session import now
from lms.subsidy.claim_desk_words import CLAIM_SHOWN, OPINIONS
from lms.subsidy.domain.claim_desk import MOST_AT_ONCE, ClaimFilters, offers
from lms.subsidy.forms import claim_desk as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.queries.claim_desk import COUNTED, claim_queue
from lms.subsidy.queries.claim_desk_page import claim_page
from lms.subsidy.service import claim_desk as service
from lms.subsidy.words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("claim_desk", __name__, url_prefix="/staff/claims")
_CLAIM = "/<int(max=9223372036854775807):claim_id>"
Faults = dict[str, Message]


@bp.get("")
@requires(Permission.SUBSIDY_READ)
def queue() -> ResponseReturnValue:
    """Show the claims of a stage, the oldest first."""
    return _queue({})


@bp.get(_CLAIM)
@requires(Permission.SUBSIDY_READ)
def claim(claim_id: int) -> ResponseReturnValue:
    """Show a claim with each condition, what stands behind it, and what may be said to it."""
    return _page(claim_id, {})


@bp.post(_CLAIM)
@requires(Permission.SUBSIDY_REVIEW)
def say(claim_id: int) -> ResponseReturnValue:
    """Do what somebody says to a claim; what was typed stays where that cannot be done."""
    try:
        review = forms.parse_review(request.form)
        with database().transaction() as session:
            service.say(
                *(session, current_actor()),
                claim_id=claim_id,
                review=review,
                shelf=shelf(),
                now=now(session),
            )
    except InvalidInput as error:
        return _page(claim_id, error.fields), error.status
    except Conflict as error:
        return _page(claim_id, {"refused": error.message}), error.status
    flash(gettext("Done: %(what)s.", what=gettext(OPINIONS[review.opinion])), "ok")
    return redirect(url_for("claim_desk.claim", claim_id=claim_id, **_asked()), 303)


@bp.get("/batch")
@requires(Permission.SUBSIDY_REVIEW)
def foresee() -> ResponseReturnValue:
    """Say exactly what a batch would do, for whom and for how much, and what it cannot do."""
    try:
        batch = forms.parse_batch(request.args)
    except InvalidInput as error:
        return _queue(error.fields), error.status
    with database().snapshot() as session:
        found = service.foresee(session, current_actor(), batch, shelf=shelf(), now=now(session))
    return _batch("subsidy/desk_claim_batch.html", batch=batch, found=found, faults={})


@bp.post("/batch")
@requires(Permission.SUBSIDY_REVIEW)
def say_to_many() -> ResponseReturnValue:
    """Do it, and say what was done and what was not."""
    batch = forms.parse_batch(request.form)
    with database().transaction() as session:
        found = service.say_to_many(
            session, current_actor(), batch, shelf=shelf(), now=now(session)
        )
    done = [each for each in found if each.why is None]
    if len(done) < len(found):
        return _batch("subsidy/desk_claim_done.html", batch=batch, found=found), Conflict.status
    flash(gettext("All done: %(count)s claims.", count=len(done)), "ok")
    return redirect(url_for("claim_desk.queue", **_asked()), 303)


def _queue(faults: Faults) -> str:
    actor, filters = current_actor(), forms.parse_filters(request.args)
    with database().snapshot() as session:
        found = claim_queue(session, actor, filters, forms.parse_place(request.args))
    return render_template(
        "subsidy/desk_claims.html",
        queue=found,
        filters=filters,
        faults=faults,
        asked=_asked(),
        next=forms.written_place(found.next) if found.next else None,
        counted=COUNTED,
        most=MOST_AT_ONCE,
        today=local_day(utc_now()),
        desk_place=None,
        **CLAIM_SHOWN,
    )


def _page(claim_id: int, faults: Faults) -> str:
    actor, today = current_actor(), local_day(utc_now())
    filters = forms.parse_filters(request.args) if request.args.get("stage") else None
    with database().snapshot() as session:
        found = claim_page(session, actor, claim_id, filters, shelf=shelf(), today=today)
    may_review = actor.may(Permission.SUBSIDY_REVIEW)
    return render_template(
        "subsidy/desk_claim.html",
        page=found,
        offered=offers(found.head.standing, by_id=actor.person_id) if may_review else {},
        asked=_asked(),
        faults=faults,
        form=request.form,
        today=today,
        desk_place=None,
        **SHOWN,
        **CLAIM_SHOWN,
    )


def _batch(template: str, **shown: Any) -> str:  # noqa: ANN401 (of a template)
    found = shown["found"]
    return render_template(
        template,
        done=[each for each in found if each.why is None],
        kept=[each for each in found if each.why is not None],
        asked=_asked(),
        desk_place=None,
        **CLAIM_SHOWN,
        **shown,
    )


def _asked() -> dict[str, Any]:
    """Return the filters of the address, to be carried on."""
    filters: ClaimFilters = forms.parse_filters(request.values)
    named = request.values.get("stage")
    return {
        name: value
        for name, value in asdict(filters).items()
        if value is not None and (name != "stage" or named)
    }
