"""Who may do what and where: roles held in scopes, and the permissions each role grants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person is in some scope."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    MENTOR = "mentor"
    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"


class ScopeKind(StrEnum):
    """The kinds of thing a role can be limited to."""

    PLATFORM = "platform"
    COUNTY = "county"
    INSTITUTION = "institution"
    CLASS = "class"
    COURSE = "course"


class Permission(StrEnum):
    """What a view may ask for."""

    LEARN = "learn"
    COURSE_EDIT = "course.edit"
    COURSE_PUBLISH = "course.publish"
    MEDIA_UPLOAD = "media.upload"
    COMPLETIONS_READ = "completions.read"
    COMPLETIONS_EXPORT = "completions.export"
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_HAND_OVER = "evidence.hand_over"
    CREDENTIAL_REVOKE = "credential.revoke"
    ROLES_GRANT = "roles.grant"
    TIME_READ = "time.read"
    TIME_RULE = "time.rule"
    ENROLLMENT_MOVE = "enrollment.move"
    CLASS_READ = "class.read"
    CLASS_OPEN = "class.open"
    CLASS_RUN = "class.run"
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    PEOPLE_SIGN_UP = "people.sign_up"
    IDENTITY_CHECK = "identity.check"
    IDENTITY_READ = "identity.read"
    FACTS_READ = "facts.read"
    FACTS_RECORD = "facts.record"
    POLICY_LOAD = "policy.load"
    SUBSIDY_READ = "subsidy.read"
    SUBSIDY_REVIEW = "subsidy.review"
    SUBSIDY_PUBLISH = "subsidy.publish"
    SUBSIDY_PAY = "subsidy.pay"
    AUDIT_READ = "audit.read"
    EXCHANGE_OPEN = "exchange.open"
    ORDERS_READ = "orders.read"
    ORDERS_SETTLE = "orders.settle"


class TokenScope(StrEnum):
    """What a token of another system may fetch; no scope shows an unmasked number."""

    CLASSES_READ = "classes.read"
    COMPLETIONS_READ = "completions.read"
    HOURS_READ = "hours.read"
    # Real names and masked identity numbers; without it people are numbers.
    PEOPLE_NAMES = "people.names"


_STAFF_READ = frozenset(
    {
        Permission.COMPLETIONS_READ,
        Permission.EVIDENCE_READ,
        Permission.EVIDENCE_HAND_OVER,
        Permission.CLASS_READ,
        Permission.TIME_READ,
        Permission.PEOPLE_READ,
        Permission.FACTS_READ,
        Permission.AUDIT_READ,
        Permission.SUBSIDY_READ,
        Permission.ORDERS_READ,
    }
)
# Who helps people at the village office: signs them up and looks at their card.
_VILLAGE_OFFICE = frozenset(
    {Permission.PEOPLE_READ, Permission.PEOPLE_SIGN_UP, Permission.IDENTITY_CHECK}
)

# Every signed-in person may learn; the rest comes from roles.
EVERYBODY = frozenset({Permission.LEARN})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: frozenset(),
    Role.INSTRUCTOR: frozenset(
        {
            Permission.COURSE_EDIT,
            Permission.COURSE_PUBLISH,
            Permission.MEDIA_UPLOAD,
            Permission.CLASS_READ,
            Permission.CLASS_RUN,
        }
    ),
    Role.MENTOR: _VILLAGE_OFFICE,
    Role.ADMINISTRATOR: _STAFF_READ
    | _VILLAGE_OFFICE
    | {
        Permission.COMPLETIONS_EXPORT,
        Permission.CREDENTIAL_REVOKE,
        Permission.ROLES_GRANT,
        Permission.TIME_RULE,
        Permission.ENROLLMENT_MOVE,
        Permission.CLASS_OPEN,
        Permission.CLASS_RUN,
        Permission.PEOPLE_EDIT,
        Permission.IDENTITY_READ,
        Permission.FACTS_RECORD,
        Permission.POLICY_LOAD,
        Permission.SUBSIDY_REVIEW,
        Permission.SUBSIDY_PAY,
        Permission.SUBSIDY_PUBLISH,
        Permission.EXCHANGE_OPEN,
        Permission.ORDERS_SETTLE,
    },
    Role.SUPERVISOR: _STAFF_READ,
}

# Roles that see other people's data and so sign in with a second factor.
STAFF = frozenset({Role.INSTRUCTOR, Role.MENTOR, Role.ADMINISTRATOR, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a role holds; ``id`` is the county code, the institution's, class's or course's id."""

    kind: ScopeKind
    id: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a scope."""

    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts: who, as what, and through which signed-in browser.

    ``confirmed_at`` is when this browser last proved again who it is.
    """

    person_id: int
    name: str
    grants: tuple[Grant, ...]
    sign_in_id: int
    locale: str | None = None
    confirmed_at: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether any of the actor's roles grants the permission somewhere."""
        return permission in EVERYBODY or bool(self.scopes_for(permission))

    def scopes_for(self, permission: Permission) -> tuple[Scope, ...]:
        """Return the scopes in which the actor holds the permission; queries start from these."""
        return tuple(grant.scope for grant in self.grants if permission in GRANTS[grant.role])

    def has_role(self, roles: Iterable[Role]) -> bool:
        """Tell whether the actor holds one of the roles in any scope."""
        wanted = frozenset(roles)
        return any(grant.role in wanted for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Bearer:
    """The system that calls with a token: what it may fetch of which institution in which county.

    ``last_used_at`` is when the token was last seen to be used, to the hour.
    """

    token_id: int
    institution_id: int
    county_code: str
    scopes: frozenset[TokenScope]
    last_used_at: datetime | None = None
