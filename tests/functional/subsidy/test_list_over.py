"""A list of the bureau that was taken in or forgotten: what a second tap and an old address say."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms.db.session import Database
from lms.subsidy.models import FactListDraft
from tests.factories.sheets import workbook
from tests.factories.subsidy import Subsidised
from tests.functional.subsidy.desks import open_desk
from tests.functional.subsidy.test_lists import PLACE, facts, send
from tests.support.site import Client


@pytest.fixture
def desk(app: Flask, database: Database, own: Subsidised) -> Client:
    return open_desk(app, database)[0]


def test_a_second_tap_and_an_old_address_say_what_became_of_the_list(
    app: Flask, desk: Client, own: Subsidised, database: Database
) -> None:
    place = send(desk, workbook([[1, "林秀芳", "", own.person.phone]])).headers["Location"]
    with database.snapshot() as session:
        digest = session.scalars(select(FactListDraft.sha256)).one()
    assert desk.post(place, data={"sha256": digest}).headers["Location"] == PLACE
    for again in (place, f"{place}/drop"):
        answer = desk.post(again, data={"sha256": digest})
        assert answer.headers["Location"] == place
        page = desk.get(place).text
        assert "这份名单已经导入过了" in page
        assert re.search(r"周敏已于 <span[^>]*>\d{4}-\d\d-\d\d \d\d:\d\d</span> 导入", page)
        assert f'href="{PLACE}"' in page
    assert len(facts(database)) == 1
    gone = desk.get(f"{PLACE}/8f0f6c0e-0000-4000-8000-000000000000")
    assert gone.status_code == 404
    assert "上传的名单只保留一天" in gone.text
    assert "请重新选择文件" in gone.text
    # Nobody else learns that there was one.
    other = open_desk(app, database)[0].get(place)
    assert (other.status_code, "上传的名单只保留一天" in other.text) == (404, True)
