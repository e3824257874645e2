"""What does not pass its own check is never kept, and keeps no other badge waiting."""

from typing import Any

import pytest

from lms.credentials.domain.addresses import Site
from lms.credentials.gateway import keys
from lms.credentials.service import issuing
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.credentials import (
    issue_all,
    make_badge_course,
    make_graduate,
    make_pending,
)


def test_a_document_with_a_member_no_context_defines_is_not_kept(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuing.documents.credential
    monkeypatch.setattr(
        issuing.documents, "credential", lambda *given: {**real(*given), "subsidyAmount": "600"}
    )
    with database.transaction() as session:
        make_pending(session, make_graduate(session))
    (badge,) = issue_all(database, settings)
    assert (badge.state, badge.document) == ("pending", None)


def test_a_document_that_breaks_the_schema_is_not_kept(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuing.documents.credential

    def without_criteria(*given: Any) -> dict[str, Any]:
        made = real(*given)
        del made["credentialSubject"]["achievement"]["criteria"]
        return made

    monkeypatch.setattr(issuing.documents, "credential", without_criteria)
    with database.transaction() as session:
        make_pending(session, make_graduate(session))
    (badge,) = issue_all(database, settings)
    assert badge.state == "pending"


@pytest.mark.parametrize("what", ["sign", "encode_token"])
def test_a_signature_that_does_not_stand_is_not_kept(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """As where a library or the memory fails: what the check reads is not what was meant."""
    real = getattr(keys, what)

    def other(first: Any, *rest: Any) -> str:
        if what == "sign":
            return real(first, b"something else")
        return real({**first, "name": "something else"}, *rest)

    monkeypatch.setattr(keys, what, other)
    with database.transaction() as session:
        make_pending(session, make_graduate(session))
    (badge,) = issue_all(database, settings)
    assert (badge.state, badge.document) == ("pending", None)


def test_a_badge_whose_check_fails_keeps_no_other_from_being_signed(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        course = make_badge_course(session)
        ids = [make_pending(session, make_graduate(session, course=course)) for _ in range(3)]
    real = issuing.documents.credential
    bad = ids[0]

    def sometimes(value: Any, award: Any, site: Site) -> dict[str, Any]:
        made = real(value, award, site)
        return {**made, "undefinedMember": "1"} if award.id == bad else made

    monkeypatch.setattr(issuing.documents, "credential", sometimes)
    states = {badge.id: badge.state for badge in issue_all(database, settings)}
    assert states == {bad: "pending", ids[1]: "valid", ids[2]: "valid"}
