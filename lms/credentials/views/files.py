"""The files of a badge and what verifiers ask for: signed bytes as they were stored."""

import json
from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from lms.catalog.domain import COVERS
from lms.core.clock import utc_now
from lms.core.errors import NotFound
from lms.credentials import queries
from lms.credentials.domain import document as documents
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.states import Standing
from lms.credentials.gateway import art, keys, pdf, png, svg
from lms.credentials.views.words import badge_words
from lms.web.access import database, optional_actor, public, settings
from lms.web.i18n import gettext, language

bp = Blueprint("badge_files", __name__)
_JSON = "application/vc+ld+json"
_HOUR = 3600
_MINUTES = 300


@bp.get("/credentials/<uuid:credential_id>.<any(json, jwt, png, svg, pdf):form>")
@public
def carrier(credential_id: UUID, form: str) -> ResponseReturnValue:
    """Hand the badge out: signed once, never signed again for a view."""
    with database().snapshot() as session:
        badge = queries.badge(session, str(credential_id))
    if badge is None:
        raise NotFound
    make, kind = _FORMS[form]
    response = Response(make(badge), content_type=kind)
    response.headers["Content-Disposition"] = f'{_shown_as(form)}; filename="{badge.serial}.{form}"'
    # A sheet may carry the whole name for its holder and follows the language; the rest is public.
    return response if form == "pdf" else _for_everybody(response, _HOUR)


@bp.get("/credentials/<uuid:credential_id>/qr.svg")
@public
def code(credential_id: UUID) -> ResponseReturnValue:
    """Draw the code that leads to the check page."""
    address = Site(settings().base_url).badge(str(credential_id))
    return _for_everybody(Response(art.qr_svg(address), mimetype="image/svg+xml"), _HOUR)


@bp.get("/credentials/art/<cover>.svg")
@public
def artwork(cover: str) -> ResponseReturnValue:
    """Draw the badge of the courses with that cover: signed badges name this address."""
    if cover not in COVERS:
        raise NotFound
    return _for_everybody(Response(art.badge_svg(cover), mimetype="image/svg+xml"), _HOUR)


@bp.get("/credentials/status/<int(max=1000000):number>")
@public
def status_list(number: int) -> ResponseReturnValue:
    """Hand the signed list of revoked places out."""
    with database().snapshot() as session:
        document = queries.list_document(session, number)
    if document is None:
        raise NotFound
    return _for_everybody(Response(document, content_type=_JSON), _MINUTES)


@bp.get("/.well-known/did.json")
@public
def did() -> ResponseReturnValue:
    """Name the site's keys whose signatures stand."""
    site = Site(settings().base_url)
    with database().snapshot() as session:
        rows = queries.standing_keys(session, site.did)
    methods = [keys.verification_method(row.controller, row.id, row.public) for row in rows]
    text = json.dumps(documents.did_document(site, methods), ensure_ascii=False)
    return _for_everybody(Response(text, content_type="application/did+json"), _MINUTES)


def _for_everybody(response: Response, seconds: int) -> Response:
    """Let pages of other hosts read the answer: verifiers run in browsers, too."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _shown_as(form: str) -> str:
    return "inline" if form in ("png", "svg", "pdf") else "attachment"


def _png(badge: queries.Badge) -> bytes:
    return png.bake(art.badge_png(_cover(badge)), badge.document)


def _svg(badge: queries.Badge) -> bytes:
    return svg.bake(art.badge_svg(_cover(badge)), badge.document)


def _pdf(badge: queries.Badge) -> bytes:
    """Print the sheet; whoever holds the badge gets their whole name on it."""
    actor = optional_actor()
    is_own = actor is not None and actor.person_id == badge.person_id
    words = badge_words(badge, settings().base_url, full_name=is_own)
    standing = badge.standing(utc_now())
    if badge.value is None or badge.issued_at is None:
        raise NotFound
    return pdf.certificate(
        pdf.Sheet(
            language=language(),
            heading=_heading(standing),
            name=words.name,
            sentence=_deed(badge),
            title=words.title,
            facts=words.facts[:-1],
            issuer=gettext("Xiangbo"),
            seal_line=gettext("Seal of the training school"),
            serial=f"{gettext('Number')} {badge.serial}",
            statement=gettext("A completion record of this site, not a state skill certificate."),
            scan_line=gettext("Scan to check whether it is genuine"),
            check_address=words.address,
            qr_address=words.address,
            cover=words.cover,
            credential=badge.document.encode(),
            file_name=f"{badge.serial}.json",
            made_at=badge.issued_at,
            is_void=standing is Standing.REVOKED,
        )
    )


def _heading(standing: Standing) -> str:
    """Return what the sheet is; one printed after the end says so, whoever shows it."""
    headings = {
        Standing.REVOKED: gettext("Completion badge, revoked"),
        Standing.EXPIRED: gettext("Completion badge, expired"),
    }
    return headings.get(standing) or gettext("Completion badge")


def _deed(badge: queries.Badge) -> str:
    if badge.value is None or badge.value.score_percent is None:
        return gettext("studied everything of this course")
    return gettext("studied everything of this course and passed its test")


def _cover(badge: queries.Badge) -> str:
    return badge.value.cover if badge.value else ""


_FORMS: Mapping[str, tuple[Callable[[queries.Badge], bytes], str]] = {
    "json": (lambda badge: badge.document.encode(), _JSON),
    "jwt": (lambda badge: badge.jwt.encode(), "text/plain; charset=utf-8"),
    "png": (_png, "image/png"),
    "svg": (_svg, "image/svg+xml"),
    "pdf": (_pdf, "application/pdf"),
}
