"""Institutions of one's county, the known programmes, and the bureau's lists of them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.catalog.service import institutions as service
from lms.core.access import Permission
from lms.core.clock import local_day, utc_now
from lms.db.session import now
from lms.staff import forms, queries
from lms.staff.views.again import Faults, reshow
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext

bp = Blueprint("institutions", __name__, url_prefix="/staff/institutions")
_ID = "<int(max=9223372036854775807):institution_id>"


def _page(*, faults: Faults | None = None) -> ResponseReturnValue:
    with database().snapshot() as session:
        shown = queries.catalogue(session, current_actor())
    return render_template(
        "staff/institutions.html",
        shown=shown,
        faults=faults or {},
        typed=request.form,
        today=local_day(utc_now()),
    )


@bp.get("")
@requires(Permission.CLASS_OPEN)
def index() -> ResponseReturnValue:
    """Show institutions, programmes and what the lists name."""
    return _page()


@bp.post("")
@requires(Permission.CLASS_OPEN)
@reshow(_page)
def add() -> ResponseReturnValue:
    """Enter an institution."""
    actor = current_actor()
    with database().transaction() as session:
        places = queries.own_counties(session, actor.scopes_for(Permission.CLASS_OPEN))
        county = forms.parse_county(request.form, places)
        new = forms.parse_institution(request.form)
        service.add_institution(
            session,
            actor=actor,
            slug=new.slug,
            county_code=county,
            facts=_facts(new),
            now=now(session),
        )
    flash(gettext("The institution is entered."), "ok")
    return redirect(url_for("institutions.index"))


def _edit_page(institution_id: int, *, faults: Faults | None = None) -> ResponseReturnValue:
    with database().snapshot() as session:
        row = queries.institution_in_reach(session, current_actor(), institution_id)
    return render_template(
        "staff/institution.html", row=row, faults=faults or {}, typed=request.form
    )


@bp.get(f"/{_ID}")
@requires(Permission.CLASS_OPEN)
def edit(institution_id: int) -> ResponseReturnValue:
    """Show what is known of an institution, to change it."""
    return _edit_page(institution_id)


@bp.post(f"/{_ID}")
@requires(Permission.CLASS_OPEN)
@reshow(_edit_page)
def change(institution_id: int) -> ResponseReturnValue:
    """Change what is known of an institution."""
    actor = current_actor()
    with database().transaction() as session:
        row = queries.institution_in_reach(session, actor, institution_id)
        facts = _facts(forms.parse_institution(request.form, slug=row.slug))
        service.change_institution(session, actor=actor, row=row, facts=facts, now=now(session))
    flash(gettext("Saved."), "ok")
    return redirect(url_for("institutions.index"))


@bp.post("/lists")
@requires(Permission.CLASS_OPEN)
@reshow(_page)
def add_listing() -> ResponseReturnValue:
    """Write down that a list names a programme of an institution."""
    actor = current_actor()
    with database().transaction() as session:
        new = forms.parse_listing(request.form)
        row = queries.institution_in_reach(session, actor, new.institution_id)
        listing = service.Listing(
            row.county_code,
            new.list_name,
            new.programme,
            row.id,
            new.starts_on,
            new.ends_on,
        )
        service.add_listing(session, actor=actor, listing=listing, now=now(session))
    flash(gettext("The row is on the list."), "ok")
    return redirect(url_for("institutions.index", _anchor="lists"))


@bp.post("/lists/<int(max=9223372036854775807):listing_id>/end")
@requires(Permission.CLASS_OPEN)
def end_listing(listing_id: int) -> ResponseReturnValue:
    """Let a row of a list end on a day."""
    actor, day = current_actor(), forms.parse_last_day(request.form)
    with database().transaction() as session:
        row = queries.listing_in_reach(session, actor, listing_id)
        service.end_listing(session, actor=actor, row=row, ends_on=day, now=now(session))
    flash(gettext("The row ends on that day."), "ok")
    return redirect(url_for("institutions.index", _anchor="lists"))


def _facts(new: forms.NewInstitution) -> service.InstitutionFacts:
    name = {"zh": new.name_zh, **({"en": new.name_en} if new.name_en else {})}
    return service.InstitutionFacts(name, new.code, new.uscc, new.contact)
