"""Who may give and take which role: inside one's own scope, never one's own, never the last."""

from collections.abc import Iterable

from lms.core.access import Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict, Forbidden, LmsError


def covers(wide: Scope, narrow: Scope) -> bool:
    """Tell whether a role held in ``wide`` also holds in ``narrow``."""
    return wide.kind == ScopeKind.PLATFORM or wide == narrow


def grant_refusal(
    *, own_id: int | None, own_scopes: Iterable[Scope], person_id: int, places: Iterable[Scope]
) -> LmsError | None:
    """Return why a role may not be given or taken, ``None`` where it may.

    ``places`` is the scope of the role and all that enclose it (a class lies in
    an institution, an institution in a county). ``own_id`` is ``None`` for the
    operator at the shell, who may do anything.
    """
    if own_id is None:
        return None
    if own_id == person_id:
        return Forbidden(
            "role_of_oneself", "Nobody changes their own roles. Please ask a colleague."
        )
    around = tuple(places)
    if not any(covers(own, place) for own in own_scopes for place in around):
        return Forbidden("role_out_of_scope", "This role lies outside what you look after.")
    return None


def removal_refusal(leaving: Grant, others: Iterable[Grant]) -> LmsError | None:
    """Return why an administrator must stay: somebody has to be able to give roles there."""
    if leaving.role != Role.ADMINISTRATOR:
        return None
    for other in others:
        if other.role == Role.ADMINISTRATOR and covers(other.scope, leaving.scope):
            return None
    return Conflict(
        "last_administrator", "This is the last administrator. Please name another first."
    )


def read_scope(text: str) -> Scope:
    """Return the scope written as ``kind:id``, or ``platform``. Raises ``ValueError``."""
    kind, _, identity = text.partition(":")
    scope = Scope(ScopeKind(kind), identity)
    if (scope.kind == ScopeKind.PLATFORM) == bool(identity):
        raise ValueError(text)
    return scope


def written_scope(scope: Scope) -> str:
    """Return the scope as ``kind:id``, or ``platform``."""
    return f"{scope.kind}:{scope.id}" if scope.id else str(scope.kind)
