"""Reads how a county wants its lists, and some lines as they would look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import InvalidInput, NotFound
from lms.db.session import now
from lms.roster import queries as roster
from lms.roster.domain.fields import FIELDS, FORMS, Field, fields_of
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.sheets import as_texts
from lms.roster.domain.templates import Template, faults_of, template_of
from lms.roster.queries import Choice, VersionView
from lms.staff.queries.institutions import own_counties

_LINES = 5


@dataclass(frozen=True, slots=True)
class Forms:
    """The lists of a county, each with what is in force and since when."""

    county: Choice
    counties: Sequence[Choice]
    templates: Mapping[ExportKind, tuple[Template, datetime | None]]


@dataclass(frozen=True, slots=True)
class Editor:
    """One list as somebody changes it; ``content`` is what stands in the fields."""

    kind: ExportKind
    county: Choice
    content: Mapping[str, Any]
    seen: int
    versions: Sequence[VersionView]

    @property
    def columns(self) -> list[tuple[Mapping[str, str], Field | None, tuple[str, ...]]]:
        """Return each column with what it shows, and the forms it may be written in."""
        found = []
        for each in self.content["columns"]:
            field = FIELDS.get(each["key"])
            found.append((each, field, FORMS[field.shape] if field else ()))
        return found

    @property
    def left(self) -> list[Field]:
        """Return what the list may have besides."""
        there = {each["key"] for each in self.content["columns"]}
        return [field for field in fields_of(self.kind) if field.key not in there]


def roster_county(session: Session, actor: Actor, code: str | None) -> tuple[Choice, list[Choice]]:
    """Return the county whose lists are meant, and all the actor has. Raises ``NotFound``."""
    choices = own_counties(session, actor.scopes_for(Permission.COMPLETIONS_EXPORT))
    chosen = [each for each in choices if code in (None, "", each.value)]
    if not chosen:
        raise NotFound
    return chosen[0], choices


def roster_board(session: Session, actor: Actor, code: str | None) -> Forms:
    """Return the lists of a county. Raises ``NotFound`` for one out of reach."""
    county, counties = roster_county(session, actor, code)
    return Forms(county, counties, roster.templates_in_force(session, county.value))


def roster_editor(session: Session, actor: Actor, code: str | None, kind: ExportKind) -> Editor:
    """Return a list as it is in force. Raises ``NotFound`` for a county out of reach."""
    county, _ = roster_county(session, actor, code)
    template = roster.template_in_force(session, county.value, kind)
    known = roster.versions(session, county.value, kind)
    seen = known[0].version if known else 0
    return Editor(kind, county, template.as_content(), seen, known)


def roster_lines(session: Session, editor: Editor) -> list[Sequence[str]]:
    """Return some lines of the county as the list would have them, masked and in Chinese.

    Raises ``InvalidInput`` for a content that is none.
    """
    faults = faults_of(editor.kind, editor.content)
    if faults:
        raise InvalidInput({"template": faults[0]})
    template = template_of(editor.kind, editor.content)
    scope = Scope(ScopeKind.COUNTY, editor.county.value)
    selection = roster.Selection((scope,), Filters(status=Status.ALL))
    wanted = roster.Wanted(editor.kind, selection)
    today = local_day(now(session))
    rows = roster.rows_of(session, wanted, template, today=today, chunk=_LINES)
    return [
        [
            as_texts(column, [cell])[0]
            for column, cell in zip(template.columns, row.cells.values(), strict=True)
        ]
        for row in islice(rows, _LINES)
    ]
