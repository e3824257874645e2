"""What people look at: presence checks, requests about time, and what looked unlike studying."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, OptionalJson, one_of, unique_where
from lms.db.ddl import is_erased, refuse
from lms.progress.domain.checks import CheckKind
from lms.progress.domain.flags import FlagKind, FlagRuling
from lms.progress.domain.requests import RequestAim, RequestRuling


class PresenceCheck(Base):
    """One question whether the learner is still there, what was asked and what came of it.

    ``after_number`` is the ledger's length when it was shown: what comes later waits for the
    answer. ``answered_number`` is its length at the answer, from which the next one counts.
    """

    __tablename__ = "presence_check"
    __table_args__ = (
        one_of("kind", CheckKind),
        CheckConstraint(
            "(answered_at_ms IS NULL) = (answered_number IS NULL)", name="whole_answer"
        ),
        unique_where("uq_presence_check_open", "person_id", where="answered_at_ms IS NULL"),
        Index("ix_presence_check_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lease_id: Mapped[str] = mapped_column(ForeignKey("playback_lease.id"))
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    kind: Mapped[str] = mapped_column(String(10))
    asked: Mapped[dict[str, Any]]
    shown_at_ms: Mapped[int]
    after_number: Mapped[int]
    more_time_at_ms: Mapped[int | None]
    missed_at_ms: Mapped[int | None]
    answered_at_ms: Mapped[int | None]
    answered_number: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(40))
    is_right: Mapped[bool | None]


class TimeRequest(Base):
    """Somebody asks to count time the clock did not: a learner's appeal, or after an outage.

    An appeal names stretches of one material (``spans``, media milliseconds). A compensation names
    the county and the wall time of the outage, is asked for by one administrator and ruled on by
    another. What is granted becomes ledger entries of their own; ``granted_ms`` is their sum and
    ``granted_at`` when the last of them stood: for a county that takes a job of its own.
    """

    __tablename__ = "time_request"
    __table_args__ = (
        one_of("aim", RequestAim),
        one_of("ruling", RequestRuling),
        CheckConstraint(
            f"(aim = '{RequestAim.APPEAL}') = (person_id IS NOT NULL)", name="of_a_person"
        ),
        CheckConstraint("(person_id IS NULL) = (material_id IS NULL)", name="of_a_material"),
        CheckConstraint("(person_id IS NULL) = (spans IS NULL)", name="of_stretches"),
        CheckConstraint("person_id IS NULL OR asked_by_id = person_id", name="own_time"),
        CheckConstraint(
            f"(aim = '{RequestAim.COMPENSATION}') = (county_code IS NOT NULL "
            "AND wall_from_ms IS NOT NULL AND wall_to_ms IS NOT NULL)",
            name="outage",
        ),
        CheckConstraint("wall_from_ms < wall_to_ms", name="period"),
        CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name="whole_ruling",
        ),
        CheckConstraint(
            f"(ruling = '{RequestRuling.WITHDRAWN}') = (ruled_by_id = asked_by_id)",
            name="two_people",
        ),
        CheckConstraint(
            f"granted_ms >= 0 AND (ruling = '{RequestRuling.GRANTED}' OR granted_ms = 0)",
            name="granted",
        ),
        CheckConstraint(
            f"granted_at IS NULL OR ruling = '{RequestRuling.GRANTED}'", name="granted_when"
        ),
        CheckConstraint(
            "(reason IS NOT NULL) = "
            f"(ruling IN ('{RequestRuling.GRANTED}', '{RequestRuling.DECLINED}'))",
            name="reasoned",
        ),
        unique_where(
            "uq_time_request_open_appeal",
            "person_id",
            "material_id",
            where="ruling IS NULL AND person_id IS NOT NULL",
        ),
        Index("ix_time_request_open", "aim", "ruling", "id"),
        Index("ix_time_request_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    aim: Mapped[str] = mapped_column(String(15))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    material_id: Mapped[int | None] = mapped_column(ForeignKey("material.id"))
    spans: Mapped[list[Any] | None] = mapped_column(OptionalJson)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("county.code"))
    wall_from_ms: Mapped[int | None]
    wall_to_ms: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    ruling: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]
    granted_ms: Mapped[int] = mapped_column(default=0)
    granted_people: Mapped[int] = mapped_column(default=0)
    granted_at: Mapped[datetime | None]


class StudyFlag(Base):
    """Something that looks unlike a person studying. It asks a person and cuts nothing by itself.

    ``evidence`` is what was measured. The learner may say what it was (``words``) before anybody
    rules; of one kind and day there is one flag a person.
    """

    __tablename__ = "study_flag"
    __table_args__ = (
        one_of("kind", FlagKind),
        one_of("ruling", FlagRuling),
        CheckConstraint(
            "(ruling IS NULL) = (ruled_by_id IS NULL) AND (ruling IS NULL) = (ruled_at IS NULL)",
            name="whole_ruling",
        ),
        CheckConstraint("(ruling IS NULL) = (reason IS NULL)", name="reasoned"),
        CheckConstraint("ruled_by_id <> person_id", name="two_people"),
        Index("uq_study_flag_day", "person_id", "kind", "day", unique=True),
        Index("ix_study_flag_open", "ruling", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[int]
    evidence: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    words: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[datetime | None]
    ruling: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]


_CHECKS, _REQUESTS, _FLAGS = (
    cast(Table, model.__table__) for model in (PresenceCheck, TimeRequest, StudyFlag)
)
_ASKED = ("person_id", "lease_id", "material_id", "kind", "shown_at_ms", "after_number")
_FIXED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _ASKED)
refuse(_CHECKS, "UPDATE", condition=f"OLD.answered_at_ms IS NOT NULL OR {_FIXED}")
# The words of somebody who was erased go; the rows stay, for they count.
_NAMED = f"NOT {is_erased('OLD.person_id')}"
# Once ruled on, only that it was carried out, and what it brought, is still to be written down.
_CARRIED_OUT = (
    "NEW.granted_at IS NOT NULL AND OLD.granted_at IS NULL "
    "AND coalesce(NEW.ruling, '') = OLD.ruling AND coalesce(NEW.reason, '') = OLD.reason "
    "AND coalesce(NEW.ruled_by_id, 0) = OLD.ruled_by_id AND NEW.words = OLD.words"
)
_RULED = f"OLD.ruling IS NOT NULL AND NOT ({_CARRIED_OUT})"
refuse(_REQUESTS, "UPDATE", condition=f"{_RULED} AND {_NAMED}")
refuse(_FLAGS, "UPDATE", condition=f"OLD.ruling IS NOT NULL AND {_NAMED}")
for _table in (_CHECKS, _REQUESTS, _FLAGS):
    refuse(_table, "DELETE", condition="")
