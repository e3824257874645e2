"""How long it takes to take ten thousand people of a file into a class, reading included."""

from __future__ import annotations

import io
from datetime import date, timedelta
from time import perf_counter

import xlsxwriter
from flask import Flask
from sqlalchemy.orm import Session

from bench.figures import Figure, amount
from bench.world import COURSE
from lms.accounts.domain.identity import check_sign
from lms.accounts.gateway import keys_of
from lms.accounts.service.rosters import read_sent
from lms.catalog.tree import published_revisions, revision_tree
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.core.ids import new_uuid
from lms.db.session import Database, now
from lms.enrollment.domain import ClassState
from lms.enrollment.models import TrainingClass
from lms.staff import service
from lms.staff.models import RosterDraft
from tests.factories.accounts import COUNTY, make_county, make_person

PEOPLE = 10_000
_SECONDS = 10.0
_BORN = date(1960, 1, 1)
_DAYS = 14_000


def of_rosters(app: Flask) -> list[Figure]:
    """Return the seconds from the file to everybody in the class, of the application's database."""
    loaded = app.test_cli_runner().invoke(args=["content", "load", str(COURSE)])
    if loaded.exit_code != 0:
        raise RuntimeError(f"the course did not load:\n{loaded.output}")
    database: Database = app.extensions["lms_database"]
    with database.transaction() as session:
        actor, draft = _drafted(session)
    data = roster(PEOPLE)
    began = perf_counter()
    _take_in(app, database, actor, draft, data)
    return [amount("roster_people", round(perf_counter() - began, 1), "s", _SECONDS)]


def _take_in(app: Flask, database: Database, actor: Actor, draft: RosterDraft, data: bytes) -> None:
    keys = keys_of(app.extensions["lms_settings"])
    sent = read_sent(data, keys.index, today=local_day(utc_now()))
    with database.snapshot() as session:
        shown = service.find(session, actor=actor, draft=draft, sent=sent, now=now(session))
    with database.transaction() as session:
        own = session.get_one(RosterDraft, draft.id)
        looked_at = service.LookedAt(own, sent, shown.seen)
        done = service.take_in(session, actor=actor, roster=looked_at, keys=keys, now=now(session))
    if done.new != PEOPLE:
        raise RuntimeError(f"{done.new} of {PEOPLE} came in")


def _drafted(session: Session) -> tuple[Actor, RosterDraft]:
    """Make somebody who may, a class with seats for just as many, and the draft of the list."""
    make_county(session)
    at, person = now(session), make_person(session)
    course = revision_tree(session, published_revisions(session)[0])
    row = TrainingClass(
        course_id=course.course_id,
        revision_id=course.revision_id,
        county_code=COUNTY,
        title="秋季班",
        state=ClassState.OPEN,
        starts_on=at.date(),
        created_at=at,
        capacity=PEOPLE,
    )
    session.add(row)
    session.flush()
    draft = RosterDraft(
        id=new_uuid(),
        county_code=COUNTY,
        training_class_id=row.id,
        filename="花名册.xlsx",
        sha256="0" * 64,
        key_name="bench",
        sent_by_id=person.id,
        sent_at=at,
    )
    session.add(draft)
    grants = (Grant(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, COUNTY)),)
    return Actor(person.id, person.name, grants, 1), draft


def roster(people: int) -> bytes:
    """Return a workbook with so many people, each with a phone, a number and a town."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_row(0, 0, ["姓名", "手机号", "身份证号码", "乡镇"])
        for number in range(people):
            row = [f"学员{number}", f"139{number:08d}", _card(number), f"第{number % 20}镇"]
            sheet.write_row(number + 1, 0, row)
    return made.getvalue()


def _card(number: int) -> str:
    born = _BORN + timedelta(days=number % _DAYS)
    body = f"{COUNTY}{born:%Y%m%d}{number // _DAYS:03d}"
    return body + check_sign(body)
