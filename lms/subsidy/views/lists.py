"""Lists of the bureau: sent, looked at with every fault named by row, taken in whole or not."""

from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.gateway import SealedFolder
from lms.accounts.login import keys
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.core.ids import new_uuid
from lms.db.session import now
from lms.sheets.gateway import MAX_BYTES, read_cells
from lms.subsidy import forms, queries, service
from lms.subsidy.domain.lists import ListKind
from lms.subsidy.domain.rows import Parsed, parse_rows
from lms.subsidy.gateway.papers import LISTS
from lms.subsidy.models import FactListDraft
from lms.subsidy.words import SHOWN
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext, say
from lms.web.uploads import large_body

bp = Blueprint("fact_lists", __name__, url_prefix="/staff/facts/lists")
_LONGEST_NAME = 200
# So many rows are named on the page; the others by their count.
_SHOWN_ROWS = 100
_CHANGED = Message("list_changed", "This is not the file that was looked at. Please send it again.")


@bp.get("")
@requires(Permission.FACTS_RECORD)
def board() -> ResponseReturnValue:
    """Show the lists that were taken in, and the form for another."""
    return _board({})


@bp.post("")
@requires(Permission.FACTS_RECORD)
@large_body(MAX_BYTES + 64 * 1024)
def send() -> ResponseReturnValue:
    """Keep a list sealed and go and look at it; no fact is written yet."""
    actor = current_actor()
    with database().snapshot() as session:
        counties = queries.list_board(session, actor).counties
    try:
        new = forms.parse_list(request.form, counties, local_day(utc_now()))
        file = request.files.get("list")
        data = file.stream.read() if file else b""
        # What cannot be read is told at once, before anything is kept.
        parse_rows(read_cells(data), new.kind)
        draft = FactListDraft(
            id=new_uuid(),
            county_code=new.county_code,
            kind=new.kind,
            title=new.title,
            as_of=new.as_of,
            is_complete=new.is_complete,
            filename=((file.filename if file else "") or "")[:_LONGEST_NAME],
            sha256=sha256(data).hexdigest(),
        )
        draft.key_name = _folder().write(draft.id, data)
        with database().transaction() as session:
            service.keep_draft(session, actor=actor, draft=draft, now=now(session))
    except InvalidInput as error:
        return _board(error.fields), error.status
    except Conflict as error:
        return _board({"list": error.message}), error.status
    return redirect(url_for("fact_lists.preview", draft_id=draft.id), 303)


@bp.get("/<draft_id>")
@requires(Permission.FACTS_RECORD)
def preview(draft_id: str) -> ResponseReturnValue:
    """Show whom the list means, which rows mean nobody and what is wrong; writes nothing.

    One that was taken in says so; of one that is not there nobody learns whose it was.
    """
    actor = current_actor()
    try:
        draft = _own_draft(draft_id)
        parsed = _parsed(draft) if draft.taken_in_at is None else None
    except NotFound as error:
        return _over(None), error.status
    if parsed is None:
        return _over(draft)
    with database().snapshot() as session:
        found = service.find(session, actor=actor, parsed=parsed, draft=draft, index=keys().index)
    return render_template(
        "subsidy/list_preview.html",
        draft=draft,
        found=found,
        shown_rows=_SHOWN_ROWS,
        desk_place=None,
        **SHOWN,
    )


@bp.post("/<draft_id>")
@requires(Permission.FACTS_RECORD)
def take_in(draft_id: str) -> ResponseReturnValue:
    """Take in exactly what was looked at, all of it or nothing."""
    try:
        draft = _own_draft(draft_id)
        if draft.taken_in_at is not None:
            return redirect(url_for("fact_lists.preview", draft_id=draft_id), 303)
        parsed = _parsed(draft, request.form.get("sha256", ""))
    except NotFound as error:
        return _over(None), error.status
    try:
        found = _take_in(draft_id, parsed)
    except Conflict as error:
        if error.code != service.TAKEN:
            flash(say(error.message), "bad")
        return redirect(url_for("fact_lists.preview", draft_id=draft_id), 303)
    _folder().remove(draft_id)
    flash(
        gettext(
            "Taken in: %(rows)s rows, %(people)s people.", rows=found.rows, people=found.matched
        ),
        "ok",
    )
    return redirect(url_for("fact_lists.board"), 303)


def _take_in(draft_id: str, parsed: Parsed) -> service.FoundOnList:
    actor = current_actor()
    with database().transaction() as session:
        own = service.draft_of(session, actor, draft_id)
        found = service.find(session, actor=actor, parsed=parsed, draft=own, index=keys().index)
        service.take_in(session, actor=actor, draft=own, found=found, now=now(session))
    return found


@bp.post("/<draft_id>/drop")
@requires(Permission.FACTS_RECORD)
def drop(draft_id: str) -> ResponseReturnValue:
    """Forget a list that was only looked at."""
    with database().transaction() as session:
        draft = service.draft_of(session, current_actor(), draft_id)
        if draft.taken_in_at is None:
            session.delete(draft)
    if draft.taken_in_at is not None:
        return redirect(url_for("fact_lists.preview", draft_id=draft_id), 303)
    _folder().remove(draft_id)
    flash(gettext("Forgotten. Nothing was taken in."), "ok")
    return redirect(url_for("fact_lists.board"), 303)


def _own_draft(draft_id: str) -> FactListDraft:
    with database().snapshot() as session:
        return service.draft_of(session, current_actor(), draft_id)


def _over(draft: FactListDraft | None) -> str:
    """Tell that a list was taken in, or that there is none of this address (any more)."""
    return render_template("subsidy/list_over.html", draft=draft, desk_place=None)


def _folder() -> SealedFolder:
    return SealedFolder(settings().data_dir / LISTS, keys().vault, LISTS)


def _parsed(draft: FactListDraft, looked_at: str | None = None) -> Parsed:
    data = _folder().read(draft.id, draft.key_name)
    if sha256(data).hexdigest() != draft.sha256 or looked_at not in (None, draft.sha256):
        raise Conflict(_CHANGED.code, _CHANGED.text)
    return parse_rows(read_cells(data), ListKind(draft.kind))


def _board(faults: dict[str, Message]) -> str:
    with database().snapshot() as session:
        shown = queries.list_board(session, current_actor())
    return render_template(
        "subsidy/lists.html",
        board=shown,
        faults=faults,
        form=request.form,
        today=local_day(utc_now()),
        desk_place=None,
        **SHOWN,
    )
