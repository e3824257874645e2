"""A version of the usual policy as text, and a desk at which administrators load it."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from lms.core.access import Role, Scope
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.subsidy.models import PolicyProposal
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.support.site import Client

TEXT = """
- id: qz-demo
  version: "3.0"
  from: {start}
  to: null
  status: demo
  selects_by: training.start
  clauses:
    - {{id: REALNAME}}
    - {{id: AGE, min: 16, max: {{M: 60, F: {women}}}}}
  catalogue:
    - {{programme: anchor-l5, institution: QZ-LSS-01, from: 2024-08-01, to: null}}
  amount_cny: {{5: 800}}
"""


def policy_text(*, start: str = "2026-04-01", women: int = 55) -> str:
    return TEXT.format(start=start, women=women)


@dataclass
class Desk:
    app: Flask
    database: Database

    def client(self, role: Role = Role.ADMINISTRATOR, scope: Scope | None = None) -> Client:
        with self.database.transaction() as session:
            person = make_person(session, name="周敏")
            make_grant(session, person, role, scope)
        client: Client = self.app.test_client()
        sign_in(client, person, confirmed_at=utc_now())
        return client

    def proposed(self, content: str | None = None) -> str:
        answer = self.client().post("/staff/policies", data={"text": content or policy_text()})
        assert answer.status_code == 302, answer.text
        return answer.location

    def row(self) -> PolicyProposal:
        with self.database.snapshot() as session:
            return session.scalars(
                select(PolicyProposal).order_by(PolicyProposal.id.desc()).limit(1)
            ).one()
