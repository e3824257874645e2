"""The desk's pages about policies: earlier days, a dry run that was stopped, what they cost."""

import pytest

from lms.core.clock import utc_now
from lms.db.session import Database
from lms.subsidy import service, tasks
from tests.factories.policies import Desk
from tests.factories.subsidy import Subsidised, make_subsidised
from tests.support.site import Jobs
from tests.support.statements import assert_few_statements, read_through


def test_the_desk_shows_how_it_was_on_an_earlier_day(
    desk: Desk, decided: Subsidised, database: Database
) -> None:
    client = desk.client()
    address = f"/staff/policies/explain?person={decided.person.id}&on="
    today = client.get(address + str(utc_now().date())).text
    assert "qz-demo 2.0" in today
    assert "已用身份证核对" in today or "符合" in today
    assert "当时此人没有学习" in client.get(address + "2026-04-01").text
    assert client.get("/staff/policies/explain?person=x").status_code == 422
    assert client.get("/staff/policies/explain?person=99999").status_code == 404


def test_what_was_counted_before_a_stop_is_not_counted_again(
    desk: Desk, database: Database, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        people = [make_subsidised(session).person.id for _ in range(3)]
    page, other, looked_at = desk.proposed(), desk.client(), []
    try_out = service.try_out

    def stopped_at_the_second(session, plan, tally, batch):
        looked_at.extend(batch)
        try_out(session, plan, tally, batch)
        if looked_at == people[:2]:
            assert other.post(f"{page}/dry-run/stop").status_code == 302

    monkeypatch.setattr(tasks, "_BATCH", 1)
    monkeypatch.setattr(service, "try_out", stopped_at_the_second)
    other.post(f"{page}/dry-run")
    run_jobs()
    assert "可以接着算" in other.get(page).text
    other.post(f"{page}/dry-run")
    run_jobs()
    assert looked_at == [*people[:2], *people[1:]]
    shown = other.get(page).text
    assert "共 3 人" in shown
    assert "适用的共 3 项" in shown


@pytest.mark.parametrize("address", ["", "/proposals/1", "/explain?person={person}"])
def test_the_desk_asks_the_database_little(
    desk: Desk, decided: Subsidised, database: Database, run_jobs: Jobs, address: str
) -> None:
    page, client = desk.proposed(), desk.client()
    client.post(f"{page}/dry-run")
    run_jobs()
    address = address.format(person=decided.person.id)
    said = assert_few_statements(client, database, f"/staff/policies{address}")
    assert not read_through(database, said)
