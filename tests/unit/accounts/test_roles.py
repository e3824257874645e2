"""Who may give and take roles."""

import pytest

from lms.accounts.domain.roles import grant_refusal, read_scope, removal_refusal, written_scope
from lms.core.access import Grant, Role, Scope, ScopeKind

PLATFORM = Scope(ScopeKind.PLATFORM)
HERE = Scope(ScopeKind.COUNTY, "330822")
THERE = Scope(ScopeKind.COUNTY, "330881")
CLASS = Scope(ScopeKind.CLASS, "7")


def refusal(*, own=1, scopes=(HERE,), person=2, places=(HERE,)):
    found = grant_refusal(own_id=own, own_scopes=scopes, person_id=person, places=places)
    return found.code if found else None


def test_an_administrator_grants_inside_the_own_county():
    assert refusal() is None
    assert refusal(places=(CLASS, HERE)) is None


def test_nobody_grants_to_oneself_not_even_for_the_whole_platform():
    assert refusal(person=1) == "role_of_oneself"
    assert refusal(person=1, scopes=(PLATFORM,)) == "role_of_oneself"


@pytest.mark.parametrize("places", [(THERE,), (PLATFORM,), (CLASS,), (CLASS, THERE)])
def test_nobody_grants_outside_the_own_scope(places):
    assert refusal(places=places) == "role_out_of_scope"


def test_without_a_scope_nothing_can_be_granted():
    assert refusal(scopes=()) == "role_out_of_scope"


def test_the_operator_at_the_shell_may():
    assert refusal(own=None, scopes=(), places=(PLATFORM,)) is None


def test_the_last_administrator_stays():
    leaving = Grant(Role.ADMINISTRATOR, HERE)
    found = removal_refusal(leaving, [Grant(Role.ADMINISTRATOR, THERE)])
    assert found is not None
    assert found.code == "last_administrator"


@pytest.mark.parametrize("scope", [HERE, PLATFORM])
def test_an_administrator_may_go_where_another_can_give_roles(scope):
    leaving = Grant(Role.ADMINISTRATOR, HERE)
    assert removal_refusal(leaving, [Grant(Role.ADMINISTRATOR, scope)]) is None


def test_an_administrator_of_the_platform_is_not_replaced_by_one_of_a_county():
    leaving = Grant(Role.ADMINISTRATOR, PLATFORM)
    assert removal_refusal(leaving, [Grant(Role.ADMINISTRATOR, HERE)]) is not None


def test_any_other_role_may_always_be_taken():
    assert removal_refusal(Grant(Role.INSTRUCTOR, HERE), []) is None


@pytest.mark.parametrize("text", ["platform", "county:330822", "class:7"])
def test_a_scope_is_read_as_it_is_written(text):
    assert written_scope(read_scope(text)) == text


@pytest.mark.parametrize("text", ["", "county", "county:", "platform:1", "moon:1"])
def test_a_scope_that_means_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_scope(text)
