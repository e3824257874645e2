"""Makes files whole or not at all, and clears away what is over."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.core.errors import GatewayError
from lms.db.session import Database, now
from lms.delivery import gateway, queries, service
from lms.delivery.domain import WORDS, DeliveryKind
from lms.delivery.models import Delivery
from lms.delivery.service.files import place_of
from lms.jobs.tasks import JobContext
from lms.settings import Settings

Made = TypeVar("Made")


def deliver(
    context: JobContext,
    delivery: Delivery,
    *,
    ending: str,
    write: Callable[[Path], Made],
    record: Callable[[Session, Delivery, Made], None],
) -> Made:
    """Let ``write`` make the file and ``record`` say what it is; then it stands in its place.

    What shows whole numbers is sealed before it gets there. Raises ``GatewayError`` where the disk
    refuses and ``JobCancelled`` where the owner stopped it; nothing is left behind then.
    """
    folder, words = context.settings.export_dir, WORDS[DeliveryKind(delivery.kind)].not_written
    part, sealed = (gateway.new_part(folder, delivery.id) for _ in range(2))
    try:
        gateway.make_folder(folder)
        gateway.remove_parts(folder, delivery.id)
        made = write(part)
        written, key_name, whole = gateway.measure(part), None, part
        if delivery.is_unmasked:
            place = place_of(delivery.id)
            key_name = service.sealer_of(context.settings).seal(part, sealed, place=place)
            whole = sealed
        path = f"{delivery.id}.{ending}"
        with context.database.transaction() as session:
            context.go_on(session)
            row = session.get_one(Delivery, delivery.id)
            service.record_made(
                session, row, written=written, path=path, key_name=key_name, now=now(session)
            )
            record(session, row, made)
            gateway.put_in_place(whole, folder / path)
    except OSError as error:
        raise GatewayError(words.code, words.text, retryable=False) from error
    finally:
        part.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)
    return made


def clear_files(database: Database, settings: Settings) -> None:
    """Delete the files whose days are over, and halves of files nobody makes any more."""
    service.clear_old_files(database, settings)
    service.clear_parts(database, settings)


def tell_of_failures(database: Database, _settings: Settings) -> None:
    """Tell people of files that could not be made."""
    with database.snapshot() as session:
        if not queries.untold_failures(session, now(session)):
            return
    with database.transaction() as session:
        service.tell_of_failures(session, now=now(session))
