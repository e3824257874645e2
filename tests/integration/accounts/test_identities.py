"""Identity numbers in the database: sealed for their row, one account each, looked at by others."""

from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from lms.accounts import queries
from lms.accounts.domain.identity import NewGuardian
from lms.accounts.gateway import UnreadableSecret, Vault
from lms.accounts.models import CheckMethod, CheckResult, Identity, IdentityCheck, IdentityState
from lms.accounts.service import guardians, identities
from lms.accounts.service.identities import Look, place
from lms.core.errors import Conflict, Forbidden, InvalidInput
from lms.db.session import now
from tests.factories.accounts import make_person
from tests.factories.identity import agree, make_number

SEVENTEEN = date(2009, 6, 1)


def seen(clerk, number=None, result=CheckResult.VERIFIED, words=None):
    return Look(CheckMethod.IN_PERSON, result, clerk.id, number=number, words=words)


def look(database, keys, person, found):
    with database.transaction() as session:
        identities.look(session, person_id=person.id, found=found, keys=keys, now=now(session))


def declare(database, keys, person, number):
    with database.transaction() as session:
        identities.declare(
            session,
            person_id=person.id,
            number=number,
            by_id=person.id,
            keys=keys,
            now=now(session),
        )


def row_of(database, person):
    with database.snapshot() as session:
        return queries.identity_of(session, person.id)


def test_a_declared_number_is_sealed_and_shown_by_its_last_four_signs(database, keys, people):
    learner, *_ = people
    number = make_number()
    declare(database, keys, learner, number)
    row = row_of(database, learner)
    assert (row.state, row.mask) == ("declared", "*" * 14 + number[-4:])
    assert (row.birth_date, row.sex) == (date(1988, 5, 20), "F")
    assert number not in row.number
    assert keys.vault.open(row.number, place=place(learner.id)) == number


def test_a_number_sealed_for_one_person_opens_for_no_other(database, keys, people):
    learner, other, _ = people
    declare(database, keys, learner, make_number())
    declare(database, keys, other, make_number())
    first, second = row_of(database, learner), row_of(database, other)
    with pytest.raises(UnreadableSecret):
        keys.vault.open(second.number, place=place(learner.id))
    assert first.number_index != second.number_index


def test_a_new_key_writes_and_the_old_one_still_reads(database, keys, people):
    learner, *_ = people
    number = make_number()
    declare(database, keys, learner, number)
    sealed = row_of(database, learner).number
    rotated = Vault({"k2": bytes(32), "k1": bytes(range(32))})
    assert rotated.open(sealed, place=place(learner.id)) == number
    assert not rotated.is_newest(sealed)
    with pytest.raises(UnreadableSecret):
        Vault({"k2": bytes(32)}).open(sealed, place=place(learner.id))


def test_a_number_of_somebody_else_is_refused_without_a_word_about_them(database, keys, people):
    learner, other, _ = people
    number = make_number()
    declare(database, keys, learner, number)
    with pytest.raises(InvalidInput) as refused:
        declare(database, keys, other, number)
    assert refused.value.fields["number"].code == "id_taken"
    assert learner.name not in refused.value.fields["number"].text
    assert row_of(database, other) is None


def test_the_database_itself_keeps_one_number_to_one_account(database, keys, people):
    learner, other, _ = people
    declare(database, keys, learner, make_number())
    declare(database, keys, other, make_number())
    taken = row_of(database, learner).number_index
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(
            update(Identity).where(Identity.person_id == other.id).values(number_index=taken)
        )


def test_whoever_shows_the_card_gets_the_number_somebody_else_only_typed(database, keys, people):
    learner, other, clerk = people
    number = make_number()
    declare(database, keys, other, number)
    look(database, keys, learner, seen(clerk, number))
    assert row_of(database, learner).state == IdentityState.VERIFIED
    assert row_of(database, other) is None
    with database.snapshot() as session:
        assert [each.result for each in queries.checks_of(session, other.id)] == ["released"]


def test_a_number_verified_for_somebody_is_not_taken_away(database, keys, people):
    learner, other, clerk = people
    number = make_number()
    look(database, keys, other, seen(clerk, number))
    with pytest.raises(Conflict, match="identity_elsewhere"):
        look(database, keys, learner, seen(clerk, number))
    assert row_of(database, other).state == IdentityState.VERIFIED
    assert row_of(database, learner) is None


def test_nobody_looks_at_their_own_card(database, keys, people):
    *_, clerk = people
    with database.transaction() as session:
        agree(session, clerk, "sensitive")
    declare(database, keys, clerk, make_number())
    with pytest.raises(Forbidden, match="identity_of_oneself"):
        look(database, keys, clerk, seen(clerk))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(
            update(Identity)
            .where(Identity.person_id == clerk.id)
            .values(
                state="verified",
                method="in_person",
                checked_at=now(session),
                checked_by_id=clerk.id,
            )
        )


def test_a_verified_number_is_not_changed_by_its_owner(database, keys, people):
    learner, _, clerk = people
    look(database, keys, learner, seen(clerk, make_number()))
    with pytest.raises(Conflict, match="identity_verified"):
        declare(database, keys, learner, make_number())


def test_what_did_not_fit_is_kept_and_may_be_typed_anew(database, keys, people):
    learner, _, clerk = people
    declare(database, keys, learner, make_number())
    look(database, keys, learner, seen(clerk, result=CheckResult.REFUSED, words="照片不是本人"))
    assert row_of(database, learner).state == IdentityState.REFUSED
    declare(database, keys, learner, make_number())
    assert row_of(database, learner).state == IdentityState.DECLARED
    with database.snapshot() as session:
        (check,) = queries.checks_of(session, learner.id)
        assert (check.result, check.words) == ("refused", "照片不是本人")


def test_checks_are_written_once_and_for_all(database, keys, people):
    learner, _, clerk = people
    look(database, keys, learner, seen(clerk, make_number()))
    for statement in (delete(IdentityCheck), update(IdentityCheck).values(result="refused")):
        with pytest.raises(DatabaseError), database.transaction() as session:
            session.execute(statement)


@pytest.mark.parametrize(("born", "said"), [(date(2012, 1, 1), "too_young")])
def test_a_child_is_refused(database, keys, people, born, said):
    learner, *_ = people
    with pytest.raises(InvalidInput) as refused:
        declare(database, keys, learner, make_number(born))
    assert refused.value.fields["number"].code == said


def test_under_eighteen_a_guardian_has_to_agree_before_the_card_counts(database, keys, people):
    learner, _, clerk = people
    number = make_number(SEVENTEEN)
    declare(database, keys, learner, number)
    with pytest.raises(Conflict, match="guardian_missing"):
        look(database, keys, learner, seen(clerk))
    with database.transaction() as session:
        mother = NewGuardian("林母", "母亲", "13900000001")
        guardians.agree_in_person(
            session, person_id=learner.id, new=mother, by_id=clerk.id, now=now(session)
        )
    look(database, keys, learner, seen(clerk))
    assert row_of(database, learner).state == IdentityState.VERIFIED


def test_without_consent_no_number_is_taken(database, keys):
    with database.transaction() as session:
        learner = make_person(session)
    with pytest.raises(Conflict, match="consent_missing"):
        declare(database, keys, learner, make_number())
