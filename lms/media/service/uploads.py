"""Takes an upload in and follows it until it can be played or has failed."""

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.errors import Conflict, Message, NotFound, Overloaded, TooMany
from lms.core.ids import new_uuid
from lms.db.bus import emit
from lms.db.session import now, savepoint
from lms.jobs.service import JobRequest, enqueue
from lms.media.domain.names import clean_filename
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.states import DAMAGED, SENT_BEFORE, AssetState, may_move
from lms.media.events import AssetFailed, AssetReady, AssetSame
from lms.media.gateway.storage import ByteStream, Received, Storage
from lms.media.models import Asset, Rendition, Upload
from lms.media.queries import asset_facts, job_key, ladder_key
from lms.media.service.captions import copy_captions

PREPARE = "media.prepare"
LADDER = "media.ladder"
MAX_UPLOAD_BYTES = 500 * 1024 * 1024
_MAX_UNFINISHED = 20
_RETRY_SECONDS = 600


def receive(storage: Storage, stream: ByteStream, *, declared_bytes: int | None) -> Received:
    """Keep the bytes of an upload; call it before the transaction that registers them.

    ``declared_bytes`` is the length the request announced. Raises ``InvalidInput`` on ``file``
    for what is too large or no video, ``Overloaded`` where the disk has no room, ``GatewayError``
    where it refuses to write. Nothing stays of what was refused.
    """
    if not storage.has_room(min(declared_bytes or MAX_UPLOAD_BYTES, MAX_UPLOAD_BYTES)):
        raise Overloaded(
            "disk_full",
            "The site has no room for another video now. Nothing was changed. Tell the operator "
            "and send it later.",
        )
    return storage.take_in(stream, limit=MAX_UPLOAD_BYTES)


def register_upload(session: Session, *, received: Received, filename: str, owner_id: int) -> Asset:
    """Write down what arrived and ask for its preparation.

    The same content of the same owner is one asset: sending it again returns it, and starts it
    anew where it had failed. Raises ``TooMany`` where 20 videos of the owner still wait.
    """
    asset = _own_asset(session, owner_id, received.sha256)
    if asset is None:
        _refuse_too_many(session, owner_id)
        asset = _new_asset(session, received, filename, owner_id)
    else:
        _start_anew_if_failed(session, asset)
    session.flush()
    if asset.state == AssetState.QUEUED:
        _ask_for_preparation(session, asset)
    return asset


def arrived_upload(session: Session, asset_id: str) -> Upload | None:
    """Return the upload of an asset whose file is whole, but not looked at yet."""
    return session.scalar(
        select(Upload)
        .join(Asset, Asset.id == Upload.asset_id)
        .where(
            Upload.asset_id == asset_id,
            Upload.finished_at.is_not(None),
            Asset.state == AssetState.UPLOADING,
        )
    )


def settle_upload(session: Session, asset_id: str, sha256: str) -> None:
    """Write down what the whole file hashes to, before it is prepared.

    A file that is not the one its sender declared has failed. One that its owner sent before is
    not prepared a second time: whoever waits for it is told to take the first.
    """
    asset = _locked(session, asset_id)
    upload = session.get_one(Upload, asset_id)
    if asset.state != AssetState.UPLOADING:
        return
    if upload.sha256 not in (None, sha256):
        fail_preparation(session, asset_id, DAMAGED)
        return
    same = _own_asset(session, upload.owner_id, sha256)
    if same is None:
        asset.sha256 = sha256
        _move(asset, AssetState.QUEUED)
        return
    copy_captions(session, asset_id, same.id)
    _start_anew_if_failed(session, same)
    session.flush()
    if same.state == AssetState.QUEUED:
        _ask_for_preparation(session, same)
    fail_preparation(session, asset_id, SENT_BEFORE)
    emit(session, AssetSame(asset_id, same.id))


def begin_preparation(session: Session, asset_id: str) -> Asset | None:
    """Take the asset up; ``None`` where there is nothing left to do.

    Raises ``NotFound`` where there is no such asset.
    """
    asset = _locked(session, asset_id)
    if asset.state in (AssetState.READY, AssetState.FAILED):
        return None
    _move(asset, AssetState.PROCESSING)
    return asset


def finish_preparation(session: Session, asset_id: str, prepared: PreparedVideo) -> None:
    """Make the asset playable, tell who waits for it and ask for the rest; once is enough."""
    asset = _locked(session, asset_id)
    if asset.state == AssetState.READY:
        return
    record_files(session, asset, prepared)
    asset.ready_at = now(session)
    asset.duration_ms = prepared.duration_ms
    _move(asset, AssetState.READY)
    emit(session, AssetReady(asset.id, prepared.duration_ms))
    ask_for_ladder(session, asset)


def ask_for_ladder(session: Session, asset: Asset) -> None:
    """Have the sharper renditions, the stream and all else made of a ready video."""
    session.flush()
    wanted = JobRequest(LADDER, ladder_key(asset), {"asset": asset.id}, asset.owner_id)
    enqueue(session, wanted)


def fail_preparation(session: Session, asset_id: str, why: Message) -> None:
    """Record why the asset cannot be played; a ready one stays ready."""
    asset = _locked(session, asset_id)
    if asset.state in (AssetState.READY, AssetState.FAILED):
        return
    _move(asset, AssetState.FAILED)
    asset.error_code = why.code
    asset.error_text = why.text
    asset.error_params = dict(why.params)
    emit(session, AssetFailed(asset.id))


def record_files(session: Session, asset: Asset, prepared: PreparedVideo) -> None:
    """Let the asset's rows say which files are served now."""
    asset.version = prepared.version
    asset.width = prepared.best.width
    asset.height = prepared.best.height
    asset.has_poster = True
    asset.has_stream = prepared.has_stream
    asset.thumbnails = prepared.thumbnails
    session.execute(delete(Rendition).where(Rendition.asset_id == asset.id))
    session.add_all(
        Rendition(
            asset_id=asset.id,
            label=made.label,
            width=made.width,
            height=made.height,
            byte_size=made.byte_size,
            bit_rate=made.bit_rate,
            sha256=made.sha256,
        )
        for made in prepared.renditions
    )
    session.flush()


def _start_anew_if_failed(session: Session, asset: Asset) -> None:
    if asset_facts(session, [asset.id])[asset.id].state != AssetState.FAILED:
        return
    _move(asset, AssetState.QUEUED)
    asset.error_code = asset.error_text = asset.error_params = None
    asset.tries += 1


def _ask_for_preparation(session: Session, asset: Asset) -> None:
    enqueue(session, JobRequest(PREPARE, job_key(asset), {"asset": asset.id}, asset.owner_id))


def _own_asset(session: Session, owner_id: int, sha256: str) -> Asset | None:
    own = select(Asset).where(Asset.owner_id == owner_id, Asset.sha256 == sha256)
    return session.scalar(own.with_for_update())


def _new_asset(session: Session, received: Received, filename: str, owner_id: int) -> Asset:
    asset = Asset(
        id=new_uuid(),
        owner_id=owner_id,
        filename=clean_filename(filename),
        sha256=received.sha256,
        byte_size=received.byte_size,
        state=AssetState.QUEUED,
        tries=1,
        created_at=now(session),
    )
    try:
        with savepoint(session):
            session.add(asset)
    except IntegrityError:
        # The same file came in through another request at the same moment.
        found = _own_asset(session, owner_id, received.sha256)
        if found is None:
            raise
        return found
    return asset


def _refuse_too_many(session: Session, owner_id: int) -> None:
    unfinished = session.scalar(
        select(func.count())
        .select_from(Asset)
        .where(
            Asset.owner_id == owner_id,
            Asset.state.in_((AssetState.QUEUED, AssetState.PROCESSING)),
        )
    )
    if (unfinished or 0) >= _MAX_UNFINISHED:
        raise TooMany(
            "uploads_waiting",
            "%(most)s of your videos are still being prepared. They go on by themselves. Send the "
            "next one when some are done.",
            retry_after=_RETRY_SECONDS,
            most=_MAX_UNFINISHED,
        )


def _locked(session: Session, asset_id: str) -> Asset:
    asset = session.get(Asset, asset_id, with_for_update=True)
    if asset is None:
        raise NotFound
    return asset


def _move(asset: Asset, state: AssetState) -> None:
    if not may_move(AssetState(asset.state), state):
        raise Conflict("asset_moved_on", "This video changed meanwhile. Load the page again.")
    asset.state = state
