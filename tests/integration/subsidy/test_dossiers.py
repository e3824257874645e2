"""What certificates, complete lists and open flags make of a judgement, in one statement."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.events import HandoverConsentChanged, IdentityChanged, PayeeChanged
from lms.core.clock import local_day
from lms.db.bus import emit
from lms.db.session import Database, now
from lms.progress.domain.flags import FlagRuling
from lms.progress.models import StudyFlag
from lms.subsidy import queries, service
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.domain.papers import CertificateStatus
from lms.subsidy.domain.written import Said
from lms.subsidy.gateway import shelf
from lms.subsidy.models import Evidence, ExternalCertificate, FactList, LearnerFact
from tests.factories.accounts import make_county, make_person
from tests.factories.subsidy import TODAY, Subsidised, make_fact, make_subsidised
from tests.integration.subsidy.conftest import meters_of, verdicts
from tests.support.statements import asked

ISSUED = date(2026, 5, 12)


def anchor(database: Database, own: Subsidised) -> dict[str, tuple[str, str]]:
    return verdicts(meters_of(database, own)["anchor-l5"])


def make_paper(database: Database, own: Subsidised) -> str:
    with database.transaction() as session:
        session.add(
            Evidence(
                id="00000000-0000-0000-0000-000000000001",
                person_id=own.person.id,
                kind="certificate",
                content_type="image/jpeg",
                byte_size=1,
                sha256="0" * 64,
                key_name="k1",
                uploaded_by_id=own.person.id,
                uploaded_at=now(session),
            )
        )
    return "00000000-0000-0000-0000-000000000001"


def enter(database: Database, own: Subsidised, paper: str, **words: object) -> int:
    values = {
        "occupation": "4-01-06-02",
        "work_type": "直播销售员",
        "level": 5,
        "issued_on": ISSUED,
        "issuer": "衢州市某评价机构",
        **words,
    }
    number = str(values.pop("number", "S000033080012345"))
    with database.transaction() as session:
        return service.enter_certificate(
            session,
            person_id=own.person.id,
            named=("skill_level", number),
            said=Said(**values),  # type: ignore[arg-type]  # as a test writes them
            evidence_id=paper,
            now=now(session),
        )


def test_a_certificate_is_asked_for_its_occupation_and_waits_for_the_registry(
    database: Database, own: Subsidised
) -> None:
    assert anchor(database, own)["WINDOW"] == ("not_applicable", "no_certificate")
    paper = make_paper(database, own)
    enter(database, own, paper, number="OTHER-0001", occupation="4-01-06-01", work_type="网商")
    assert anchor(database, own)["CERT"] == ("unknown", "missing")
    enter(database, own, paper)
    found = anchor(database, own)
    assert found["CERT"] == ("unknown", "registry_unknown")
    # A claim made today would be in time.
    assert found["WINDOW"] == ("pass", "in_time")


def test_a_valid_certificate_goes_before_a_newer_one_that_was_revoked(
    database: Database, own: Subsidised
) -> None:
    paper = make_paper(database, own)
    enter(database, own, paper)
    enter(
        database,
        own,
        paper,
        number="S0000330800099",
        issued_on=date(2026, 5, 30),
        status=CertificateStatus.REVOKED,
    )
    assert anchor(database, own)["CERT"] == ("unknown", "registry_unknown")


@pytest.mark.parametrize(
    ("ruling", "found"),
    [
        (None, ("unknown", "open")),
        (FlagRuling.NOT_STUDY, ("fail", "confirmed")),
        (FlagRuling.EXPLAINED, ("pass", "clear")),
    ],
)
def test_what_looked_unlike_studying_waits_for_a_person(
    database: Database, own: Subsidised, ruling: FlagRuling | None, found: tuple[str, str]
) -> None:
    assert anchor(database, own)["INTEGRITY"] == ("pass", "clear")
    with database.transaction() as session:
        other = make_person(session)
        session.add(
            StudyFlag(
                person_id=own.person.id,
                kind="long_nights",
                day=1,
                evidence={},
                found_at=now(session),
                ruling=ruling,
                reason="看过了" if ruling else None,
                ruled_by_id=other.id if ruling else None,
                ruled_at=now(session) if ruling else None,
            )
        )
    assert anchor(database, own)["INTEGRITY"] == found


def test_a_complete_list_answers_for_everybody_of_its_county(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        make_county(session, "330881")
        away = make_subsidised(session)
        away.person.county_code = "330881"
        session.execute(
            insert(FactList),
            [
                {
                    "county_code": "330822",
                    "kind": kind,
                    "title": "名单",
                    "as_of": date(2026, 4, 30),
                    "sha256": "1" * 64,
                    "rows": 1,
                    "matched": 0,
                    "imported_by_id": own.person.id,
                    "imported_at": now(session),
                    "is_complete": kind != "public_staff",
                }
                for kind in ("pension", "public_staff", "subsidies")
            ],
        )
    found = anchor(database, own)
    assert found["NOT_PENSION"] == ("pass", "no_pension")
    # This one is not complete, so it says nothing of her.
    assert found["NOT_STAFF"] == ("unknown", "missing")
    assert (found["ONCE"][0], found["CAP_TOTAL"][0]) == ("pass", "pass")
    assert anchor(database, away)["NOT_PENSION"] == ("unknown", "missing")
    rows = meters_of(database, own)["anchor-l5"].rows
    fact = next(row.fact for row in rows if row.result.id == "NOT_PENSION")
    assert fact is not None
    assert (fact.source, fact.valid_from) == (FactSource.IMPORT, date(2026, 4, 30))


def test_one_statement_gathers_everything_for_many_people(
    database: Database, own: Subsidised
) -> None:
    people = [own.person.id]
    with database.transaction() as session:
        people += [make_subsidised(session).person.id for _ in range(3)]
    paper = make_paper(database, own)
    enter(database, own, paper)
    with database.snapshot() as session:
        queries.dossiers(session, people)
    with database.snapshot() as session, asked(database) as said:
        assert len(queries.dossiers(session, people).people) == 4
    assert len(said) == 1


def test_another_day_alone_makes_no_new_decision(database: Database, own: Subsidised) -> None:
    enter(database, own, make_paper(database, own))
    for day, written in ((1, 2), (2, 0), (600, 2)):
        with database.transaction() as session:
            at = datetime(2026, 6, 1, 4, tzinfo=UTC) + timedelta(days=day)
            done = service.decide_people(session, people=[own.person.id], shelf=shelf(), now=at)
        # On the last of these days the time to apply is over.
        assert done.written == written if day != 600 else done.written == 1


def test_who_somebody_is_comes_from_what_happens_to_their_identity(
    database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        at, staff = now(session), make_person(session)
        person = own.person.id
        born = date(1990, 1, 1)
        emit(session, IdentityChanged(person, is_verified=True, sex="F", birth_date=born,
                                      by_id=staff.id, at=at))  # fmt: skip
        emit(session, PayeeChanged(person, name_matches=True, by_id=None, at=at))
        emit(session, HandoverConsentChanged(person, is_given=True, at=at))
    with database.snapshot() as session:
        found = {
            key: (entries[0].fact.value, entries[0].fact.source.value)
            for key, entries in queries.history(session, own.person.id).items()
        }
    assert found == {
        FactKey.REAL_NAME_VERIFIED: (True, "staff"),
        FactKey.SEX: ("F", "staff"),
        FactKey.BIRTH_DATE: ("1990-01-01", "staff"),
        FactKey.PAYEE_NAME_MATCHES: (True, "declared"),
        FactKey.CONSENT: (True, "declared"),
    }
    with database.transaction() as session:
        # The number was changed: nobody has looked at the new one.
        emit(session, IdentityChanged(own.person.id, is_verified=None, sex="M",
                                      birth_date=None, by_id=None, at=now(session)))  # fmt: skip
        emit(session, HandoverConsentChanged(own.person.id, is_given=False, at=now(session)))
    with database.snapshot() as session:
        dossier = queries.dossiers(session, [own.person.id]).people[own.person.id]
        today = now(session).date() + timedelta(days=1)
    known = dossier.known(first_day=TODAY, today=today)
    values = {key: fact.value for key, fact in known.items()}
    assert values[FactKey.REAL_NAME_VERIFIED] is None
    assert (values[FactKey.SEX], values[FactKey.BIRTH_DATE]) == ("M", None)
    assert values[FactKey.CONSENT] is False


def test_papers_lists_and_certificates_are_kept_for_ever(
    database: Database, own: Subsidised
) -> None:
    enter(database, own, make_paper(database, own))
    for statement in (
        "DELETE FROM evidence",
        "UPDATE evidence SET kind = 'ties'",
        "UPDATE certificate_entry SET level = 4",
        "DELETE FROM external_certificate",
        "UPDATE external_certificate SET number = 'X1234'",
        "UPDATE learner_fact SET note = 'x'",
    ):
        with pytest.raises(DBAPIError), database.transaction() as session:
            session.execute(text(statement))


def test_a_fact_ends_no_sooner_than_it_begins(database: Database, own: Subsidised) -> None:
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.add(
            LearnerFact(
                person_id=own.person.id,
                key=FactKey.SEX,
                value="F",
                source="staff",
                valid_from=date(2026, 3, 2),
                valid_to=date(2026, 3, 1),
                recorded_at=now(session),
            )
        )


def test_a_fact_that_ended_counts_no_more(database: Database, own: Subsidised) -> None:
    with database.transaction() as session:
        make_fact(session, own.person, FactKey.PUBLIC_STAFF, value=False)
        fact = service.NewFact(
            *(FactKey.PUBLIC_STAFF, True, FactSource.STAFF, date(2026, 3, 5)),
            valid_to=date(2026, 4, 1),
        )
        service.record_fact(session, person_id=own.person.id, fact=fact, now=now(session))
    assert anchor(database, own)["NOT_STAFF"] == ("pass", "not_staff")


def test_of_two_who_enter_one_number_at_once_one_stays(database: Database, own: Subsidised) -> None:
    enter(database, own, make_paper(database, own))
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.add(
            ExternalCertificate(
                person_id=own.person.id,
                type="skill_level",
                number="S000033080012345",
                created_at=now(session),
            )
        )


def test_an_earlier_day_knows_the_certificates_of_then(database: Database, own: Subsidised) -> None:
    def told(day: date) -> tuple[str, str]:
        with database.snapshot() as session:
            found = queries.explained(session, own.person.id, day=day, files=shelf())
        assert found is not None
        anchor = next(each for each in found.judged if each.programme.slug == "anchor-l5")
        row = next(each for each in anchor.decision.results if each.id == "CERT")
        return (row.verdict.value, row.code)

    with database.snapshot() as session:
        today = local_day(now(session))
    enter(database, own, make_paper(database, own))
    assert told(today - timedelta(days=1)) == ("unknown", "missing")
    assert told(today) == ("unknown", "registry_unknown")
