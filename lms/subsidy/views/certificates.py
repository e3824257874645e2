"""The learner's state certificates: entered with a photo, then looked up by the office."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput, Message, TooMany
from lms.db.session import now
from lms.subsidy import queries, service
from lms.subsidy.domain.papers import PaperKind
from lms.subsidy.forms import certificates as forms
from lms.subsidy.views.sending import LIMIT, take_paper
from lms.subsidy.words import SHOWN
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext
from lms.web.uploads import large_body

bp = Blueprint("certificates", __name__, url_prefix="/me/certificates")
Faults = dict[str, Message]


@bp.get("")
@requires(Permission.LEARN)
def mine() -> ResponseReturnValue:
    """Show the person's certificates and the form for another."""
    return _page({})


@bp.post("")
@requires(Permission.LEARN)
@large_body(LIMIT)
def enter() -> ResponseReturnValue:
    """Keep a certificate with the photo of it."""
    person_id = current_actor().person_id
    with database().snapshot() as session:
        known = queries.occupations(session)
    try:
        new = forms.parse_new(request.form, known, local_day(utc_now()))
        evidence_id = take_paper(person_id, PaperKind.CERTIFICATE)
        with database().transaction() as session:
            service.enter_certificate(
                session,
                person_id=person_id,
                named=new.named,
                said=new.said,
                evidence_id=evidence_id,
                now=now(session),
            )
    except InvalidInput as error:
        return _page(error.fields), error.status
    except (Conflict, TooMany) as error:
        return _page({"number": error.message}), error.status
    flash(gettext("The certificate is kept. The office looks it up in the registry."), "ok")
    return redirect(url_for("certificates.mine"), 303)


def _page(faults: Faults) -> str:
    with database().snapshot() as session:
        held = queries.certificates(session, current_actor().person_id)
        known = queries.occupations(session)
    return render_template(
        "subsidy/certificates.html",
        held=held,
        occupations=known,
        faults=faults,
        form=request.form,
        today=local_day(utc_now()),
        **SHOWN,
    )
