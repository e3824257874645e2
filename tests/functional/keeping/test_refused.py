"""Who writes about somebody that was erased a moment ago reads so, instead of a fault."""

from sqlalchemy import insert

from lms.accounts.models import Guardian
from lms.db.session import now
from lms.keeping import service
from lms.web.access import public
from tests.factories.accounts import make_person
from tests.factories.keeping import china, close


def test_it_is_told_in_a_sentence(app, client, database):
    with database.transaction() as session:
        person = make_person(session)
        close(session, person, china(2015, 3, 5))
        assert service.erase(session, person.id, years=5, now=now(session)) is not None

    @app.get("/write/<int:person_id>")
    @public
    def write(person_id: int) -> str:
        row = {"name": "林国强", "relation": "父亲", "phone": "13957001234", "proof": "code"}
        with database.transaction() as session:
            more = {"text_version": "1", "given_at": now(session)}
            session.execute(insert(Guardian).values(person_id=person_id, **row, **more))
        return "written"

    answer = client.get(f"/write/{person.id}")
    assert answer.status_code == 409
    assert "这个人的资料刚刚已按期删除，没有再写入任何内容。" in answer.text
    app.config["PROPAGATE_EXCEPTIONS"] = False
    # Whatever else the database refuses is a fault of ours.
    assert client.get(f"/write/{person.id + 1}").status_code == 500
