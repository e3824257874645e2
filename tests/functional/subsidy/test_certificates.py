"""State certificates: entered with a photo, looked up, mended, taken out."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.subsidy.models import CertificateEntry, ExternalCertificate
from tests.factories.accounts import sign_in
from tests.factories.subsidy import Subsidised, make_subsidised
from tests.functional.subsidy.desks import PDF, open_desk, photo, sent
from tests.support.site import Client

FORM = {
    "type": "skill_level",
    "number": "s0000 3308 0012345",
    "occupation": "anchor-l5",
    "issued_on": "2026-05-12",
    "issuer": "衢州市某评价机构",
    "theory": "72.5",
    "practice": "80",
}


def enter(client: Client, data: bytes = PDF, **form: str) -> Any:
    return client.post("/me/certificates", data={**FORM, "paper": sent(data), **form})


def held(database: Database) -> list[ExternalCertificate]:
    with database.snapshot() as session:
        return list(session.scalars(select(ExternalCertificate).order_by(ExternalCertificate.id)))


def verdict(client: Client) -> tuple[str, str]:
    clauses = client.get("/api/v1/me/eligibility").json["items"][0]["clauses"]
    return next((each["verdict"], each["reason"]) for each in clauses if each["id"] == "CERT")


@pytest.fixture
def desk(app: Flask, database: Database, own: Subsidised) -> Client:
    return open_desk(app, database)[0]


@pytest.fixture
def entered(learner: Client, database: Database, tmp_path: Path) -> ExternalCertificate:
    assert enter(learner, photo(tmp_path)).status_code == 303
    return held(database)[0]


def test_a_certificate_is_kept_with_its_photo_and_looked_up(
    desk: Client,
    learner: Client,
    own: Subsidised,
    entered: ExternalCertificate,
    database: Database,
) -> None:
    assert entered.number == "S000033080012345"
    assert verdict(learner) == ("unknown", "registry_unknown")
    page = learner.get("/me/certificates").text
    assert "S000033080012345" in page
    assert "正在查验" in page
    place = f"/staff/people/{own.person.id}/certificates/{entered.id}"
    desk.post(place, data={"action": "found"})
    assert verdict(learner) == ("pass", "fits")
    desk.post(place, data={"action": "not_found"})
    assert verdict(learner) == ("fail", "not_in_registry")
    with database.snapshot() as session:
        entries = session.scalars(select(CertificateEntry).order_by(CertificateEntry.id)).all()
        audited = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == f"certificate:{entered.id}")
        ).all()
    assert [(row.source, row.registry_verified) for row in entries] == [
        ("declared", None),
        ("staff", True),
        ("staff", False),
    ]
    assert [(float(row.theory_mark), float(row.practice_mark)) for row in entries] == [
        (72.5, 80.0)
    ] * 3
    assert audited == ["certificate.looked_at"] * 2


def test_somebody_elses_number_is_refused_and_nothing_is_told(
    app: Flask, desk: Client, own: Subsidised, entered: ExternalCertificate, database: Database
) -> None:
    with database.transaction() as session:
        other = make_subsidised(session, programme="store-l5").person
        other.name = "赵六"
    second: Client = app.test_client()
    sign_in(second, other)
    answer = enter(second, number="S0000-3308-0012345".replace("-", ""))
    assert answer.status_code == 409
    assert "登记不了" in answer.text
    for secret in (own.person.name, own.person.phone):
        assert secret not in answer.text.split("<main")[1]
    # Staff take the wrong one out; then the number is free.
    place = f"/staff/people/{own.person.id}/certificates/{entered.id}"
    desk.post(place, data={"action": "void"})
    assert held(database)[0].state == "live"
    desk.post(place, data={"action": "void", "reason": "是别人的证书"})
    assert held(database)[0].state == "void"
    assert enter(second).status_code == 303
    assert "是别人的证书" in desk.get(f"/staff/people/{own.person.id}/facts").text
    desk.post(place, data={"action": "found"})
    with database.snapshot() as session:
        count = session.scalars(
            select(CertificateEntry).where(CertificateEntry.certificate_id == entered.id)
        ).all()
    assert len(count) == 1


def test_what_it_says_is_mended_with_a_reason(
    desk: Client,
    learner: Client,
    own: Subsidised,
    entered: ExternalCertificate,
    database: Database,
) -> None:
    place = f"/staff/people/{own.person.id}/certificates/{entered.id}"
    form = {
        "action": "correct",
        "occupation": "",
        "code": "4-01-06-01",
        "work_type": "网商",
        "level": "5",
        "issued_on": "2026-05-13",
        "issuer": "<b>局</b>",
    }
    desk.post(place, data=form)
    assert verdict(learner)[1] == "registry_unknown"
    desk.post(place, data={**form, "reason": "照片上是网商"})
    assert verdict(learner) == ("unknown", "missing")
    page = desk.get(f"/staff/people/{own.person.id}/facts").text
    assert "<b>局</b>" not in page
    assert "照片上是网商" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"number": "330802199001010002"}, "身份证号"),
        ({"number": "<script>"}, "字母和数字"),
        ({"number": ""}, "请填写"),
        ({"type": "driving_licence"}, ""),
        ({"issued_on": "2199-01-01"}, "还没有到"),
        ({"issued_on": "31.12."}, ""),
        ({"issuer": ""}, "请填写"),
        ({"theory": "NaN"}, "0 到 100"),
        ({"practice": "101"}, "0 到 100"),
        ({"occupation": "", "code": "anything"}, "职业代码"),
        ({"occupation": "", "code": "4-01-06-02", "level": "9"}, "1 到 5"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(
    learner: Client, own: Subsidised, database: Database, form: dict[str, str], said: str
) -> None:
    answer = enter(learner, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    assert held(database) == []


def test_without_a_photo_nothing_is_kept(
    learner: Client, own: Subsidised, database: Database
) -> None:
    assert enter(learner, b"").status_code == 422
    assert enter(learner, b"<svg/>").status_code == 422
    assert held(database) == []


def test_another_county_finds_no_certificate(
    app: Flask, own: Subsidised, entered: ExternalCertificate, database: Database
) -> None:
    stranger = open_desk(app, database, county="330881")[0]
    desk, _ = open_desk(app, database)
    with database.transaction() as session:
        other = make_subsidised(session, programme="store-l5").person
    for client, person in ((stranger, own.person.id), (desk, other.id)):
        place = f"/staff/people/{person}/certificates/{entered.id}"
        assert client.post(place, data={"action": "found"}).status_code == 404
