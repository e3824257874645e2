"""What a beat asks of the database: three statements, however much is stored."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from lms.db.session import Database
from lms.progress.models import PlaybackLease, StudyClock, WatchSlice
from lms.progress.service.clocks import seal
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import lesson, make_course, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.site import Client
from tests.support.statements import asked, read_through

_STORED = 3_000


@pytest.fixture
def lease(database: Database, client: Client) -> str:
    with database.transaction() as session:
        person = make_person(session)
        asset = make_asset(session, duration_ms=1_200_000)
        made = make_course(
            session, lessons=[lesson("A01", video(asset_id=asset.id, duration_ms=1_200_000))]
        )
        make_enrollment(session, person=person, course=made)
    sign_in(client, person)
    answer = client.post(f"/api/v1/items/{made.items['A01/video'].id}/lease")
    return str(answer.json["lease"])


def beat(client: Client, lease: str, seq: int) -> Any:
    body = {"seq": seq, "played": [[seq, seq + 1]], "position": seq, "rate": 1, "state": "playing"}
    return client.post(f"/api/v1/leases/{lease}/beats", json=body)


@pytest.mark.parametrize("seq", [1, 2], ids=["first", "later"])
def test_a_beat_takes_three_statements(
    seq: int, client: Client, database: Database, lease: str
) -> None:
    for before in range(1, seq):
        beat(client, lease, before)
    with asked(database) as said:
        assert beat(client, lease, seq).status_code == 200
    assert len(said) <= 3, "\n\n".join(said)


@pytest.mark.parametrize("more", [0, 1])
def test_only_who_may_have_another_version_is_asked_for_it(
    more: int, client: Client, database: Database, lease: str
) -> None:
    with database.transaction() as session:
        session.execute(update(PlaybackLease).values(has_versions=bool(more)))
    beat(client, lease, 1)
    with asked(database) as said:
        assert beat(client, lease, 2).status_code == 200
    others = [each for each in said if "AS other" in each]
    assert len(others) == more
    assert len(said) <= 3 + more, "\n\n".join(said)


def test_a_beat_sent_again_reads_its_answer_and_writes_nothing(
    client: Client, database: Database, lease: str
) -> None:
    beat(client, lease, 1)
    with asked(database) as said:
        assert beat(client, lease, 1).status_code == 200
    assert [each.split()[0] for each in said] == ["SELECT", "SELECT"]


def test_a_beat_costs_the_same_when_much_is_stored(
    client: Client, database: Database, lease: str
) -> None:
    """The same statements, each finding its rows by an index, after thousands of entries."""
    with asked(database) as few:
        beat(client, lease, 1)
    with database.transaction() as session:
        held = session.scalars(select(PlaybackLease)).one()
        own = {"person_id": held.person_id, "material_id": held.material_id, "day": 700_000}
        own |= {"lease_id": held.id, "claimed_ms": 0, "seen_ms": 0, "credited_ms": 0}
        sets: dict[str, Any] = {"claimed": [], "seen": [], "credited": [], "refused": {}}
        walls = ({"wall_from_ms": at, "wall_to_ms": at + 1} for at in range(_STORED))
        rows = [{**own, **sets, **wall, "seq": -at} for at, wall in enumerate(walls, start=1)]
        session.execute(insert(WatchSlice), rows)
        session.execute(StudyClock.__table__.update().values(entries=None, head=None))
        seal(session, held.person_id)
    with asked(database) as many:
        assert beat(client, lease, 2).status_code == 200
    assert list(many) == list(few)
    assert read_through(database, many) == []
