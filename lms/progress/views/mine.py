"""What a learner does about their own time: asks to have it counted, says what it was."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.db.session import now
from lms.progress import forms, queries
from lms.progress.service import appeals, flags
from lms.progress.views.queues import MAX_ID
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("my_time", __name__, url_prefix="/me/time")


@bp.get("")
@requires(Permission.LEARN)
def page() -> ResponseReturnValue:
    """Show what the person asked to have counted, and what was noticed."""
    actor = current_actor()
    with database().snapshot() as session:
        asked = queries.appeals_of(session, actor.person_id)
        noticed = queries.flags_of(session, actor.person_id)
        outages = queries.compensated(session, actor.person_id)
    return render_template("progress/mine.html", appeals=asked, flags=noticed, outages=outages)


@bp.post(f"/items/<int(max={MAX_ID}):item_id>/appeals")
@requires(Permission.LEARN)
def ask(item_id: int) -> ResponseReturnValue:
    """Ask to count what does not count of an item, in the person's own words."""
    words = forms.parse_words(request.form)
    with database().transaction() as session:
        asked = appeals.ask(
            session, actor=current_actor(), item_id=item_id, words=words, now=now(session)
        )
        material_id = asked.material_id or 0
        place = queries.places_of(session, [material_id])[material_id]
    flash(gettext("Sent. A person looks at it; the answer comes here and by text message."), "ok")
    return redirect(url_for("lessons.lesson", slug=place.slug, item=place.address, _anchor="why"))


@bp.post(f"/appeals/<int(max={MAX_ID}):request_id>/withdrawal")
@requires(Permission.LEARN)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take one's own appeal back."""
    with database().transaction() as session:
        appeals.withdraw(session, actor=current_actor(), request_id=request_id, now=now(session))
    flash(gettext("Taken back. Your time stays as it is."), "ok")
    return redirect(url_for("my_time.page"))


@bp.post(f"/flags/<int(max={MAX_ID}):flag_id>/words")
@requires(Permission.LEARN)
def say(flag_id: int) -> ResponseReturnValue:
    """Say what it was that was noticed."""
    words = forms.parse_words(request.form)
    with database().transaction() as session:
        flags.say(session, actor=current_actor(), flag_id=flag_id, words=words, now=now(session))
    flash(gettext("Thank you. Whoever looks at it reads this first."), "ok")
    return redirect(url_for("my_time.page"))
