"""The demo's cards, agreements and accounts: sealed, masked, some looked at and some not."""

from collections import Counter

from sqlalchemy import func, select

from lms.accounts.domain.identity import INDEX_KIND, birth_date_of, number_fault, sex_of
from lms.accounts.gateway import Keys
from lms.accounts.models import BankAccount, Consent, Identity, IdentityCheck, Person
from lms.accounts.service.identities import place
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.demo.domain import CARDED, id_number_of, identity_of, learner
from lms.subsidy.models import LearnerFact
from tests.integration.demo.conftest import Plant


def test_numbers_are_sound_nobodys_and_can_be_opened_with_the_key_alone(
    demo: Database, demo_keys: Keys
) -> None:
    with demo.snapshot() as session:
        today = local_day(now(session))
        rows = session.scalars(select(Identity)).all()
        opened = [demo_keys.vault.open(row.number, place=place(row.person_id)) for row in rows]
    assert len(opened) > 60
    assert len(set(opened)) == len(opened)
    for row, number in zip(rows, opened, strict=True):
        assert number_fault(number, today=today) is None
        assert number.startswith("99")  # no province
        assert row.mask == "*" * 14 + number[-4:]
        assert number not in row.number
        assert row.number_index == demo_keys.index.of(INDEX_KIND, number)
        assert (row.birth_date, row.sex) == (birth_date_of(number), sex_of(number))


def test_some_cards_were_looked_at_some_only_typed_and_some_never_asked_for(
    demo: Database,
) -> None:
    with demo.snapshot() as session:
        learners = select(Person.id).where(Person.phone < "13800000031")
        states = Counter(
            session.scalars(select(Identity.state).where(Identity.person_id.in_(learners)))
        )
        looked = session.scalars(select(IdentityCheck)).all()
    assert states == {"verified": 19, "declared": 5, "refused": 1}
    assert all(each.by_id != each.person_id for each in looked)


def test_everybody_agreed_before_anything_was_kept_and_one_took_it_back(
    demo: Database,
) -> None:
    with demo.snapshot() as session:
        consents = session.execute(
            select(Consent.person_id, Consent.subject, Consent.version, Consent.given_at)
        ).all()
        entered = {
            row[0]: row[1]
            for row in session.execute(select(Identity.person_id, Identity.entered_at))
        }
        back = session.execute(
            select(Person.phone, Consent.subject)
            .join(Consent, Consent.person_id == Person.id)
            .where(Consent.withdrawn_at.is_not(None))
        ).all()
        of_one = session.scalars(
            select(LearnerFact.value)
            .join(Person, Person.id == LearnerFact.person_id)
            .where(Person.phone == "13800000009", LearnerFact.key == "consent")
            .order_by(LearnerFact.id)
        ).all()
    given = {(row[0], row[1]): row[3] for row in consents}
    assert all(row[2] for row in consents)
    assert entered
    assert all(given[person_id, "sensitive"] <= at for person_id, at in entered.items())
    assert [tuple(row) for row in back] == [("13800000009", "handover")]
    assert of_one == [True, False]


def test_a_few_have_an_account_and_it_is_not_always_their_own(demo: Database) -> None:
    with demo.snapshot() as session:
        states = Counter(session.scalars(select(BankAccount.state)))
        masks = session.scalars(select(BankAccount.mask)).all()
    assert states == {"confirmed": 33, "declared": 2, "refused": 2}
    assert all(mask.startswith("*" * 15) for mask in masks)


def test_what_a_card_says_is_known_to_the_subsidy_rules(demo: Database) -> None:
    with demo.snapshot() as session:
        person_id = session.scalars(select(Person.id).where(Person.phone == "13800000001")).one()
        facts = {
            row[0]: (row[1], row[2])
            for row in session.execute(
                select(LearnerFact.key, LearnerFact.value, LearnerFact.source).where(
                    LearnerFact.person_id == person_id
                )
            )
        }
        unseen = session.scalars(
            select(LearnerFact.value)
            .join(Person, Person.id == LearnerFact.person_id)
            .where(Person.phone == "13800000004", LearnerFact.key == "real_name_verified")
        ).all()
    own = identity_of(1, 1)
    assert facts["real_name_verified"] == (True, "staff")
    assert facts["birth_date"] == (own.birth_date.isoformat(), "staff")
    assert facts["sex"] == (own.sex, "staff")
    assert unseen == [None]


def test_a_second_run_asks_for_no_card_again(database: Database, plant: Plant) -> None:
    plant(learners=8)
    counted = [Consent, Identity, IdentityCheck, BankAccount, LearnerFact]

    def counts() -> list[int | None]:
        with database.snapshot() as session:
            return [session.scalar(select(func.count()).select_from(each)) for each in counted]

    before = counts()
    plant(learners=8)
    assert counts() == before
    assert before[0]


def test_the_same_seed_gives_the_same_numbers_and_no_two_people_the_same() -> None:
    numbers = [id_number_of(n, learner(n, 1).county_code, 1) for n in range(1, CARDED + 1)]
    again = [id_number_of(n, learner(n, 1).county_code, 1) for n in range(1, CARDED + 1)]
    others = {id_number_of(n, learner(n, 2).county_code, 2) for n in range(1, CARDED + 1)}
    assert numbers == again
    assert len(set(numbers)) == CARDED
    assert not others & set(numbers)
