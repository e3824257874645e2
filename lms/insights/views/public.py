"""Figures for everybody: months that are over, without a count that tells of few."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.errors import InvalidInput
from lms.core.query import Faults
from lms.insights import words
from lms.insights.domain import months
from lms.insights.domain.suppression import FLOOR, Public
from lms.insights.forms import parse_month
from lms.insights.queries.open_figures import OpenMonth, open_month
from lms.insights.views import tables
from lms.web.access import database, optional_actor, public
from lms.web.i18n import gettext, localized

bp = Blueprint("open_figures", __name__, url_prefix="/figures")
_KEPT_SECONDS = 600
_FOUND = 200


@bp.after_request
def may_be_kept(response: Response) -> Response:
    """Let what lies between keep what everybody sees; the page of who is signed in is theirs."""
    if optional_actor() is None and response.status_code == _FOUND:
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
        response.headers.add("Vary", "Accept-Language")
    return response


@bp.get("")
@public
def page() -> ResponseReturnValue:
    """Show a county's month."""
    found = _found()
    return make_response(
        render_template(
            "insights/public.html",
            found=found,
            words=words,
            months=months,
            tables=tables,
            floor=FLOOR,
        )
    )


@bp.get("/<any(town, programme):name>.csv")
@public
def file(name: str) -> ResponseReturnValue:
    """Hand a table of the month out as a file, with the same counts left out."""
    found = _found()
    own: Public[str] = found.towns if name == "town" else found.programmes
    head = gettext("Town") if name == "town" else gettext("Programme")
    nameless = gettext("No town given") if name == "town" else gettext("No programme")
    rows: list[tables.Row] = [[head, gettext("Course completions")]]
    for part in own.parts if not found.is_closed else ():
        title = found.titles.get(part.name)
        rows.append([localized(title) if title else part.name or nameless, tables.shown(part)])
    rows.append([gettext("The whole county"), tables.shown(found.total)])
    month = months.written(found.month) if found.month else "none"
    return tables.sent(rows, f"{name}-{found.county}-{month}")


def _found() -> OpenMonth:
    faults: Faults = {}
    month = parse_month(request.args, faults)
    if faults:
        raise InvalidInput(faults)
    with database().snapshot() as session:
        return open_month(session, request.args.get("county"), month)
