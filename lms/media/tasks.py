"""The job that turns an upload into what phones can play."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from lms.core.errors import GatewayError, LmsError, Message
from lms.db.session import Database, now
from lms.jobs.tasks import JobCancelled, JobContext
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.states import CANCELLED
from lms.media.gateway import transcode
from lms.media.gateway.storage import Storage, disk_fault, storage_of
from lms.media.models import Asset
from lms.media.service import (
    arrived_upload,
    begin_preparation,
    fail_preparation,
    finish_preparation,
    receiving,
    settle_upload,
)
from lms.settings import Settings

log = structlog.get_logger(__name__)
_OUT = "out"


def prepare(context: JobContext) -> Mapping[str, Any]:
    """Make the renditions and the poster of the asset named in ``args``.

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


def _prepare(context: JobContext, storage: Storage, folder: Path, asset: Asset) -> None:
    try:
        prepared = _make(context, storage, folder, asset)
    except JobCancelled:
        _fail(context, asset.id, CANCELLED)
        raise
    except OSError as error:
        fault = disk_fault(error)
        _fail(context, asset.id, fault.message)
        raise fault from error
    except LmsError as error:
        if not (isinstance(error, GatewayError) and error.retryable):
            _fail(context, asset.id, error.message)
        raise
    with context.database.transaction() as session:
        finish_preparation(session, asset.id, prepared)
    log.info("video_ready", asset=asset.id, duration_ms=prepared.duration_ms)


def _make(context: JobContext, storage: Storage, folder: Path, asset: Asset) -> PreparedVideo:
    storage.bring_original(asset.sha256 or "", folder / transcode.SOURCE)
    facts = transcode.examine(folder)
    out = folder / _OUT
    out.mkdir()
    prepared = transcode.prepare(folder, out, facts, context.report)
    storage.publish(out, asset.id, prepared.version)
    return prepared


def _fail(context: JobContext, asset_id: str, why: Message) -> None:
    with context.database.transaction() as session:
        fail_preparation(session, asset_id, why)
