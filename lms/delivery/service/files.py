"""Opens files on their way out, seals them anew, and clears away what is over."""

from pathlib import Path
from typing import BinaryIO, cast

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.gateway import Vault
from lms.core.errors import NotFound
from lms.db.session import Database, now
from lms.delivery import gateway, queries
from lms.delivery.domain import WORDS, DeliveryKind
from lms.delivery.gateway import BrokenSeal, Sealer, Unsealed, measured
from lms.delivery.models import Delivery
from lms.delivery.service.orders import HandedOut
from lms.delivery.service.steps import write_down
from lms.delivery.service.telling import tell_owner
from lms.settings import Settings

log = structlog.get_logger(__name__)


def sealer_of(settings: Settings) -> Sealer:
    """Return what seals files with the keys of the installation."""
    return Sealer(Vault(settings.vault_keys))


def place_of(delivery_id: str) -> str:
    """Return what the sealed file of a delivery is bound to."""
    return f"delivery:{delivery_id}:file"


def open_whole(settings: Settings, handed: HandedOut, kind: DeliveryKind) -> BinaryIO:
    """Return the plain file, opened, once all of it is seen to be what was made.

    Its bytes stay readable when its name is gone. Raises ``NotFound`` where it is gone from the
    disk, or not what was made any more: then nothing of it goes out.
    """
    path, words = settings.export_dir / handed.path, WORDS[kind].gone
    try:
        opened: BinaryIO | Unsealed = (
            sealer_of(settings).open(path, place=place_of(handed.id))
            if handed.is_sealed
            else path.open("rb")
        )
    except (FileNotFoundError, BrokenSeal) as error:
        raise NotFound(words.code, words.text) from error
    try:
        is_whole = measured(opened).sha256 == handed.sha256
    except BrokenSeal:
        is_whole = False
    if not is_whole:
        opened.close()
        log.error("delivery_changed_on_disk", delivery=handed.id)
        raise NotFound(words.code, words.text)
    opened.seek(0)
    return cast(BinaryIO, opened)


def reseal_files(database: Database, settings: Settings) -> int:
    """Seal the files that wait with the newest key, each in one step; return how many."""
    with database.snapshot() as session:
        sealed = select(Delivery).where(Delivery.key_name.is_not(None))
        waiting = session.scalars(sealed.where(Delivery.removed_at.is_(None))).all()
    return sum(_reseal(settings, each) for each in waiting)


def clear_old_files(database: Database, settings: Settings) -> int:
    """Delete the files of deliveries whose days are over; return how many deliveries it were."""
    with database.snapshot() as session:
        found = queries.over(session, now(session))
    # First the file, then the row: whatever happens between, the next round finds it again.
    gone = [each for each in found if _delete(settings.export_dir, each)]
    if not gone:
        return 0
    with database.transaction() as session:
        return record_removed(session, gone)


def record_removed(session: Session, delivery_ids: list[str]) -> int:
    """Record that what lay of the deliveries was deleted, once; tell whose order lapsed."""
    at = now(session)
    # One that was approved at the last moment has days again.
    theirs = (
        Delivery.id.in_(delivery_ids),
        Delivery.removed_at.is_(None),
        Delivery.expires_at <= at,
    )
    statement = update(Delivery).where(*theirs).values(removed_at=at).returning(Delivery.id)
    removed = session.scalars(statement).all()
    lapsed = select(Delivery).where(Delivery.id.in_(removed), queries.awaits())
    for each in session.scalars(lapsed):
        write_down(session, each, "lapsed", {}, at=at)
        tell_owner(session, each, "lapsed", now=at, reason=each.purpose)
    return len(removed)


def clear_parts(database: Database, settings: Settings) -> int:
    """Delete what killed workers left of files nobody is making any more; return how many."""
    found = gateway.parts(settings.export_dir)
    if not found:
        return 0
    with database.snapshot() as session:
        busy = queries.being_made(session, sorted(set(found.values())))
    left = [part for part, of in found.items() if of not in busy]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def _delete(folder: Path, delivery_id: str) -> bool:
    """Delete the files; false where the disk refuses, which must not save the other files."""
    try:
        gateway.remove_all(folder, delivery_id)
    except OSError as error:
        log.warning("delivery_not_deleted", error=repr(error))
        return False
    return True


def _reseal(settings: Settings, delivery: Delivery) -> bool:
    path = settings.export_dir / (delivery.path or "")
    part = gateway.new_part(settings.export_dir, delivery.id)
    try:
        is_new = sealer_of(settings).reseal(path, part, place=place_of(delivery.id))
        if is_new:
            gateway.put_in_place(part, path)
    except (FileNotFoundError, BrokenSeal):
        return False  # it went out, or cannot be opened by any key
    finally:
        part.unlink(missing_ok=True)
    return is_new
