"""What was done here: the acts with their words, the end of their chain, who was erased."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.audit import queries as audit
from lms.core.access import Permission
from lms.staff import act_details, act_words, forms, queries
from lms.staff.queries.act_subjects import Subject
from lms.staff.queries.acts import ACTS_ROWS, ActLine
from lms.web.access import current_actor, database, requires, settings
from lms.web.i18n import gettext

bp = Blueprint("acts", __name__)
# The page of what was acted on, and what its address calls it.
_PAGES = {
    "claim": ("claim_desk.claim", "claim_id"),
    "class": ("classes.page", "training_class_id"),
    "class_session": ("class_sessions.page", "class_session_id"),
    "credential": ("badge_desk.badge", "credential_id"),
    "institution": ("institutions.edit", "institution_id"),
    "policy_proposal": ("policy_desk.proposal", "proposal_id"),
    "study_flag": ("flag_desk.flag", "flag_id"),
}
# The page that lists the actor's own of a kind.
_BOARDS = {
    "fact_list": ("fact_lists.board", Permission.FACTS_RECORD),
    "listing": ("institutions.index", Permission.CLASS_OPEN),
}


@bp.get("/supervision/audit")
@requires(Permission.AUDIT_READ)
def board() -> ResponseReturnValue:
    """Show the acts by or about people of the actor's places."""
    search = forms.parse_acts(request.args)
    with database().snapshot() as session:
        page = queries.acts(session, current_actor(), search)
        behind = queries.subjects_in_reach(
            session, current_actor(), [(line.kind, line.key) for line in page.lines]
        )
    return render_template(
        "supervision/audit.html",
        page=page,
        search=search,
        words=act_words,
        written=partial(act_details.written, say=gettext),
        address_of=lambda line: _address(line) or _address_behind(line, behind),
        desk_place=None,
    )


@bp.get("/supervision/audit/head.json")
@requires(Permission.AUDIT_READ)
def head() -> ResponseReturnValue:
    """Hand out the end of the chain, to be kept somewhere else."""
    with database().snapshot() as session:
        found = audit.head(session)
    text = json.dumps(audit.head_document(found, settings().base_url))
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="xiangbo-audit-head.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/staff/erased")
@requires(Permission.AUDIT_READ)
def erased() -> ResponseReturnValue:
    """Show who was erased, when, and how much of what went: numbers only."""
    after = forms.parse_after(request.args)
    with database().snapshot() as session:
        lines = queries.erased_people(session, current_actor(), after)
    return render_template(
        "staff/erased.html",
        lines=lines[:ACTS_ROWS],
        after=after,
        more=lines[ACTS_ROWS - 1].person_id if len(lines) > ACTS_ROWS else None,
        tables=act_details.TABLES,
        years=settings().retention_years,
        desk_place=None,
    )


def _address(line: ActLine) -> str | None:
    """Return where the actor may open what was acted on; nothing where they would not find it."""
    if line.whom is not None:
        may = line.whom.has_sheet and current_actor().may(Permission.PEOPLE_READ)
        return url_for("people.person", person_id=line.key) if may else None
    if not line.has_page:
        return None
    endpoint, name = _PAGES[line.kind]
    named: dict[str, Any] = {name: line.key}
    return url_for(endpoint, **named)


def _address_behind(line: ActLine, behind: Mapping[Subject, str | int]) -> str | None:
    """Return where what was acted on shows, for subjects without a page of their own number."""
    actor, found = current_actor(), behind.get((line.kind, line.key))
    if found is not None and line.kind == "course":
        return url_for("versions.board", slug=found)
    if found is not None and line.kind == "enrollment":
        return url_for("staff.learner", person_id=found)
    # Lists are shown to whoever ordered them.
    is_own = line.kind == "export" and line.actor_id == actor.person_id
    if is_own and actor.may(Permission.COMPLETIONS_EXPORT):
        return url_for("staff.exports")
    board, permission = _BOARDS.get(line.kind, ("", Permission.AUDIT_READ))
    return url_for(board) if board and actor.may(permission) else None
