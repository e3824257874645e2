"""A signed badge outlives its holder's data: it can be checked, and names nobody."""

import pytest

from lms.accounts.models import Person
from lms.credentials.models import Credential
from lms.db.session import now
from lms.keeping import service
from tests.factories.credentials import make_badge
from tests.factories.keeping import china, close


@pytest.mark.parametrize("shows_name", [True, False])
def test_a_badge_of_an_erased_person_is_valid_and_without_a_name(
    client, database, settings, shows_name
):
    badge = make_badge(database, settings)
    with database.transaction() as session:
        session.get_one(Credential, badge.id).shows_name = shows_name
        close(session, session.get_one(Person, badge.person_id), china(2015, 3, 5))
    before = client.get(f"/credentials/{badge.id}").text
    assert ("林秀芳" if shows_name else "林*芳") in before
    with database.transaction() as session:
        assert service.erase(session, badge.person_id, years=5, now=now(session)) is not None
    shown = client.get(f"/credentials/{badge.id}").text
    assert "这枚徽章现在有效" in shown
    assert "已删除" in shown
    assert "林" not in shown.split("<main")[1]
    with database.snapshot() as session:
        row = session.get_one(Credential, badge.id)
        assert (row.document, row.jwt) == (badge.document, badge.jwt)
    checked = client.post(
        "/credentials/check",
        data=(
            '--x\r\nContent-Disposition: form-data; name="file"; filename="badge.json"\r\n\r\n'
            f"{badge.document}\r\n--x--\r\n"
        ).encode(),
        content_type="multipart/form-data; boundary=x",
    )
    assert "这枚徽章现在有效" in checked.text
