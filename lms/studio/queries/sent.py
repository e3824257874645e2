"""Reads which files are on their way to which lessons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog import queries as catalog
from lms.catalog.domain import ItemKind
from lms.catalog.models import Item, Lesson, Revision
from lms.db.session import now
from lms.media.domain.states import AssetState
from lms.media.models import Asset, Upload
from lms.media.service import unfinished_uploads
from lms.studio.domain import Standing

# A video item by the keys of its lesson and its own, the same in every revision.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A file of the person's that is on its way to an item; sizes in bytes."""

    asset_id: str
    item_id: int
    filename: str
    received: int
    byte_size: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lesson of the draft whose video is missing, and what is on its way to it."""

    entry: catalog.LessonRows
    item: Item
    unfinished: Unfinished | None


def unfinished_by_place(
    session: Session, course_id: int, *, owner_id: int
) -> dict[Place, Unfinished]:
    """Return the person's newest unfinished upload for each item of the course.

    An upload begun for a draft that was published meanwhile belongs to the draft made of it.
    """
    uploads = unfinished_uploads(session, owner_id=owner_id, at=now(session))
    wanted = [upload.item_id for upload, _name in uploads if upload.item_id is not None]
    if not wanted:
        return {}
    places = {
        item_id: (lesson, item)
        for item_id, lesson, item in session.execute(
            select(Item.id, Lesson.key, Item.key)
            .join(Lesson, Lesson.id == Item.lesson_id)
            .join(Revision, Revision.id == Item.revision_id)
            .where(Item.id.in_(wanted), Revision.course_id == course_id)
        )
    }
    found: dict[Place, Unfinished] = {}
    for upload, name in uploads:
        if upload.item_id in places:
            found.setdefault(places[upload.item_id], _unfinished(upload, upload.item_id, name))
    return found


def _unfinished(upload: Upload, item_id: int, name: str) -> Unfinished:
    return Unfinished(
        asset_id=upload.asset_id,
        item_id=item_id,
        filename=name,
        received=upload.received_bytes,
        byte_size=upload.byte_size,
        expires_at=upload.expires_at,
    )


def standing(
    session: Session, rows: catalog.RevisionRows, unfinished: Mapping[Place, Unfinished]
) -> list[Standing]:
    """Return the lessons with a place for a video; a video that failed is none."""
    sizes = {
        asset_id: size
        for asset_id, size in session.execute(
            select(Asset.id, Asset.byte_size).where(Asset.id.in_(list(rows.assets)))
        )
        if rows.assets[asset_id].state != AssetState.FAILED
    }
    found = []
    for entry in rows.lessons:
        item = video_item(entry)
        if item is None:
            continue
        coming = unfinished.get((entry.lesson.key, item.key))
        found.append(
            Standing(
                key=entry.lesson.key,
                title=entry.lesson.title.get("zh", ""),
                byte_size=sizes.get(item.asset_id or ""),
                unfinished=(coming.filename, coming.byte_size) if coming else None,
            )
        )
    return found


def video_item(entry: catalog.LessonRows) -> Item | None:
    """Return the lesson's first video item."""
    return next((item for item in entry.items if item.kind == ItemKind.VIDEO), None)
