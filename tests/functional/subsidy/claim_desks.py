"""Browsers at the review desk, and claims that wait there."""

from dataclasses import dataclass

from flask import Flask

from lms.accounts.gateway import Keys
from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database, now
from lms.progress.models import StudyFlag
from lms.subsidy.domain.claim_states import ClaimAct
from tests.factories.accounts import COUNTY, make_grant, make_person, sign_in
from tests.factories.claims import claim_now, make_claim, make_claimant, move
from tests.support.site import Client


@dataclass
class ReviewDesk:
    """The desk of a county: whom it lets in, and what waits there."""

    app: Flask
    database: Database
    keys: Keys

    def browser(
        self, *, role: Role = Role.ADMINISTRATOR, county: str = COUNTY, name: str = "周敏"
    ) -> tuple[Client, int]:
        with self.database.transaction() as session:
            person = make_person(session, name=name, county_code=county)
            make_grant(session, person, role, Scope(ScopeKind.COUNTY, county))
        client: Client = self.app.test_client()
        sign_in(client, person, confirmed_at=utc_now(), second_factor_at=utc_now())
        return client, person.id

    def claimed(self) -> tuple[int, Person]:
        """Let somebody hand a claim in; return the claim's number and who it is."""
        with self.database.transaction() as session:
            own = make_claimant(session, self.keys)
            person_id, claim_id = own.person.id, make_claim(session, own).id
        with self.database.snapshot() as session:
            return claim_id, session.get_one(Person, person_id)

    def moved(self, claim_id: int, act: ClaimAct, by: int | None) -> None:
        with self.database.transaction() as session:
            move(session, claim_id, act, by)

    def noticed(self, person_id: int, *, ruled_by: int | None = None) -> int:
        """Notice something about somebody's study; with ``ruled_by`` it is explained."""
        with self.database.transaction() as session:
            at = now(session)
            flag = StudyFlag(
                person_id=person_id,
                kind="long_nights",
                day=739_400,
                evidence={"nights": [[739_400, 9_000_000]]},
                found_at=at,
                words="我上夜班",
            )
            if ruled_by:
                flag.ruling, flag.reason = "explained", "厂里排了夜班"
                flag.ruled_by_id, flag.ruled_at = ruled_by, at
            session.add(flag)
            session.flush()
            return flag.id

    def standing(self, claim_id: int) -> tuple[str, int | None, int | None]:
        claim = claim_now(self.database, claim_id)
        return claim.state, claim.first_by_id, claim.second_by_id

    def said(self, claim_id: int, opinion: str, **more: str) -> dict[str, str]:
        """Return a form as the page as it is now would send it."""
        version = claim_now(self.database, claim_id).version
        return {"opinion": opinion, "version": str(version), **more}
