"""Rosters of people: sent, looked at with every fault named by row, taken in whole or not."""

from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.gateway import SealedFolder
from lms.accounts.login import keys
from lms.accounts.service.rosters import SentRoster, read_sent
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.core.ids import new_uuid
from lms.db.session import now
from lms.sheets.gateway import MAX_BYTES
from lms.staff import forms, queries, service
from lms.staff.domain import ROSTERS
from lms.staff.models import RosterDraft
from lms.web.access import current_actor, database, requires, settings
from lms.web.client import address_prefix
from lms.web.i18n import gettext, say
from lms.web.uploads import large_body

bp = Blueprint("rosters", __name__, url_prefix="/staff/people/import")
_LONGEST_NAME = 200
# So many rows are named on the page; the others by their count.
_SHOWN_ROWS = 100
_CHANGED = Message("list_changed", "This is not the file that was looked at. Please send it again.")


@bp.get("")
@requires(Permission.PEOPLE_EDIT)
def form() -> ResponseReturnValue:
    """Show the form for a roster, for the class the address names."""
    return _form({})


def _form(faults: dict[str, Message]) -> str:
    chosen = forms.parse_chosen_class(request.values)
    with database().snapshot() as session:
        offered = queries.roster_form(session, current_actor(), chosen)
    return render_template(
        "staff/roster.html",
        offered=offered,
        chosen=chosen,
        faults=faults,
        form=request.form,
        desk_place=None,
    )


@bp.post("")
@requires(Permission.PEOPLE_EDIT)
@large_body(MAX_BYTES + 64 * 1024)
def send() -> ResponseReturnValue:
    """Keep a roster sealed and go and look at it; nobody is written down yet."""
    try:
        draft = _draft()
    except InvalidInput as error:
        return _form(error.fields), error.status
    return redirect(url_for("rosters.preview", draft_id=draft.id), 303)


def _draft() -> RosterDraft:
    actor, chosen = current_actor(), forms.parse_chosen_class(request.form)
    with database().snapshot() as session:
        offered = queries.roster_form(session, actor, chosen)
    codes = [each.code for each in offered.counties]
    new = forms.parse_roster(request.form, codes, offered.classes)
    file = request.files.get("list")
    data = file.stream.read() if file else b""
    # What cannot be read is told at once, before anything is kept.
    if _read(data).digests:
        forms.require_consent(request.form)
    draft = RosterDraft(
        id=new_uuid(),
        county_code=new.county_code,
        training_class_id=new.training_class_id,
        filename=_shown_name((file.filename if file else "") or ""),
        sha256=sha256(data).hexdigest(),
    )
    draft.key_name = _folder().write(draft.id, data)
    with database().transaction() as session:
        service.keep_draft(session, actor=actor, draft=draft, now=now(session))
    return draft


@bp.get("/<draft_id>")
@requires(Permission.PEOPLE_EDIT)
def preview(draft_id: str) -> ResponseReturnValue:
    """Show how many are new and known, and what is wrong by row; writes nothing.

    One that was taken in says so; of one that is not there nobody learns whose it was.
    """
    actor = current_actor()
    try:
        draft = _own_draft(draft_id)
        sent = _sent(draft) if draft.taken_in_at is None else None
    except NotFound as error:
        return _over(None), error.status
    if sent is None:
        return _over(draft)
    with database().snapshot() as session:
        found = service.find(session, actor=actor, draft=draft, sent=sent, now=now(session))
    return render_template(
        "staff/roster_preview.html",
        draft=draft,
        found=found,
        shown_rows=_SHOWN_ROWS,
        desk_place=None,
    )


@bp.post("/<draft_id>")
@requires(Permission.PEOPLE_EDIT)
def take_in(draft_id: str) -> ResponseReturnValue:
    """Take in exactly what was looked at, everybody or nobody."""
    try:
        done, class_id = _take_in(draft_id)
    except Conflict as error:
        if error.code != service.TAKEN:
            flash(say(error.message), "bad")
        return redirect(url_for("rosters.preview", draft_id=draft_id), 303)
    except NotFound as error:
        return _over(None), error.status
    _folder().remove(draft_id)
    said = gettext("Taken in: %(new)s new, %(joined)s known.", new=done.new, joined=done.joined)
    if done.numbered:
        kept = gettext("Numbers kept of people who had none: %(num)s.", num=done.numbered)
        said = f"{said} {kept}"
    flash(said, "ok")
    if class_id is not None:
        return redirect(url_for("classes.page", training_class_id=class_id), 303)
    return redirect(url_for("people.people"), 303)


def _take_in(draft_id: str) -> tuple[service.TakenIn, int | None]:
    actor, draft = current_actor(), _own_draft(draft_id)
    service.require_waiting(draft)
    forms.require_papers(request.form)
    sent = _sent(draft, request.form.get("sha256", ""))
    with database().transaction() as session:
        own = queries.draft_of(session, actor, draft_id)
        looked_at = service.LookedAt(own, sent, request.form.get("seen", ""), address_prefix())
        done = service.take_in(
            session, actor=actor, roster=looked_at, keys=keys(), now=now(session)
        )
    return done, draft.training_class_id


@bp.post("/<draft_id>/drop")
@requires(Permission.PEOPLE_EDIT)
def drop(draft_id: str) -> ResponseReturnValue:
    """Forget a roster that was only looked at."""
    with database().transaction() as session:
        draft = queries.draft_of(session, current_actor(), draft_id)
        if draft.taken_in_at is None:
            session.delete(draft)
    if draft.taken_in_at is not None:
        return redirect(url_for("rosters.preview", draft_id=draft_id), 303)
    _folder().remove(draft_id)
    flash(gettext("Forgotten. Nobody was taken in."), "ok")
    return redirect(url_for("rosters.form"), 303)


def _own_draft(draft_id: str) -> RosterDraft:
    with database().snapshot() as session:
        return queries.draft_of(session, current_actor(), draft_id)


def _over(draft: RosterDraft | None) -> str:
    """Tell that a list was taken in, or that there is none of this address (any more)."""
    return render_template("staff/roster_over.html", draft=draft, desk_place=None)


def _shown_name(name: str) -> str:
    """Return the name of a file without what no line shows and no database takes."""
    return "".join(sign for sign in name if sign.isprintable())[:_LONGEST_NAME]


def _folder() -> SealedFolder:
    return SealedFolder(settings().data_dir / ROSTERS, keys().vault, ROSTERS)


def _read(data: bytes) -> SentRoster:
    return read_sent(data, keys().index, today=local_day(utc_now()))


def _sent(draft: RosterDraft, looked_at: str | None = None) -> SentRoster:
    data = _folder().read(draft.id, draft.key_name)
    if sha256(data).hexdigest() != draft.sha256 or looked_at not in (None, draft.sha256):
        raise Conflict(_CHANGED.code, _CHANGED.text)
    return _read(data)
