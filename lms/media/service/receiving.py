"""Takes uploads in piece by piece: over days and lines that break, and never from anyone else."""

import errno
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.errors import InvalidInput, LmsError, Message, NotFound, Overloaded, TooMany
from lms.core.ids import new_uuid
from lms.jobs.service import JobRequest, enqueue
from lms.media.domain.names import clean_filename
from lms.media.domain.sniff import HEAD_BYTES, sniff_video
from lms.media.domain.states import AssetState
from lms.media.gateway.incoming import Chunk
from lms.media.gateway.storage import Storage, disk_fault
from lms.media.models import Asset, Upload
from lms.media.queries import job_key
from lms.media.service.uploads import PREPARE

# Two hours as cameras and screen recorders write them take 2 to 6 GB.
MAX_BYTES = 8 * 1024**3
# Of one person, at one time: enough for all lessons of a course at once.
MAX_UNFINISHED = 100
MAX_UNFINISHED_BYTES = 64 * 1024**3
# How long after the last byte an upload is kept, and how often that is written down again.
KEPT_FOR = timedelta(days=7)
_RENEWED_AFTER = timedelta(hours=1)
_RETRY_SECONDS = 600
_MEGABYTE = 1024**2
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class TooLarge(LmsError):
    """The file, or a chunk of it, is larger than it may be."""

    status = 413


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What a client says of a file before it sends it; ``byte_size`` is its length in bytes.

    ``modified`` tells files of one name apart, in the client's own notation; ``headers`` is all
    it said, kept to be told back.
    """

    filename: str
    byte_size: int
    sha256: str | None = None
    modified: str = ""
    item_id: int | None = None
    headers: str = ""


def begin_upload(
    session: Session, *, new: NewUpload, owner_id: int, storage: Storage, at: datetime
) -> Upload:
    """Make room for a file that will come.

    Raises ``TooLarge``, ``TooMany`` where too much of the person's is under way, ``Overloaded``
    where the disk has no room for it, and ``InvalidInput`` for an empty file.
    """
    _refuse_size(new)
    _refuse_quota(session, owner_id, new.byte_size)
    _refuse_without_room(session, storage, new.byte_size)
    asset = Asset(
        id=new_uuid(),
        owner_id=owner_id,
        filename=clean_filename(new.filename),
        byte_size=new.byte_size,
        state=AssetState.UPLOADING,
        tries=1,
        created_at=at,
    )
    session.add(asset)
    session.flush()
    upload = Upload(
        asset_id=asset.id,
        owner_id=owner_id,
        byte_size=new.byte_size,
        received_bytes=0,
        sha256=new.sha256,
        headers=new.headers,
        modified=new.modified[:40],
        item_id=new.item_id,
        created_at=at,
        expires_at=at + KEPT_FOR,
    )
    session.add(upload)
    session.flush()
    return upload


def own_upload(session: Session, upload_id: str, *, owner_id: int, at: datetime) -> Upload:
    """Return the person's upload. Raises ``NotFound`` for anyone else's and once it is too old."""
    own = select(Upload).where(Upload.asset_id == upload_id, Upload.owner_id == owner_id)
    upload = session.scalar(own)
    if upload is None or upload.expires_at <= at:
        raise NotFound(
            "upload_gone", "This upload is not there any more. Please send the file anew."
        )
    return upload


def unfinished_uploads(
    session: Session, *, owner_id: int, at: datetime
) -> list[tuple[Upload, str]]:
    """Return what of the person's is not whole yet with the files' names, the newest first."""
    own = (
        select(Upload, Asset.filename)
        .join(Asset, Asset.id == Upload.asset_id)
        .where(Upload.owner_id == owner_id, Upload.finished_at.is_(None), Upload.expires_at > at)
        .order_by(Upload.created_at.desc(), Upload.asset_id)
    )
    return [(row[0], row[1]) for row in session.execute(own)]


def size_of(storage: Storage, upload: Upload) -> int:
    """Return how many bytes have arrived."""
    if upload.finished_at is not None:
        return upload.byte_size
    return storage.uploads.size(upload.asset_id)


def append_chunk(storage: Storage, upload: Upload, chunk: Chunk) -> int:
    """Append a chunk to the file and return how many bytes are there now; no transaction is open.

    A whole file has reached the disk when this returns. Raises ``MovedOn`` and ``ChecksumDiffers``
    of the gateway, ``Overloaded`` where the disk is full, ``GatewayError`` where it refuses, and
    what the stream raises.
    """
    try:
        size = storage.uploads.append(upload.asset_id, chunk)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise _disk_full() from error
        raise disk_fault(error) from error
    if size == upload.byte_size:
        keep_whole(storage, upload)
    return size


def keep_whole(storage: Storage, upload: Upload) -> None:
    """Wait until the file has reached the disk. Raises ``GatewayError`` where it refuses."""
    try:
        storage.uploads.keep(upload.asset_id)
    except OSError as error:
        raise disk_fault(error) from error


def refuse_unlike_video(storage: Storage, upload: Upload, *, before: int, size: int) -> None:
    """Look at the first bytes as soon as they are there. Raises ``InvalidInput`` on ``file``."""
    enough = min(HEAD_BYTES, upload.byte_size)
    if before < enough <= size:
        kind = sniff_video(storage.uploads.head(upload.asset_id, HEAD_BYTES))
        if isinstance(kind, Message):
            raise InvalidInput({"file": kind})


def record_received(
    session: Session, upload_id: str, *, size: int, at: datetime
) -> tuple[Upload, bool]:
    """Write down how far the upload is; return it, and true where this made it whole.

    Then its job is asked for, once, whoever sent the last byte twice. Raises ``NotFound`` where
    it was given up meanwhile.
    """
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is None:
        raise NotFound(
            "upload_gone", "This upload is not there any more. Please send the file anew."
        )
    if upload.finished_at is not None:
        return upload, False
    upload.received_bytes = max(upload.received_bytes, size)
    if upload.expires_at < at + KEPT_FOR - _RENEWED_AFTER:
        upload.expires_at = at + KEPT_FOR
    if size < upload.byte_size:
        return upload, False
    upload.finished_at = at
    asset = session.get_one(Asset, upload_id)
    session.flush()
    enqueue(session, JobRequest(PREPARE, job_key(asset), {"asset": asset.id}, upload.owner_id))
    return upload, True


def give_up(session: Session, upload_id: str) -> bool:
    """Forget an upload that is not whole; false where it is whole or gone already.

    The caller removes the file once this is committed.
    """
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.finished_at is not None:
        return False
    session.delete(upload)
    session.flush()
    session.execute(delete(Asset).where(Asset.id == upload_id))
    return True


def expired_uploads(session: Session, *, at: datetime) -> list[str]:
    """Return the uploads whose time is over."""
    old = select(Upload.asset_id).where(Upload.expires_at <= at)
    return list(session.scalars(old.order_by(Upload.expires_at).limit(100)))


def forget_finished(session: Session, upload_id: str) -> None:
    """Delete the row of an upload that became a video, or failed, long ago."""
    upload = session.get(Upload, upload_id)
    asset = session.get(Asset, upload_id)
    if upload is not None and asset is not None and asset.state != AssetState.UPLOADING:
        session.delete(upload)
        session.flush()


def still_needed(session: Session, upload_ids: list[str]) -> set[str]:
    """Return of which of the uploads the file is still needed."""
    coming = select(Asset.id).where(Asset.id.in_(upload_ids), Asset.state == AssetState.UPLOADING)
    return set(session.scalars(coming))


def _refuse_size(new: NewUpload) -> None:
    if new.byte_size == 0:
        raise InvalidInput(
            {
                "file": Message(
                    "video_empty",
                    "This file is empty. Export the video again and send it once more.",
                )
            }
        )
    if new.byte_size > MAX_BYTES:
        raise TooLarge(
            "upload_too_large",
            "This file is larger than %(megabytes)s MB. Export the video smaller, for example as "
            "720p MP4, and send it again.",
            megabytes=MAX_BYTES // _MEGABYTE,
        )


def _refuse_quota(session: Session, owner_id: int, byte_size: int) -> None:
    # One at a time: a thousand requests at once must not all find room.
    session.execute(select(Person.id).where(Person.id == owner_id).with_for_update())
    coming = (AssetState.UPLOADING, AssetState.QUEUED, AssetState.PROCESSING)
    own = select(func.count(), func.coalesce(func.sum(Asset.byte_size), 0)).where(
        Asset.owner_id == owner_id, Asset.state.in_(coming)
    )
    count, total = session.execute(own).one()
    if count >= MAX_UNFINISHED or total + byte_size > MAX_UNFINISHED_BYTES:
        raise TooMany(
            "uploads_waiting",
            "Too many of your videos are under way or being prepared. They go on by themselves. "
            "Send this one when some are done.",
            retry_after=_RETRY_SECONDS,
        )


def _refuse_without_room(session: Session, storage: Storage, byte_size: int) -> None:
    """Count what was promised to others, too: it will all come."""
    promised = session.scalar(
        select(func.coalesce(func.sum(Upload.byte_size - Upload.received_bytes), 0)).where(
            Upload.finished_at.is_(None)
        )
    )
    if not storage.has_room(byte_size + int(promised or 0)):
        raise _disk_full()


def _disk_full() -> Overloaded:
    return Overloaded(
        "disk_full",
        "The site has no room for this video now. What has arrived is kept. Tell the operator and "
        "go on later.",
    )
