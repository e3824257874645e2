"""What somebody keeps of a list: filters under a name, the columns chosen."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.db.session import now
from lms.roster import service
from lms.roster.domain.filters import Filters
from lms.staff.forms import lists as forms
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("lists", __name__, url_prefix="/staff/completions")


@bp.post("/saved")
@requires(Permission.COMPLETIONS_READ)
def save() -> ResponseReturnValue:
    """Keep the filters of the address under a name."""
    filters, name = forms.parse_asked(request.args), forms.parse_name(request.form)
    with database().transaction() as session:
        service.save_filter(
            session, actor=current_actor(), name=name, filters=filters, now=now(session)
        )
    flash(gettext("Saved. You find it above the list."), "ok")
    return redirect(url_for("staff.completions", **_kept(filters)))


@bp.post("/saved/<int(max=9223372036854775807):saved_id>/forget")
@requires(Permission.COMPLETIONS_READ)
def forget(saved_id: int) -> ResponseReturnValue:
    """Forget filters that were kept."""
    filters = forms.parse_asked(request.args)
    with database().transaction() as session:
        service.forget_filter(session, actor=current_actor(), saved_id=saved_id)
    return redirect(url_for("staff.completions", **_kept(filters)))


@bp.post("/columns")
@requires(Permission.COMPLETIONS_READ)
def columns() -> ResponseReturnValue:
    """Remember the columns chosen."""
    filters = forms.parse_asked(request.args)
    with database().transaction() as session:
        service.choose_columns(
            session, actor=current_actor(), columns=forms.parse_columns(request.form)
        )
    return redirect(url_for("staff.completions", **_kept(filters)))


def _kept(filters: Filters) -> dict[str, Any]:
    return {**filters.in_address()}
