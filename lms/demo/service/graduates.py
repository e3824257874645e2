"""Lets people of a class that is over bring what a claim asks for: consent, papers, an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from lms.accounts.domain.bank import NewAccount
from lms.accounts.domain.texts import HANDOVER
from lms.accounts.gateway import SealedFolder
from lms.accounts.service import banks, consents
from lms.accounts.service.consents import Given
from lms.catalog.gateway import known_programmes
from lms.core.ids import new_uuid
from lms.demo.domain import GRADUATED, Learner, Road, chance, some_account
from lms.demo.service.cards import NETWORK
from lms.demo.service.county import County
from lms.demo.service.diary import Diary
from lms.subsidy import service as subsidy
from lms.subsidy.domain.dated import FactKey, FactSource
from lms.subsidy.domain.papers import PaperKind, PaperType
from lms.subsidy.domain.written import Said
from lms.subsidy.service import Looked, NewFact, NewPaper

# What stands for the photo of a certificate; it says itself that it is none.
_SPECIMEN = Path(__file__).parent.with_name("art") / "certificate.jpg"
_ISSUER = "衢州市职业技能鉴定中心（演示）"
_GROUPS = ("rural_transfer", "registered_unemployed", "enterprise_employee", "rural_transfer")
# The last day of the class, the day on the certificates, and when they are brought.
_OVER, _ISSUED, _BROUGHT = -96, -86, -82
_LONG_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Graduates:
    """The people of a class (by person id, in the order of their claims) and how far each goes."""

    county: County
    papers: SealedFolder
    people: Mapping[int, tuple[Learner, Road]]

    def plan(self, diary: Diary) -> None:
        """Put it into the diary: what staff know already, certificates, then the accounts."""
        diary.on(diary.at(_OVER, 9), _Known(self, diary.today).write)
        for place, (person_id, (learner, _)) in enumerate(self.people.items()):
            own = _Graduate(self, person_id, learner, diary.today + timedelta(days=_ISSUED))
            diary.on(diary.at(_OVER, 19, place), own.agree)
            diary.on(diary.at(_BROUGHT, 10, place), own.show_certificate)
            diary.on(diary.at(_BROUGHT, 20, place), own.give_account)
            diary.on(diary.at(_BROUGHT + 1, 9, place), own.look)


class _Known:
    """What the office knows of everybody by its own lists."""

    def __init__(self, graduates: Graduates, today: date) -> None:
        self.graduates = graduates
        county = graduates.county
        first_day = today + timedelta(days=GRADUATED[county.place].first_day)
        self.since = first_day - _LONG_BEFORE
        self.ties = [{"kind": "hukou", "code": county.place.code}]

    def write(self, at: datetime) -> None:
        """Write it down; of one it knows nothing about other money, and asks."""
        county = self.graduates.county
        values = {
            person_id: self._of(learner, road)
            for person_id, (learner, road) in self.graduates.people.items()
        }
        subsidy.record_many(
            county.session,
            values,
            source=FactSource.IMPORT,
            valid_from=self.since,
            by_id=county.office.person_id,
            now=at,
        )

    def _of(self, learner: Learner, road: Road) -> Mapping[FactKey, object]:
        known: dict[FactKey, object] = {
            FactKey.GROUPS: [_GROUPS[learner.number % len(_GROUPS)]],
            FactKey.TIES: self.ties,
            FactKey.PUBLIC_STAFF: False,
            FactKey.RECEIVING_PENSION: False,
            FactKey.FULL_TIME_STUDENT: False,
            FactKey.PAST_SUBSIDIES: [],
        }
        if road is not Road.UNPROVEN:
            known[FactKey.OTHER_PUBLIC_SOURCE] = False
        return known


class _Graduate:
    """What one of them does once the class is over."""

    def __init__(
        self, graduates: Graduates, person_id: int, learner: Learner, issued_on: date
    ) -> None:
        self.county, self.session = graduates.county, graduates.county.session
        self.papers = graduates.papers
        self.road = graduates.people[person_id][1]
        self.person_id, self.learner = person_id, learner
        self.issued_on = issued_on
        self.certificate_id = 0

    def agree(self, at: datetime) -> None:
        """Agree that the bureau may have the data, and say what one does not know."""
        given, own = Given(network=NETWORK), self.person_id
        consents.agree(self.session, person_id=own, subjects=(HANDOVER,), given=given, now=at)
        if self.road is Road.UNPROVEN:
            key, day = FactKey.OTHER_PUBLIC_SOURCE, self.issued_on
            said = NewFact(key, value=None, source=FactSource.DECLARED, valid_from=day)
            subsidy.record_fact(self.session, person_id=own, fact=said, now=at)

    def show_certificate(self, at: datetime) -> None:
        """Enter the certificate with its photo."""
        programme = known_programmes()[self.county.courses[0].programme_slug or ""]
        luck = chance(self.county.seed, self.learner.number, "marks")
        said = Said(
            *(
                programme.occupation_code,
                programme.work_type,
                programme.level,
                self.issued_on,
                _ISSUER,
            ),
            theory=Decimal(66 + luck % 30),
            practice=Decimal(68 + luck // 30 % 28),
        )
        self.certificate_id = subsidy.enter_certificate(
            self.session,
            person_id=self.person_id,
            # No issuer's numbers begin so.
            named=("skill_level", f"S99{self.county.place.code[2:]}{self.learner.number:011d}"),
            said=said,
            evidence_id=self._paper(at),
            now=at,
        )

    def _paper(self, at: datetime) -> str:
        data, paper_id = _SPECIMEN.read_bytes(), new_uuid()
        key_name = self.papers.write(paper_id, data)
        paper = NewPaper(
            *(paper_id, self.person_id, PaperKind.CERTIFICATE, PaperType.JPEG),
            *(len(data), sha256(data).hexdigest(), key_name),
        )
        subsidy.add_paper(self.session, paper=paper, by_id=self.person_id, now=at)
        return paper_id

    def give_account(self, at: datetime) -> None:
        """Give an account in one's own name."""
        own = some_account(self.learner.number, self.county.seed, is_own=True)
        banks.declare(
            self.session,
            person_id=self.person_id,
            new=NewAccount(own.number, own.bank, self.learner.name),
            by_id=self.person_id,
            keys=self.county.keys,
            now=at,
        )

    def look(self, at: datetime) -> None:
        """Let the office look at the account and find the certificate in the registry."""
        office = self.county.office
        banks.look(self.session, office, person_id=self.person_id, is_own=True, now=at)
        subsidy.look_at_certificate(
            self.session,
            actor=office,
            certificate_id=self.certificate_id,
            said=None,
            looked=Looked(registry_verified=True),
            now=at,
        )
