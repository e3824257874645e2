"""Keeps videos in a bucket of an S3-compatible store; only the work on them is done here.

Players get a signed address of the store, good for an hour. What they take apart themselves
(playlists) and what everybody sees (posters) is handed through: a playlist's names are relative to
the address it came from, which must go on asking for the ticket, and a poster keeps one address
for a year, so that a phone loads it once.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from lms.core.errors import GatewayError, NotFound
from lms.media.domain.names import TYPES
from lms.media.gateway.storage.bucket import Bucket, Missing
from lms.media.gateway.storage.contract import Elsewhere, Handed, InHand, Uploads
from lms.media.gateway.storage.files import original_lost
from lms.media.gateway.storage.kept import Kept
from lms.media.gateway.storage.keys import original_key, served_key, set_key
from lms.media.gateway.storage.pieces import BucketUploads
from lms.media.gateway.storage.workshop import Workshop
from lms.settings import BucketSettings

# How long a signed address lives; a copied one is worth no more. Chromium keeps to the address it
# was first sent to for as long as it shows a video: pauses have to fit in. Players of playlists ask
# the site again and again, and what they were told last must not be over before they do.
ADDRESS_SECONDS = 60 * 60
ASK_AGAIN_SECONDS = 5 * 60
_CACHE = "private, max-age=21600"
_HANDED_THROUGH = (".m3u8", ".webp")
_SMALL_BYTES = 1024**2
_UNKNOWN_TYPE = "application/octet-stream"


class S3Storage(Workshop):
    """Objects of one bucket; implements ``Storage``."""

    def __init__(self, root: Path, settings: BucketSettings) -> None:
        super().__init__(root)
        self._bucket = Bucket(settings)
        self._kept = _kept(settings)

    @property
    def uploads(self) -> Uploads:
        """Return the uploads that are not whole yet: in the bucket, for any machine to go on."""
        return BucketUploads(self._bucket, self.root / "incoming")

    def hand_over(self, asset_id: str, version: str, name: str) -> Handed:
        """Return the file itself where it is small and to be handed through, else an address."""
        key = served_key(asset_id, version, name)
        if name.endswith(_HANDED_THROUGH):
            body = self._kept.get(key) or self._read(key)
            if body is not None:
                return InHand(body)
        address = self._bucket.address(
            key, seconds=ADDRESS_SECONDS, content_type=_type_of(name), cache=_CACHE
        )
        return Elsewhere(address, ASK_AGAIN_SECONDS)

    def keep_original(self, path: Path, sha256: str) -> None:
        """Put the file under the name of its content, unless it is there."""
        key, size = original_key(sha256), path.stat().st_size
        if self._bucket.size(key) != size:
            self._bucket.put(path, key, _UNKNOWN_TYPE)
            _refuse_unlike({key: size}, {key: self._bucket.size(key)})

    def bring_original(self, sha256: str, target: Path) -> None:
        """Fetch an original."""
        try:
            self._bucket.fetch(original_key(sha256), target)
        except Missing as error:
            raise original_lost() from error

    def bring_set(self, asset_id: str, version: str, names: Iterable[str], folder: Path) -> None:
        """Fetch those files of a finished set that are there."""
        place = set_key(asset_id, version)
        for name in names:
            with suppress(Missing):
                self._bucket.fetch(f"{place}/{name}", folder / name)

    def fetch(self, asset_id: str, version: str, name: str, target: Path) -> None:
        """Fetch a served file. Raises ``NotFound`` where it is not there."""
        try:
            self._bucket.fetch(served_key(asset_id, version, name), target)
        except Missing as error:
            raise NotFound from error

    def publish(self, folder: Path, asset_id: str, version: str) -> None:
        """Put every file of a finished set; return only when all are there in full.

        What a killed run has put before is put over: it was nobody's yet.
        """
        place = set_key(asset_id, version)
        files = sorted(folder.iterdir())
        for path in files:
            self._bucket.put(path, f"{place}/{path.name}", _type_of(path.name))
        wanted = {path.name: path.stat().st_size for path in files}
        _refuse_unlike(wanted, self._bucket.sizes(place))

    def _read(self, key: str) -> bytes | None:
        try:
            body = self._bucket.read(key, limit=_SMALL_BYTES)
        except Missing as error:
            raise NotFound from error
        if body is not None:
            self._kept.put(key, body)
        return body


@lru_cache(maxsize=4)
def _kept(_settings: BucketSettings) -> Kept:
    """Return what this process keeps of a bucket's small files."""
    return Kept()


def _type_of(name: str) -> str:
    return TYPES.get(Path(name).suffix, _UNKNOWN_TYPE)


def _refuse_unlike(wanted: dict[str, int], found: dict[str, int | None] | dict[str, int]) -> None:
    """Raise where the store does not hold what it said it took."""
    unlike = [key for key, size in wanted.items() if found.get(key) != size]
    if unlike:
        raise GatewayError(
            "store_incomplete",
            "The store did not keep the whole video. It is put there again in a few minutes.",
            retryable=True,
            reason=", ".join(unlike),
        )
