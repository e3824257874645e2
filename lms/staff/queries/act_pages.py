"""Which of the things acts were done to have a page the actor may open: one column, no more."""

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, exists, false, func
from sqlalchemy.orm import InstrumentedAttribute

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.catalog.models import Institution
from lms.core.access import Actor, Permission
from lms.credentials.models import Credential
from lms.enrollment.models import ClassSession, Enrollment, TrainingClass
from lms.enrollment.queries import class_in_scope, in_scope
from lms.progress.models import StudyFlag
from lms.progress.queries import in_counties
from lms.staff.queries.institutions import institution_in_scope
from lms.subsidy.models import SubsidyClaim
from lms.subsidy.queries import loads_policies
from lms.subsidy.queries.claim_desk import near


def has_page(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that what an act was done to has a page in the actor's reach.

    People are not among it: who they are is read with their names.
    """
    classes = class_in_scope(actor.scopes_for(Permission.CLASS_READ))
    badges = in_scope(actor.scopes_for(Permission.COMPLETIONS_READ))
    flags = in_counties(actor.scopes_for(Permission.TIME_READ))
    schools = institution_in_scope(actor.scopes_for(Permission.CLASS_OPEN))
    return case(
        (_is("class"), exists().where(_key("class", TrainingClass.id), classes)),
        (
            _is("class_session"),
            exists().where(
                _key("class_session", ClassSession.id),
                TrainingClass.id == ClassSession.training_class_id,
                classes,
            ),
        ),
        (
            _is("credential"),
            exists().where(
                _key("credential", Credential.id),
                Credential.document.is_not(None),
                Enrollment.id == Credential.enrollment_id,
                badges,
            ),
        ),
        (_is("claim"), exists().where(_key("claim", SubsidyClaim.id), near(actor))),
        (_is("institution"), exists().where(_key("institution", Institution.id), schools)),
        (_is("policy_proposal"), loads_policies(actor)),
        (
            _is("study_flag"),
            exists().where(
                _key("study_flag", StudyFlag.id), Person.id == StudyFlag.person_id, flags
            ),
        ),
        else_=false(),
    )


def _is(kind: str) -> ColumnElement[bool]:
    return AuditEntry.subject.startswith(f"{kind}:", autoescape=True)


def _key(
    kind: str, column: InstrumentedAttribute[int] | InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """Return the condition that the row is the one the act names."""
    written: ColumnElement[str] = func.substr(AuditEntry.subject, len(kind) + 2)
    if isinstance(column.type, String):
        return column == written
    # Elsewhere it is no number.
    return column == case((_is(kind), cast(written, BigInteger)))
