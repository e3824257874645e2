"""What a county asks beside study: the mask it wants, and what people said of themselves."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import Particulars
from lms.db.session import Database, now
from lms.roster import service
from lms.roster.domain.kinds import ExportFormat, ExportKind
from lms.roster.domain.templates import shipped
from lms.roster.models import RosterTemplate
from tests.factories.accounts import COUNTY
from tests.factories.identity import make_identity
from tests.factories.roster import Small
from tests.integration.roster.rosters import (
    NUMBER,
    acts,
    cells,
    person_of,
    wanted,
    whole,
)
from tests.support.databases import drop_trigger


def _wish(session: Session, small: Small) -> None:
    """Let the county want the first six and the last four of numbers."""
    content = shipped(ExportKind.OPENING).as_content()
    for column in content["columns"]:
        if column["key"] == "id_number":
            column["form"] = "six_and_four"
    session.add(
        RosterTemplate(
            county_code=COUNTY,
            kind=ExportKind.OPENING,
            version=1,
            content=content,
            made_by_id=small.finished.person_id,
            made_at=now(session),
        )
    )


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("update", "UPDATE roster_template SET content = '{}'"),
        ("delete", "DELETE FROM roster_template"),
    ],
)
def test_a_form_that_was_in_force_stays_until_the_trigger_is_dropped(
    verb: str, said: str, database: Database, small: Small
) -> None:
    with database.transaction() as session:
        _wish(session, small)
    with pytest.raises(IntegrityError, match="never change"), database.transaction() as session:
        session.execute(text(said))
    drop_trigger(database, f"roster_template_no_{verb}", "roster_template")
    with database.transaction() as session:
        session.execute(text(said))


def test_the_mask_of_six_and_four_is_made_of_numbers_opened_on_the_record(
    database: Database, small: Small, keys: Keys, tmp_path: Path
) -> None:
    with database.transaction() as session:
        make_identity(session, person_of(session, small.finished), keys, number=NUMBER)
        _wish(session, small)
    order = wanted(ExportKind.OPENING, opening=whole(keys)["opening"], form=ExportFormat.CSV)
    service.write_list(database, order, tmp_path / "list.csv", lambda *_: None)
    text = (tmp_path / "list.csv").read_text("utf-8-sig")
    assert f"{NUMBER[:6]}********{NUMBER[-4:]}" in text
    assert NUMBER not in text
    assert "139****2217" in text
    assert list(acts(database)) == [("export:1", {"purpose": "核对", "rows": 3})]


def test_what_people_said_for_lists_stands_there_and_addresses_stay_hidden(
    database: Database, small: Small, keys: Keys
) -> None:
    with database.transaction() as session:
        session.add(
            Particulars(
                person_id=small.finished.person_id,
                education="初中",
                hukou_code="330824",
                hukou_place="开化县",
                address="何家乡 1 号",
                written_at=now(session),
                written_by_id=small.finished.person_id,
            )
        )
    found = {each["name"]: each for each in cells(database, wanted(ExportKind.OPENING))}
    own = found["程建军"]
    assert (own["education"], own["hukou_code"]) == ("初中", "330824 开化县")
    assert (own["residence_code"], own["address"]) == ("330822 常山县何家乡", "***")
    assert (found["占小燕"]["education"], found["占小燕"]["hukou_code"]) == ("", "")
    (opened,) = [
        each
        for each in cells(database, wanted(ExportKind.OPENING, **whole(keys)))
        if each["name"] == "程建军"
    ]
    assert opened["address"] == "何家乡 1 号"
