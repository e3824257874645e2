"""The people desk: whom it finds for whom, the sheet, corrections, numbers, roles, strangers."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import queries
from lms.accounts.gateway import keys_of
from lms.accounts.models import Person, RoleGrant, SignIn
from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.notify.models import SmsMessage
from tests.factories.accounts import make_person, make_sign_in, sign_in
from tests.factories.identity import make_identity
from tests.factories.roster import NEIGHBOUR
from tests.support.statements import assert_cheap

PHONE = "13911112222"


@pytest.fixture
def keys(settings):
    return keys_of(settings)


@pytest.fixture
def villager(database, small, keys):
    with database.transaction() as session:
        person = make_person(session, name="欧阳兰", phone=PHONE, town="芳村镇")
        make_identity(session, person, keys)
        return person


@pytest.fixture
def number(database, villager, keys):
    with database.snapshot() as session:
        row = queries.identity_of(session, villager.id)
    return keys.vault.open(row.number, place=f"identity:{villager.id}:number")


def names(answer):
    rows = answer.text.split("<tbody>")[-1].split("</tbody>")[0]
    return [row.split("</a>")[0].split(">")[-1] for row in rows.split("<tr>")[1:]]


def person_of(database, person):
    with database.snapshot() as session:
        return session.get_one(Person, person.id)


def acts(database, person):
    with database.snapshot() as session:
        wanted = AuditEntry.subject == f"person:{person.id}"
        return session.scalars(
            select(AuditEntry.action).where(wanted).order_by(AuditEntry.id)
        ).all()


@pytest.mark.parametrize("words", ["欧阳", "欧阳兰", PHONE, "+86 139 1111 2222", "card"])
def test_somebody_is_found_by_name_phone_or_card(open_desk, villager, number, words):
    desk = open_desk()
    asked = f"{number[:6]} {number[6:14]} {number[14:].lower()}" if words == "card" else words
    answer = desk.post("/staff/people", data={"q": asked})
    # The number is in no address, not even in the one that leads on.
    assert not re.search(r"[0-9]{15}", answer.location)
    answer = desk.get(answer.location)
    if words == "card":
        assert answer.request.path == f"/staff/people/{villager.id}"
        shown = answer.text
    else:
        assert names(answer) == ["欧阳兰"]
        shown = answer.text.split("<tbody>")[1]
    assert number not in shown
    assert PHONE not in shown


@pytest.mark.parametrize("words", ["阳兰", "1391111222", "%", "_", "'; --"])
def test_what_fits_nobody_finds_nobody_and_says_so(open_desk, villager, words):
    answer = open_desk().get("/staff/people", query_string={"q": words})
    assert answer.status_code == 200
    assert "没有找到人" in answer.text


def test_a_list_goes_on_where_it_ended_whatever_it_is_ordered_by(open_desk, database, small):
    with database.transaction() as session:
        for place in range(60):
            make_person(session, name=f"林{place:02d}")
    desk = open_desk()
    for query in ({"q": "林"}, {}):
        found, address = [], "/staff/people"
        while address:
            answer = desk.get(address, query_string=query if not found else None)
            found += names(answer)
            more = answer.text.split('rel="next" href="')
            address = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else None
        lin = [name for name in found if name.startswith("林") and name[1:].isdigit()]
        assert sorted(lin) == [f"林{place:02d}" for place in range(60)]


@pytest.mark.parametrize(
    "query",
    ["", "?q=欧阳", f"?q={PHONE}", "?identity=declared", "?staff=1"],
)
def test_the_desk_reads_no_table_through(open_desk, database, villager, query):
    assert_cheap(open_desk(), database, f"/staff/people{query}")


def test_the_sheet_is_cheap(open_desk, database, villager):
    assert_cheap(open_desk(), database, f"/staff/people/{villager.id}")


def test_people_of_another_county_are_not_found_and_have_no_sheet(open_desk, database, villager):
    desk = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR), county_code=NEIGHBOUR)
    assert "欧阳兰" not in desk.get("/staff/people?q=欧阳").text
    assert desk.get(f"/staff/people/{villager.id}").status_code == 404
    posts = {
        "correct": {"name": "别人"},
        "phone": {"phone": "13900000009"},
        "invite": {},
        "lock": {"reason": "手机丢了"},
        "let-in": {},
        "sign-out": {},
        "identity": {"result": "verified"},
        "guardian": {
            "guardian_name": "母",
            "guardian_relation": "母亲",
            "guardian_phone": "13900000008",
        },
        "unlock": {},
        "account": {"own": "yes"},
        "reveal": {"purpose": "看一下"},
        "roles": {"role": "mentor", "scope": f"county:{NEIGHBOUR}"},
    }
    for action, sent in posts.items():
        answer = desk.post(f"/staff/people/{villager.id}/{action}", data=sent)
        assert answer.status_code == 404, action
    assert person_of(database, villager).name == "欧阳兰"
    assert acts(database, villager) == []


def test_somebody_who_learns_in_my_class_is_in_reach_though_at_home_elsewhere(
    open_desk, database, small
):
    course = str(small.course.course.id)
    desk = open_desk(Role.MENTOR, Scope(ScopeKind.COURSE, course))
    with database.snapshot() as session:
        foreign = session.get_one(Person, small.foreign.person_id)
    assert desk.get(f"/staff/people/{foreign.id}").status_code == 200


def test_a_learner_has_no_people_desk(app, database, villager):
    client = app.test_client()
    sign_in(client, villager)
    assert client.get("/staff/people").status_code == 403
    assert client.get(f"/staff/people/{villager.id}").status_code == 403


def test_a_correction_is_kept_and_named_in_the_audit_by_field(open_desk, database, villager):
    answer = open_desk().post(
        f"/staff/people/{villager.id}/correct", data={"name": " 欧阳 岚 ", "town": "天马街道"}
    )
    assert answer.status_code == 303
    found = person_of(database, villager)
    assert (found.name, found.town) == ("欧阳 岚", "天马街道")
    assert acts(database, villager)[-1] == "person.corrected"


@pytest.mark.parametrize("name", ["", "长" * 51, "看\u200b不见"])
def test_a_name_that_is_none_changes_nothing(open_desk, database, villager, name):
    answer = open_desk().post(f"/staff/people/{villager.id}/correct", data={"name": name})
    assert answer.status_code == 422
    assert person_of(database, villager).name == "欧阳兰"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "<script>x</script>", "@x", "阿依·木"])
def test_hostile_names_are_words_like_others(open_desk, database, villager, name):
    desk = open_desk()
    desk.post(f"/staff/people/{villager.id}/correct", data={"name": name})
    text = desk.get(f"/staff/people/{villager.id}").text
    assert "<script>x" not in text
    assert person_of(database, villager).name == name


def test_a_new_number_signs_out_what_the_old_one_opened(open_desk, database, villager):
    with database.transaction() as session:
        make_sign_in(session, villager)
    new = "13922223333"
    open_desk().post(f"/staff/people/{villager.id}/phone", data={"phone": new})
    found = person_of(database, villager)
    assert (found.phone, found.former_phone) == (new, PHONE)
    with database.snapshot() as session:
        live = (SignIn.person_id == villager.id) & SignIn.revoked_at.is_(None)
        assert session.scalar(select(func.count()).where(live)) == 0


def test_a_number_in_use_is_refused(open_desk, database, villager):
    with database.transaction() as session:
        other = make_person(session)
    answer = open_desk().post(f"/staff/people/{villager.id}/phone", data={"phone": other.phone})
    assert answer.status_code == 422
    assert other.name not in answer.text
    assert person_of(database, villager).phone == PHONE


def test_giving_a_number_asks_for_a_fresh_proof(open_desk, database, villager):
    desk = open_desk(confirmed=timedelta(minutes=11))
    answer = desk.post(f"/staff/people/{villager.id}/phone", data={"phone": "13922223333"})
    assert answer.location.startswith("/confirm")
    assert person_of(database, villager).phone == PHONE


def test_an_invitation_says_where_to_sign_in(open_desk, database, villager):
    open_desk().post(f"/staff/people/{villager.id}/invite")
    with database.snapshot() as session:
        message = session.scalars(select(SmsMessage).where(SmsMessage.phone == PHONE)).one()
    assert message.text.endswith("http://localhost/sign-in")


def test_who_is_locked_cannot_come_in_until_let_in_again(open_desk, database, villager, app):
    client = app.test_client()
    sign_in(client, villager)
    desk = open_desk()
    assert desk.post(f"/staff/people/{villager.id}/lock", data={"reason": ""}).status_code == 422
    desk.post(f"/staff/people/{villager.id}/lock", data={"reason": "手机丢了"})
    assert client.get("/api/v1/session").json["signed_in"] is False
    assert person_of(database, villager).state == "locked"
    desk.post(f"/staff/people/{villager.id}/let-in")
    assert person_of(database, villager).state == "active"
    assert acts(database, villager)[-2:] == ["person.locked", "person.let_in"]


def test_a_role_is_given_inside_ones_own_county_only(open_desk, database, villager):
    desk, home = open_desk(), villager.county_code
    address = f"/staff/people/{villager.id}/roles"
    for scope in (f"county:{NEIGHBOUR}", "platform"):
        answer = desk.post(address, data={"role": "supervisor", "scope": scope})
        assert answer.status_code == 403
    given = desk.post(address, data={"role": "supervisor", "scope": f"county:{home}"})
    assert given.status_code == 303
    with database.snapshot() as session:
        row = session.scalars(select(RoleGrant).where(RoleGrant.person_id == villager.id)).one()
        assert (row.role, row.scope_id, row.revoked_at) == ("supervisor", home, None)
    assert desk.post(f"{address}/{row.id}/revoke").status_code == 303
    with database.snapshot() as session:
        assert session.get_one(RoleGrant, row.id).revoked_at is not None


@pytest.mark.parametrize(
    "sent",
    [
        {"role": "learner", "scope": "county:330822"},
        {"role": "king", "scope": "county:330822"},
        {"role": "mentor", "scope": "nowhere"},
        {"role": "mentor", "scope": ""},
    ],
)
def test_what_is_no_role_is_refused(open_desk, villager, sent):
    answer = open_desk().post(f"/staff/people/{villager.id}/roles", data=sent)
    assert answer.status_code == 422


@pytest.mark.parametrize("scope", ["county:999999", "class:999", "institution:x", "course:0"])
def test_a_role_holds_nowhere_that_does_not_exist(open_desk, villager, scope):
    desk = open_desk(scope=Scope(ScopeKind.PLATFORM))
    answer = desk.post(
        f"/staff/people/{villager.id}/roles", data={"role": "mentor", "scope": scope}
    )
    assert answer.status_code == 404


def test_nobody_helps_themselves(open_desk, database):
    desk = open_desk(name="李独")
    with database.snapshot() as session:
        own = session.scalars(select(Person).where(Person.name == "李独")).one()
    for action, sent in (
        ("lock", {"reason": "我自己"}),
        ("phone", {"phone": "13922223333"}),
        ("roles", {"role": "supervisor", "scope": f"county:{own.county_code}"}),
        ("identity", {"result": "verified", "number": "11010519491231002X", "sensitive": "1"}),
    ):
        assert desk.post(f"/staff/people/{own.id}/{action}", data=sent).status_code == 403, action
