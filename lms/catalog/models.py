"""Courses and their revisions: course > module > lesson > item, and the material that is timed."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.catalog.domain import ItemKind, RevisionState
from lms.db.base import Base, Localized, one_of, unique_where
from lms.db.ddl import after_create, frozen_when_published, refuse

__all__ = [
    "CatalogueListing",
    "Course",
    "Institution",
    "Item",
    "ItemKind",
    "Lesson",
    "Material",
    "Module",
    "Programme",
    "Revision",
    "RevisionState",
]


class Institution(Base):
    """Who runs courses: a training school, a village academy."""

    __tablename__ = "institution"
    __table_args__ = (Index("uq_institution_code", "code", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Localized]
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), index=True)
    # What it is called in the bureau's catalogue of institutions; none where it is in none.
    code: Mapped[str | None] = mapped_column(String(40))
    uscc: Mapped[str | None] = mapped_column(String(18))
    contact: Mapped[str | None] = mapped_column(String(120))


class Programme(Base):
    """An occupation and level: what a subsidy is for."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[Localized]
    occupation_code: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    credit_hours: Mapped[int]


class CatalogueListing(Base):
    """That a county's list named a programme of an institution, from one day to another.

    ``ends_on`` empty: until further notice. A wrong row is ended and a right one added.
    """

    __tablename__ = "catalogue_listing"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="dates"),
        Index("ix_catalogue_listing_of", "county_code", "programme_id", "institution_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    list_name: Mapped[str] = mapped_column(String(120))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_at: Mapped[datetime]


class Course(Base):
    """A course under one stable slug; what it teaches stands in its revisions.

    ``badge_months`` is how long its badge is good for; empty: for ever.
    """

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("price_fen >= 0", name="price"),
        CheckConstraint("badge_months > 0", name="badge_months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    price_fen: Mapped[int] = mapped_column(default=0)
    badge_months: Mapped[int | None]
    created_at: Mapped[datetime]


class Revision(Base):
    """One version of all a course teaches; published, it never changes again.

    ``edits`` counts the changes of its outline: a page made before the last one is stale.
    """

    __tablename__ = "revision"
    __table_args__ = (
        one_of("state", RevisionState),
        one_of("origin", ("folder", "studio")),
        UniqueConstraint("course_id", "number"),
        unique_where("uq_revision_draft", "course_id", where="state IN ('draft', 'in_review')"),
        unique_where("uq_revision_published", "course_id", where="state = 'published'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=RevisionState.DRAFT)
    title: Mapped[Localized]
    summary: Mapped[Localized]
    outcomes: Mapped[list[Any]]
    cover: Mapped[str] = mapped_column(String(30))
    origin: Mapped[str] = mapped_column(String(10))
    source_hash: Mapped[str | None] = mapped_column(String(64))
    edits: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class Module(Base):
    """A group of lessons."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("revision_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title: Mapped[Localized]


class Lesson(Base):
    """One unit for learners, worth planned minutes; its key is stable over all revisions.

    ``edits`` counts the changes of its own words, apart from those of the outline.
    """

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("revision_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title: Mapped[Localized]
    minutes: Mapped[int]
    objectives: Mapped[list[Any]]
    edits: Mapped[int] = mapped_column(default=0)


class Material(Base):
    """What is timed: one version of an item's content.

    Revisions that leave the content alone share the row, so progress, which refers to it, is
    neither lost nor doubled by a new revision. ``duration_ms`` is the probed length of the video,
    or the most another kind of item may earn.
    """

    __tablename__ = "material"
    __table_args__ = (
        one_of("kind", ItemKind),
        CheckConstraint("duration_ms > 0", name="duration"),
        CheckConstraint("(kind = 'video') = (asset_id IS NOT NULL)", name="asset"),
        unique_where(
            "uq_material_asset",
            "course_id",
            "lesson_key",
            "item_key",
            "asset_id",
            where="asset_id IS NOT NULL",
        ),
        unique_where(
            "uq_material_other",
            "course_id",
            "lesson_key",
            "item_key",
            "duration_ms",
            where="asset_id IS NULL",
        ),
        # All versions of an item.
        Index("ix_material_item", "course_id", "lesson_key", "item_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    lesson_key: Mapped[str] = mapped_column(String(40))
    item_key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("asset.id"))
    duration_ms: Mapped[int]


class Item(Base):
    """One thing to do in a lesson. A draft's video may still lack its material."""

    __tablename__ = "item"
    __table_args__ = (one_of("kind", ItemKind), UniqueConstraint("lesson_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    title: Mapped[Localized]
    is_required: Mapped[bool] = mapped_column(default=True)
    body: Mapped[Localized | None]
    material_id: Mapped[int | None] = mapped_column(ForeignKey("material.id"), index=True)
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("asset.id"))
    # Language to caption, set when the revision is published; a draft shows the newest.
    captions: Mapped[dict[str, Any] | None]
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id"))


for _model in (Module, Lesson, Item):
    frozen_when_published(cast(Table, _model.__table__))

# A revision that was published keeps its words and only ever goes on to be retired.
_FINAL = "OLD.state IN ('published', 'retired')"
_KEPT = ("course_id", "number", "title", "summary", "outcomes", "cover", "origin", "published_at")
_REWRITTEN = " OR ".join(
    (
        *(f"NEW.{column} <> OLD.{column}" for column in _KEPT),
        "COALESCE(NEW.source_hash, '') <> COALESCE(OLD.source_hash, '')",
        "(NEW.published_at IS NULL) <> (OLD.published_at IS NULL)",
        "NEW.state NOT IN ('published', 'retired')",
        "(OLD.state = 'retired' AND NEW.state <> 'retired')",
    )
)
refuse(cast(Table, Revision.__table__), "UPDATE", condition=f"{_FINAL} AND ({_REWRITTEN})")
refuse(cast(Table, Revision.__table__), "DELETE", condition=_FINAL)

# A listing is ended, never rewritten, and nothing is listed twice on one day.
_LISTINGS = cast(Table, CatalogueListing.__table__)
_REWRITTEN = (
    "NEW.county_code <> OLD.county_code OR NEW.list_name <> OLD.list_name "
    "OR NEW.programme_id <> OLD.programme_id OR NEW.institution_id <> OLD.institution_id "
    "OR NEW.starts_on <> OLD.starts_on OR NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on"
)
refuse(_LISTINGS, "UPDATE", condition=_REWRITTEN)
refuse(_LISTINGS, "DELETE", condition="")
after_create(
    _LISTINGS,
    sqlite=(
        "CREATE TRIGGER catalogue_listing_once BEFORE INSERT ON catalogue_listing "
        "FOR EACH ROW WHEN EXISTS (SELECT 1 FROM catalogue_listing "
        "WHERE county_code = NEW.county_code AND programme_id = NEW.programme_id "
        "AND institution_id = NEW.institution_id "
        "AND starts_on <= coalesce(NEW.ends_on, '9999-12-31') "
        "AND coalesce(ends_on, '9999-12-31') >= NEW.starts_on) "
        "BEGIN SELECT RAISE(ABORT, 'catalogue_listing_once'); END"
    ),
    postgresql=(
        "CREATE EXTENSION IF NOT EXISTS btree_gist; "
        "ALTER TABLE catalogue_listing ADD CONSTRAINT catalogue_listing_once "
        "EXCLUDE USING gist (county_code WITH =, programme_id WITH =, institution_id WITH =, "
        "daterange(starts_on, ends_on, '[]') WITH &&)"
    ),
)
