"""The public lists as anybody sees them: no sign-in, no search engine, gone after the last day."""

import re
from collections.abc import Mapping
from datetime import date

import flask
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import login
from lms.accounts.queries import counties
from lms.core.clock import local_day
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.credentials.gateway.art import qr_svg
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.check_codes import check_code, code_of
from lms.subsidy.domain.notice_rows import content_of
from lms.subsidy.domain.notices import PRINTED_AT_ONCE
from lms.subsidy.forms import notices as forms
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import NoticeSeen
from lms.web.access import database, public, settings
from lms.web.client import address_prefix
from lms.web.i18n import language
from lms.web.limits import HOUR, Limit, Use, spend

bp = Blueprint("notices", __name__, url_prefix="/notices")
# A village may share one address; a list has five days, and its office a phone.
_NETWORK = Limit("objection-network", 10, HOUR)
_LIST = Limit("objection-list", 60, HOUR)
_CODES = Limit("notice-codes", 120, HOUR)
_MOST_FOUND = 20
_OBJECTED, _HIDDEN = "objected", "objected_row"
_GONE, _NOT_YET = 410, 503
_PRINT_SECONDS = "60"
_OBJECTION = re.compile(r"YY-[0-9]{2}-[0-9]{2}-[0-9]{4,9}")


@bp.after_request
def keep_out(response: Response) -> Response:
    """Ask search engines to leave all of it out; nothing between keeps a copy."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/")
@public
def board() -> ResponseReturnValue:
    """Show the lists that hang out, of all counties or of one."""
    with database().snapshot() as session:
        names = {row.code: {"zh": row.name_zh, "en": row.name_en} for row in counties(session)}
        found = queries.open_notices(session, _today(session))
    county = forms.parse_county(request.args, names) if "county" in request.args else None
    if request.args.get("county") and county is None:
        raise NotFound
    return render_template(
        "subsidy/notices.html",
        lists=[each for each in found if county in (None, each.notice.county_code)],
        counties=names,
        county=county,
    )


@bp.get("/check")
@public
def check() -> ResponseReturnValue:
    """Tell which list a code belongs to, and whether the list is still what was published."""
    typed = request.args.get("code", "").strip()
    code = code_of(typed) if typed else None
    found, is_same = None, False
    if code is not None:
        spend(database(), Use(_CODES, address_prefix()))
        with database().snapshot() as session:
            found = queries.notice_of_code(session, code, _today(session))
            is_same = found is not None and _made_anew(session, found) == code
    return render_template(
        "subsidy/notice_check.html", typed=typed, code=code, found=found, is_same=is_same
    ), 404 if typed and found is None else 200


@bp.get("/<number>")
@public
def page(number: str) -> ResponseReturnValue:
    """Show a list up to its last day; from the next day on only that it is over."""
    wanted = forms.parse_rows(request.args)
    with database().snapshot() as session:
        seen = _seen(session, number)
        if not seen.is_open:
            return _over(seen)
        shown = forms.parse_page(request.args, seen.pages)
        if wanted is None:
            rows = queries.notice_rows(session, seen.notice.id, shown)
        else:
            rows = queries.rows_at(session, seen.notice.id, wanted) if wanted else []
        hidden = queries.hidden_rows(session, seen.notice.id)
    return render_template(
        "subsidy/notice.html", seen=seen, rows=rows, page=shown, wanted=wanted, hidden=hidden
    )


@bp.post("/<number>/find")
@public
def find(number: str) -> ResponseReturnValue:
    """Find somebody's row by its number or by the name; what was typed stands in no address."""
    who = forms.parse_who(request.form)
    places: list[int] = [who] if isinstance(who, int) else []
    with database().snapshot() as session:
        seen = _seen(session, number)
        if isinstance(who, str) and seen.is_open:
            places = queries.places_of_name(session, seen.notice.id, who, limit=_MOST_FOUND)
    rows = None if who is None else ",".join(map(str, places))
    return redirect(url_for("notices.page", number=number, rows=rows), 303)


@bp.get("/<number>/object")
@public
def objecting(number: str) -> ResponseReturnValue:
    """Show the form in which anybody objects to a row or to the list."""
    return _form(number, request.args, {})


@bp.post("/<number>/object")
@public
def object_(number: str) -> ResponseReturnValue:
    """Take an objection; the row's words leave the list at once."""
    try:
        new = forms.parse_objection(request.form)
        spend(database(), Use(_NETWORK, address_prefix()), Use(_LIST, number[:20]))
        with database().transaction() as session:
            made = service.object_to(
                session, number, new, shelf=shelf(), keys=login.keys(), now=now(session)
            )
    except InvalidInput as error:
        return _form(number, request.form, error.fields, status=error.status)
    except Conflict as error:
        return _form(number, request.form, {"form": error.message}, status=error.status)
    flask.session[_OBJECTED] = made.number
    flask.session[_HIDDEN] = made.notice_row_id is not None
    return redirect(url_for("notices.objected", number=number), 303)


@bp.get("/<number>/objected")
@public
def objected(number: str) -> ResponseReturnValue:
    """Tell who objected in this browser the number, and what happens next."""
    own = flask.session.get(_OBJECTED, "")
    if not _OBJECTION.fullmatch(own):
        return redirect(url_for("notices.page", number=number))
    with database().snapshot() as session:
        seen = _seen(session, number)
    is_hidden = bool(flask.session.get(_HIDDEN))
    return render_template("subsidy/notice_objected.html", seen=seen, own=own, is_hidden=is_hidden)


@bp.get("/<number>.pdf")
@public
def sheets(number: str) -> ResponseReturnValue:
    """Hand the printed list out, as it hangs out now; a long one comes from a worker."""
    with database().snapshot() as session:
        seen = _seen(session, number)
        if not seen.is_open:
            return _over(seen)
        data = _printed(session, seen)
    if data is None:
        page = render_template("subsidy/notice_printing.html", seen=seen)
        return page, _NOT_YET, {"Retry-After": _PRINT_SECONDS}
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{seen.notice.number}.pdf"'
    return response


@bp.get("/<number>/qr.svg")
@public
def picture(number: str) -> ResponseReturnValue:
    """Draw the code that leads to the list."""
    with database().snapshot() as session:
        seen = _seen(session, number)
    address = f"{settings().base_url}/notices/{seen.notice.number}"
    return Response(qr_svg(address), mimetype="image/svg+xml")


def _today(session: Session) -> date:
    return local_day(now(session))


def _seen(session: Session, number: str) -> NoticeSeen:
    seen = queries.notice_seen(session, number, _today(session))
    if seen is None:
        raise NotFound
    return seen


def _made_anew(session: Session, seen: NoticeSeen) -> str:
    """Return the code of what is kept of the list now."""
    rows = queries.all_rows(session, seen.notice.id)
    kept = [(row.shown, row.amount_fen) for row in rows]
    return check_code(content_of(queries.head_of(seen.notice), kept))


def _over(seen: NoticeSeen) -> ResponseReturnValue:
    return render_template("subsidy/notice_over.html", seen=seen), _GONE


def _form(
    number: str, sent: Mapping[str, str], faults: Mapping[str, Message], *, status: int = 200
) -> ResponseReturnValue:
    with database().snapshot() as session:
        seen = _seen(session, number)
        if not seen.is_open:
            return _over(seen)
        row = next(iter(forms.parse_rows({"rows": sent.get("row", "")}) or ()), None)
        meant = queries.rows_at(session, seen.notice.id, [row] if row else [])
    page = render_template(
        "subsidy/notice_object.html",
        seen=seen,
        sent=sent,
        faults=faults,
        meant=next(iter(meant), None),
        most=forms.MOST_WORDS,
    )
    return page, status


def _printed(session: Session, seen: NoticeSeen) -> bytes | None:
    """Return the sheets of a list; ``None`` where a worker has yet to print them."""
    said = language()
    if seen.notice.rows <= PRINTED_AT_ONCE:
        return service.printed_now(session, seen, language=said, base_url=settings().base_url)
    path = service.printed_path(session, seen, language=said, folder=settings().export_dir)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
