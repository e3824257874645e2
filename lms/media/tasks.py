"""The jobs that turn an upload into what phones can play: first something, then everything."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from lms.core.errors import GatewayError, LmsError, Message
from lms.db.session import Database, now
from lms.jobs.tasks import JobCancelled, JobContext, JobWaits
from lms.media.domain.names import PICTURES, POSTER
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.states import CANCELLED
from lms.media.gateway import transcode
from lms.media.gateway.leftovers import clear_leftovers, only_one
from lms.media.gateway.storage import Storage, disk_fault, storage_of
from lms.media.models import Asset
from lms.media.service import (
    arrived_upload,
    begin_ladder,
    begin_preparation,
    fail_preparation,
    finish_ladder,
    finish_preparation,
    receiving,
    settle_upload,
)
from lms.settings import Settings

log = structlog.get_logger(__name__)
_OUT = "out"
_DISK_REFUSED = "disk_refused"
_Make = Callable[[JobContext, Storage, Path, Asset], PreparedVideo]


def prepare(context: JobContext) -> Mapping[str, Any]:
    """Make the asset named in ``args`` watchable: its lightest rendition and a poster.

    Running it again is harmless: a killed run's leftovers are removed, a second worker waits for
    the first and then finds nothing to do. What cannot be prepared says why on the asset, too.
    """
    asset_id = str(context.args["asset"])
    storage = storage_of(context.settings)
    with storage.workplace(asset_id) as folder:
        _settle(context, storage, asset_id)
        with context.database.transaction() as session:
            storage.sweep(at=now(session))
            asset = begin_preparation(session, asset_id)
        if asset is not None:
            _prepare(context, storage, folder, asset)
    return {"asset": asset_id}


def _settle(context: JobContext, storage: Storage, asset_id: str) -> None:
    """Look whether the file that arrived is the one that was sent, and keep it as an original.

    Whoever dies in here leaves the upload as it was.
    """
    with context.database.snapshot() as session:
        upload = arrived_upload(session, asset_id)
    if upload is None:
        return
    sha256 = storage.uploads.digest(asset_id)
    if upload.sha256 in (None, sha256):
        storage.keep_upload(asset_id, sha256)
    with context.database.transaction() as session:
        settle_upload(session, asset_id, sha256)
    storage.uploads.remove(asset_id)


def clear_uploads(database: Database, settings: Settings) -> None:
    """Remove uploads nobody went on with in time, and files nobody waits for any more."""
    storage = storage_of(settings)
    with database.transaction() as session:
        for upload_id in receiving.expired_uploads(session, at=now(session)):
            if not receiving.give_up(session, upload_id):
                receiving.forget_finished(session, upload_id)
    lying = list(storage.uploads.known())
    if not lying:
        return
    with database.snapshot() as session:
        needed = receiving.still_needed(session, lying)
    for upload_id in set(lying) - needed:
        storage.uploads.remove(upload_id)


def make_ladder(context: JobContext) -> Mapping[str, Any]:
    """Make all else of the ready asset named in ``args``; running it again is harmless.

    One at a time on a machine: it takes long, and what others wait for must not wait for it. One
    that fails leaves the asset as it was; its job says why.
    """
    asset_id = str(context.args["asset"])
    storage = storage_of(context.settings)
    with only_one(context.settings.media_dir) as is_alone:
        if not is_alone:
            raise JobWaits
        with storage.workplace(asset_id) as folder:
            with context.database.transaction() as session:
                asset = begin_ladder(session, asset_id)
            if asset is not None:
                _complete(context, storage, folder, asset)
    return {"asset": asset_id}


def clear_abandoned(_database: Database, settings: Settings) -> None:
    """Remove what killed workers left behind."""
    clear_leftovers(settings.media_dir)


def _prepare(context: JobContext, storage: Storage, folder: Path, asset: Asset) -> None:
    try:
        prepared = _made(_first, context, storage, folder, asset)
    except JobCancelled:
        _fail(context, asset.id, CANCELLED)
        raise
    except LmsError as error:
        if not (isinstance(error, GatewayError) and error.retryable):
            _fail(context, asset.id, error.message)
        raise
    with context.database.transaction() as session:
        finish_preparation(session, asset.id, prepared)
    log.info("video_ready", asset=asset.id, duration_ms=prepared.duration_ms)


def _complete(context: JobContext, storage: Storage, folder: Path, asset: Asset) -> None:
    try:
        prepared = _made(_fuller, context, storage, folder, asset)
    except GatewayError as error:
        if error.code == _DISK_REFUSED:
            raise _no_room(error) from error
        raise
    with context.database.transaction() as session:
        context.go_on(session)
        finish_ladder(session, asset.id, prepared)
    log.info("video_complete", asset=asset.id, rungs=len(prepared.renditions))


def _no_room(fault: GatewayError) -> GatewayError:
    return GatewayError(
        "ladder_disk_refused",
        "The site could not store the sharper versions; its disk is full or faulty. The video can "
        "be watched as it is. Tell the operator, then start it again below.",
        retryable=False,
        **fault.message.params,
    )


def _made(
    make: _Make, context: JobContext, storage: Storage, folder: Path, asset: Asset
) -> PreparedVideo:
    """Make a set and put it in its place; nobody is served it before it is recorded."""
    try:
        storage.bring_original(asset.sha256 or "", folder / transcode.SOURCE)
        prepared = make(context, storage, folder, asset)
        storage.publish(folder / _OUT, asset.id, prepared.version)
    except OSError as error:
        raise disk_fault(error) from error
    return prepared


def _first(context: JobContext, _storage: Storage, folder: Path, _asset: Asset) -> PreparedVideo:
    facts = transcode.examine(folder)
    (folder / _OUT).mkdir()
    return transcode.prepare(folder, folder / _OUT, facts, context.report)


def _fuller(context: JobContext, storage: Storage, folder: Path, asset: Asset) -> PreparedVideo:
    facts = transcode.examine(folder)
    out = folder / _OUT
    out.mkdir()
    storage.bring_set(asset.id, asset.version or "", [POSTER, PICTURES[0].filename], out)
    return transcode.complete(folder, out, facts, context.report)


def _fail(context: JobContext, asset_id: str, why: Message) -> None:
    with context.database.transaction() as session:
        fail_preparation(session, asset_id, why)
