"""Rolled-up figures, what of each person stands in them, who is to be counted anew, and budgets."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.models import Person
from lms.assessment.models import Attempt
from lms.catalog.models import Course, Programme
from lms.credentials.models import Credential
from lms.db.base import Base
from lms.db.ddl import after_create, append_only
from lms.enrollment.models import Enrollment
from lms.subsidy.models import (
    CertificateEntry,
    ExternalCertificate,
    LearnerFact,
    SubsidyClaim,
    SubsidyPayment,
)

_MONTH = "month BETWEEN 200001 AND 209912 AND month % 100 BETWEEN 1 AND 12"


class FigureCell(Base):
    """What was counted of a county's town, group and course in a month (written 202605).

    ``course_id`` 0 holds claims of people without an enrollment in their programme, -1 (with the
    group ``*``) the sum of all. Programme and institution are those of the course. People stand
    once a county, at what came first; ``reached`` columns tell how far those came who enrolled in
    the month.
    """

    __tablename__ = "figure_cell"
    __table_args__ = (
        CheckConstraint(_MONTH, name="month"),
        Index("ix_figure_cell_course", "course_id", "county_code"),
    )

    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    town: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_group: Mapped[str] = mapped_column(String(30), primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    enrolled: Mapped[int] = mapped_column(default=0)
    started: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    badges: Mapped[int] = mapped_column(default=0)
    certified: Mapped[int] = mapped_column(default=0)
    claimed: Mapped[int] = mapped_column(default=0)
    approved: Mapped[int] = mapped_column(default=0)
    paid: Mapped[int] = mapped_column(default=0)
    paid_fen: Mapped[int] = mapped_column(default=0)
    owed_fen: Mapped[int] = mapped_column(default=0)
    people_enrolled: Mapped[int] = mapped_column(default=0)
    people_trained: Mapped[int] = mapped_column(default=0)
    people_paid: Mapped[int] = mapped_column(default=0)
    reached_start: Mapped[int] = mapped_column(default=0)
    reached_test: Mapped[int] = mapped_column(default=0)
    reached_end: Mapped[int] = mapped_column(default=0)
    reached_certificate: Mapped[int] = mapped_column(default=0)
    reached_money: Mapped[int] = mapped_column(default=0)
    credited_ms: Mapped[int] = mapped_column(default=0)


class FigureRefused(Base):
    """How much reported time did not count, by the reason and the month of its day."""

    __tablename__ = "figure_refused"
    __table_args__ = (CheckConstraint(_MONTH, name="month"),)

    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    town: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_group: Mapped[str] = mapped_column(String(30), primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(30), primary_key=True)
    ms: Mapped[int] = mapped_column(default=0)


class FigurePerson(Base):
    """What of a person stands in the cells, so that a change of theirs changes the difference.

    ``places`` says where the hours of each course are counted.
    """

    __tablename__ = "figure_person"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    cells: Mapped[list[Any]]
    places: Mapped[list[Any]]


class FigureDue(Base):
    """That a person is to be counted anew: a queue that the triggers below fill.

    Without a key to the person: the row that made it has one, and it is gone within minutes.
    """

    __tablename__ = "figure_due"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]


class FigureMark(Base):
    """Up to which entry of the ledger hours are counted; one row, locked by whoever counts.

    ``upto_id`` is how far to go now. ``seen_id`` is the newest entry when somebody looked last: a
    minute later no transaction is open any more that wrote one before it. ``as_of`` is up to when
    all is counted.
    """

    __tablename__ = "figure_mark"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("ledger_id <= upto_id AND upto_id <= seen_id", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ledger_id: Mapped[int] = mapped_column(default=0)
    upto_id: Mapped[int] = mapped_column(default=0)
    upto_at: Mapped[datetime | None]
    seen_id: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None]
    as_of: Mapped[datetime | None]


class SubsidyBudget(Base):
    """What a county may pay out in a year, fen; the newest entry of a year counts."""

    __tablename__ = "subsidy_budget"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2099", name="year"),
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("ix_subsidy_budget_year", "county_code", "year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    year: Mapped[int]
    amount_fen: Mapped[int]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


append_only(cast(Table, SubsidyBudget.__table__))


def _marks(model: type[Base], verb: str, people: str, condition: str = "true") -> None:
    """Let the database itself note who is to be counted anew: no piece of code can forget it."""
    table = cast(Table, model.__table__)
    name = f"{table.name}_counts_{verb.split(' ', maxsplit=1)[0].lower()}"
    noted = f"INSERT INTO figure_due (person_id) {people}"
    when = "" if condition == "true" else f"WHEN {condition} "
    after_create(
        table,
        sqlite=(
            f"CREATE TRIGGER {name} AFTER {verb} ON {table.name} FOR EACH ROW {when}"
            f"BEGIN {noted}; END"
        ),
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN {noted}; END IF; RETURN NULL; END $$; "
            f"CREATE TRIGGER {name} AFTER {verb} ON {table.name} FOR EACH ROW "
            f"EXECUTE FUNCTION {name}()"
        ),
    )


_SELF = "VALUES (NEW.person_id)"
_marks(Enrollment, "INSERT", _SELF)
_marks(Enrollment, "UPDATE OF status, county_code, completed_at", _SELF)
_marks(
    Person,
    "UPDATE OF town, county_code",
    "VALUES (NEW.id)",
    "coalesce(NEW.town, '') <> coalesce(OLD.town, '') OR NEW.county_code <> OLD.county_code",
)
_marks(LearnerFact, "INSERT", _SELF, "NEW.key = 'groups'")
_marks(LearnerFact, "DELETE", "VALUES (OLD.person_id)", "OLD.key = 'groups'")
_marks(Attempt, "INSERT", _SELF, "NEW.passed")
_marks(Attempt, "UPDATE OF passed", _SELF, "NEW.passed")
_marks(Credential, "INSERT", _SELF, "NEW.state <> 'pending'")
_marks(Credential, "UPDATE OF state", _SELF, "NEW.state <> OLD.state")
_OWNER = "SELECT person_id FROM external_certificate WHERE id = {row}.certificate_id"
_marks(CertificateEntry, "INSERT", _OWNER.format(row="NEW"))
_marks(ExternalCertificate, "UPDATE OF state", _SELF)
_marks(ExternalCertificate, "DELETE", "VALUES (OLD.person_id)")
_marks(SubsidyClaim, "INSERT", _SELF, "NEW.submitted_at IS NOT NULL")
_marks(SubsidyClaim, "UPDATE OF state, paid_fen, amount_fen", _SELF)
_CLAIMANT = "SELECT person_id FROM subsidy_claim WHERE id = NEW.claim_id"
_marks(SubsidyPayment, "INSERT", _CLAIMANT, "NEW.state = 'paid'")
_marks(SubsidyPayment, "UPDATE OF state", _CLAIMANT)
_TAKERS = "SELECT person_id FROM enrollment WHERE course_id"
_marks(
    Course,
    "UPDATE OF programme_id",
    f"{_TAKERS} = NEW.id",
    "coalesce(NEW.programme_id, 0) <> coalesce(OLD.programme_id, 0)",
)
_marks(
    Programme,
    "UPDATE OF occupation_code, level",
    f"{_TAKERS} IN (SELECT id FROM course WHERE programme_id = NEW.id)",  # noqa: S608 (ours)
)
