"""Several claims at once: the page says exactly what it will do, then does that and says so."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.gateway import keys_of
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.models import EligibilityDecision
from tests.factories.subsidy import make_fact
from tests.functional.subsidy.claim_desks import ReviewDesk
from tests.integration.subsidy.test_claiming import PAST
from tests.support.site import Client


@pytest.fixture
def desk(app: Flask, database: Database, settings: Settings) -> ReviewDesk:
    return ReviewDesk(app, database, keys_of(settings))


def written(database: Database) -> tuple[int, ...]:
    """Return how much is written down of acts and decisions."""
    with database.snapshot() as session:
        counts = (
            select(func.count()).select_from(each) for each in (AuditEntry, EligibilityDecision)
        )
        return tuple(session.scalar(each) or 0 for each in counts)


def foreseen(client: Client, opinion: str, claim_ids: list[int]) -> str:
    ticked = {"opinion": opinion, "claim": [f"{each}-1" for each in claim_ids]}
    answer = client.get("/staff/claims/batch", query_string=ticked)
    assert answer.status_code == 200
    return answer.text


def form_of(page: str) -> dict[str, object]:
    """Return what the confirming page sends."""
    fields = re.findall(r'name="(claim|opinion)" value="([^"]+)"', page)
    return {"opinion": "pass", "claim": [value for name, value in fields if name == "claim"]}


def test_a_batch_is_foreseen_to_the_yuan_and_writes_nothing_before(
    desk: ReviewDesk, database: Database
) -> None:
    claims = [desk.claimed() for _ in range(4)]
    ids = [claim_id for claim_id, _ in claims]
    with database.transaction() as session:
        make_fact(session, claims[1][1], FactKey.PAST_SUBSIDIES, [PAST])
    client, person_id = desk.browser()
    desk.noticed(claims[2][1].id, ruled_by=person_id)
    before = written(database)
    page = foreseen(client, "pass", ids)
    assert written(database) == before
    assert "初审通过 2 份" in page
    assert "1200 元" in page
    assert "这一项不符合" in page
    assert "我看过疑点记录" in page
    assert form_of(page)["claim"] == [f"{ids[0]}-1", f"{ids[3]}-1"]
    assert client.post("/staff/claims/batch", data=form_of(page)).status_code == 303
    assert [desk.standing(each)[0] for each in ids] == [
        *("in_review", "submitted", "submitted", "in_review")
    ]
    assert "全部办好：2 份" in client.get("/staff/claims").text


def test_what_moved_on_meanwhile_is_named_and_the_rest_is_done(desk: ReviewDesk) -> None:
    ids = [desk.claimed()[0] for _ in range(2)]
    client = desk.browser()[0]
    form = form_of(foreseen(client, "pass", ids))
    desk.moved(ids[0], ClaimAct.RETURN, desk.browser()[1])
    answer = client.post("/staff/claims/batch", data=form)
    assert answer.status_code == 409
    assert "办好 1 份，没办 1 份" in answer.text
    assert "退回给学员补材料" in answer.text
    assert f"/staff/claims/{ids[0]}" in answer.text
    assert [desk.standing(each)[0] for each in ids] == ["returned", "in_review"]


def test_several_are_returned_with_one_reason_and_not_without(desk: ReviewDesk) -> None:
    ids = [desk.claimed()[0] for _ in range(2)]
    client = desk.browser()[0]
    form = {**form_of(foreseen(client, "return", ids)), "opinion": "return"}
    assert client.post("/staff/claims/batch", data=form).status_code == 409
    assert [desk.standing(each)[0] for each in ids] == ["submitted"] * 2
    form["reason"] = "请补户口簿"
    assert client.post("/staff/claims/batch", data=form).status_code == 303
    assert [desk.standing(each)[0] for each in ids] == ["returned"] * 2
    for each in ids:
        assert "请补户口簿" in client.get(f"/staff/claims/{each}").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"opinion": "pass"}, "请至少选一份申请"),
        ({"opinion": "pass", "claim": [f"{each}-1" for each in range(1, 202)]}, "一次最多 200 份"),
        ({"opinion": "reject", "claim": "1-1"}, None),
    ],
    ids=["none", "many", "other"],
)
def test_what_is_no_batch_does_nothing(desk: ReviewDesk, sent: dict, said: str | None) -> None:
    client = desk.browser()[0]
    answer = client.get("/staff/claims/batch", query_string=sent)
    assert answer.status_code == 422
    assert said is None or said in answer.text
    assert client.post("/staff/claims/batch", data=sent).status_code == 422
