"""What lists read of a course and of its final test is what the parts add up to, whoever wrote."""

import json
import random
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Session

from lms.db.session import Database
from lms.progress import queries
from lms.progress.models import MaterialProgress
from tests.factories.assessment import make_graded_attempt
from tests.factories.progress import Entry, make_day
from tests.factories.roster import Small, make_small_county
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.study import Study
from tests.support.databases import drop_trigger


def wrong(database: Database) -> list[queries.WrongSum]:
    with database.one_moment() as session:
        return list(queries.wrong_sums(session, 1, queries.last_person(session)))


@pytest.fixture
def small(database: Database) -> Small:
    with database.transaction() as session:
        return make_small_county(session)


def _bulk(session: Session, small: Small, dice: random.Random) -> None:
    """Take in time of many people at once, past every service."""
    rows = [
        {"person_id": person, "material_id": made.id, "seen_ms": ms, "credited_ms": ms}
        for person in (small.withdrawn.person_id, small.foreign.person_id)
        for made in small.course.materials.values()
        for ms in [dice.randrange(100_000)]
    ]
    session.execute(
        delete(MaterialProgress).where(
            MaterialProgress.person_id.in_([r["person_id"] for r in rows])
        )
    )
    session.execute(insert(MaterialProgress), rows)


def _correct(session: Session, small: Small, dice: random.Random) -> None:
    """Take time away, or give some, by hand."""
    session.execute(
        update(MaterialProgress)
        .where(MaterialProgress.person_id == small.finished.person_id)
        .values(credited_ms=dice.randrange(1000), granted_ms=0)
    )


def _grade(session: Session, small: Small, dice: random.Random) -> None:
    number = dice.randrange(10, 10**9)
    name = dice.choice(["FINAL/final", "A01/quiz"])
    percent = dice.randrange(101)
    make_graded_attempt(session, small.half, small.course, name, number=number, percent=percent)


def _study(session: Session, small: Small, _dice: random.Random) -> None:
    made = small.course
    make_day(session, small.half, made, "A01/text", date(2026, 5, 2), [Entry(credited=60)])


_ACTS: tuple[Callable[[Session, Small, random.Random], None], ...] = (_bulk, _correct, _grade)


@pytest.mark.parametrize("seed", [1, 2])
def test_kept_sums_are_what_their_parts_add_up_to(
    database: Database, clock: Clock, learner: Learner, small: Small, seed: int
) -> None:
    dice, study = random.Random(seed), Study(database, clock, learner)  # noqa: S311 (a test)
    for _ in range(12):
        study.lease(dice.choice("AB"))
        study.play(dice.randrange(1, 20))
        with database.transaction() as session:
            dice.choice(_ACTS)(session, small, dice)
    assert wrong(database) == []
    with database.snapshot() as session:
        days = session.execute(text("SELECT max(last_day) FROM course_time")).scalar_one()
        assert days == session.execute(text("SELECT max(day) FROM watch_slice")).scalar_one() > 0
        kept = session.execute(text("SELECT sum(verified_ms) FROM course_time")).scalar_one()
        assert (
            kept
            == session.execute(text("SELECT sum(credited_ms) FROM material_progress")).scalar_one()
            > 0
        )


@pytest.mark.parametrize(
    ("trigger", "table", "act"),
    [
        ("material_progress_kept_insert", "material_progress", _bulk),
        ("material_progress_kept_update", "material_progress", _correct),
        ("watch_slice_kept_insert", "watch_slice", _study),
        (
            "attempt_kept_insert",
            "attempt",
            lambda session, small, _dice: make_graded_attempt(
                session, small.half, small.course, "FINAL/final"
            ),
        ),
    ],
)
def test_without_its_trigger_a_sum_is_left_behind_named_and_put_right(
    database: Database,
    small: Small,
    app: Flask,
    trigger: str,
    table: str,
    act: Callable[..., object],
) -> None:
    drop_trigger(database, trigger, table)
    with database.transaction() as session:
        act(session, small, random.Random(1))  # noqa: S311 (a test)
    assert wrong(database)
    run = app.test_cli_runner()
    first = run.invoke(args=["progress", "recount"])
    assert (first.exit_code, "counted" in first.stderr) == (1, True)
    assert run.invoke(args=["progress", "recount", "--repair"]).exit_code == 0
    assert json.loads(run.invoke(args=["progress", "recount"]).stdout)["different"] == 0
