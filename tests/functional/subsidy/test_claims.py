"""The learner's side of a claim: five steps, kept each; then where it is and who has it."""

import re

import pytest
from flask import Flask

from lms.accounts.gateway import keys_of
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.accounts import make_person, sign_in
from tests.factories.claims import Claimant, claim_now, make_claimant, steps_of
from tests.support.site import Client


@pytest.fixture
def claimant(database: Database, settings: Settings) -> Claimant:
    with database.transaction() as session:
        return make_claimant(session, keys_of(settings))


@pytest.fixture
def learner(client: Client, claimant: Claimant) -> Client:
    sign_in(client, claimant.person)
    return client


def begin(learner: Client, claimant: Claimant) -> str:
    sent = learner.post("/me/subsidy/claims", data={"programme": claimant.programme_id})
    assert sent.status_code == 303
    return sent.location.partition("/conditions")[0]


def words(page: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))
    return text.replace("\xa0", " ")


def filled(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(version|amount)" value="(\d+)"', page))


def test_smoke(learner, claimant, database):
    page = learner.get("/me/subsidy").text
    assert "申请补贴" in page or "Claim it" in page
    claim = begin(learner, claimant)
    for name in ("conditions", "papers", "account", "promise"):
        page = learner.get(f"{claim}/{name}")
        assert page.status_code == 200, page.text
        sent = learner.post(f"{claim}/{name}", data={"promise": "1"})
        assert sent.status_code == 303, sent.text
    page = learner.get(f"{claim}/hand-in").text
    sent = learner.post(f"{claim}/hand-in", data=filled(page))
    assert sent.location == claim, sent.text
    print(words(learner.get(claim).text))
    again = learner.post(f"{claim}/hand-in", data=filled(page))
    assert again.location == claim, again.text
    print(words(learner.get("/me/subsidy").text))
    print(learner.get("/api/v1/me/subsidy-claims").json)
