"""Makes the sound alone of videos that were prepared before there was one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.media.domain.names import POSTER, Label
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.states import AssetState
from lms.media.gateway.probe import probe
from lms.media.gateway.storage import Storage
from lms.media.gateway.transcode import describe, make_sound
from lms.media.models import Asset, Rendition
from lms.media.service.uploads import record_files


def without_sound(session: Session) -> dict[str, str | None]:
    """Return the ready uploads that have no sound alone: id and version, the oldest first.

    What came with a course folder gets its sound from there.
    """
    has_sound = select(Rendition.asset_id).where(Rendition.label == Label.SOUND)
    lacking = (
        select(Asset.id, Asset.version)
        .where(
            Asset.owner_id.is_not(None),
            Asset.state == AssetState.READY,
            Asset.id.not_in(has_sound),
        )
        .order_by(Asset.created_at, Asset.id)
    )
    return {row.id: row.version for row in session.execute(lacking)}


def make_sound_of(storage: Storage, asset_id: str, version: str) -> PreparedVideo | None:
    """Make the sound of a prepared video and put the fuller set in its place.

    ``None`` where the video has no sound. Call it outside a transaction; nobody is served the new
    set before it is recorded. Raises ``NotFound`` where files of the video were lost.
    """
    pictures = [label for label in Label if label.is_picture]
    with storage.workplace(asset_id) as folder:
        names = [POSTER, *(label.filename for label in pictures)]
        storage.bring_set(asset_id, version, names, folder)
        made = {
            label: probe(folder / label.filename)
            for label in pictures
            if (folder / label.filename).exists()
        }
        if not made or not (folder / POSTER).exists():
            raise NotFound
        best = list(made)[-1]
        sound = make_sound(folder, best.filename, made[best])
        if sound is None:
            return None
        prepared = describe(folder, {Label.SOUND: sound, **made})
        storage.publish(folder, asset_id, prepared.version)
    return prepared


def record_sound(session: Session, asset_id: str, version: str, prepared: PreparedVideo) -> None:
    """Serve the fuller set from now on, unless the video was given another one meanwhile.

    Addresses handed out before go on working: the older set stays.
    """
    asset = session.get(Asset, asset_id, with_for_update=True)
    if asset is not None and asset.version == version:
        record_files(session, asset, prepared)
