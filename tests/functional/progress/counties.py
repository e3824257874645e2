"""A county's own programme, laid down in the file of programmes, and a learner who takes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from lms.accounts.models import Person
from lms.catalog import gateway
from lms.core.clock import day_bounds, local_day, utc_now
from lms.db.session import Database
from lms.progress.domain.units import datetime_to_ms
from lms.progress.gateway import counting_of
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import MadeCourse, lesson, make_course, make_programme, reading, video
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset
from tests.support.clock import move_clock
from tests.support.site import Client

OWN_RULES = {"seeking": "locked", "night": "refused", "offline": "queued"}
SLUG = "county-l5"
DURATION_MS = 600_000


@dataclass
class Seat:
    """A learner's browser on the programme's video, and the hour of the day before yesterday."""

    browser: Client
    person: Person
    course: MadeCourse
    hour: float = 10
    lease: str = ""
    seq: int = 0

    @property
    def now_ms(self) -> int:
        # A day that is over, for what people rule on has to come after it.
        day = local_day(utc_now()) - timedelta(days=2)
        return datetime_to_ms(day_bounds(day)[0]) + round(self.hour * 3_600_000)

    @property
    def item_id(self) -> int:
        return self.course.items["A01/video"].id

    @property
    def material_id(self) -> int:
        return self.course.materials["A01/video"].id

    @property
    def page(self) -> str:
        return f"/learn/{self.course.course.slug}/A01.video"

    def sit_down(self, hour: float = 10) -> None:
        """Take the lease at the hour."""
        self.hour, self.seq = hour, 0
        self.lease = self.browser.post(f"/api/v1/items/{self.item_id}/lease").json["lease"]

    def play(self, begin: int, end: int, *, after: int | None = None) -> dict[str, Any]:
        """Report the seconds as many seconds later as they last, or ``after`` so many."""
        self.hour += (end - begin if after is None else after) / 3_600
        self.seq += 1
        body = {"seq": self.seq, "played": [[begin, end]], "position": end, "state": "playing"}
        answer = self.browser.post(f"/api/v1/leases/{self.lease}/beats", json=body)
        assert answer.status_code == 200
        return dict(answer.json)


@pytest.fixture
def counties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The known programmes with three of a county: with rules, without, with a short day."""
    shipped = Path(gateway.__file__).with_name("programmes.yaml")
    known = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    plain = {name: value for name, value in known["anchor-l5"].items() if name != "counting"}
    known |= {SLUG: {**plain, "counting": OWN_RULES}, "usual-l5": plain}
    known["short-l5"] = {**plain, "counting": {"daily_cap_seconds": 270}}
    file = tmp_path / "programmes.yaml"
    file.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(gateway, "_FILE", file)
    for kept in (gateway.known_programmes, counting_of):
        kept.cache_clear()
    yield
    for kept in (gateway.known_programmes, counting_of):
        kept.cache_clear()


def take_seat(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch, programme: str
) -> Seat:
    """Return a learner who takes a course of the programme."""
    with database.transaction() as session:
        person = make_person(session, name="林秀芳")
        asset = make_asset(session, duration_ms=DURATION_MS)
        made = make_course(
            session,
            programme_id=make_programme(session, slug=programme).id,
            lessons=[lesson("A01", video(asset_id=asset.id, duration_ms=DURATION_MS), reading())],
        )
        make_enrollment(session, person=person, course=made)
    browser: Client = app.test_client()
    sign_in(browser, person)
    seat = Seat(browser, person, made)
    move_clock(monkeypatch, lambda: seat.now_ms)
    return seat


@pytest.fixture
def seat(app: Flask, database: Database, counties: None, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """A learner of the programme with rules of its own."""
    return take_seat(app, database, monkeypatch, SLUG)


@pytest.fixture
def usual(app: Flask, database: Database, counties: None, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """A learner of the programme without any."""
    return take_seat(app, database, monkeypatch, "usual-l5")


@pytest.fixture
def short(app: Flask, database: Database, counties: None, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """A learner of a programme that pays 270 seconds a day."""
    return take_seat(app, database, monkeypatch, "short-l5")
