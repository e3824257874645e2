"""Keeps videos on this machine's disk.

A file or set appears under its final name by one rename, after it has reached the disk, so nobody
ever meets half of one.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from lms.core.errors import NotFound
from lms.media.gateway.storage.contract import OnDisk
from lms.media.gateway.storage.files import disk_fault, move, original_lost, sync
from lms.media.gateway.storage.keys import original_key, served_key, set_key
from lms.media.gateway.storage.workshop import Workshop


class LocalStorage(Workshop):
    """Files below one folder of this machine; implements ``Storage``."""

    def served(self, asset_id: str, version: str, name: str) -> Path:
        """Return where a served file lies. Raises ``NotFound`` for anything but our own names."""
        return self.root / served_key(asset_id, version, name)

    def original(self, sha256: str) -> Path:
        """Return where the file lies as it was sent."""
        return self.root / original_key(sha256)

    def hand_over(self, asset_id: str, version: str, name: str) -> OnDisk:
        """Return the file's place; whether it is there shows when it is opened."""
        key = served_key(asset_id, version, name)
        return OnDisk(self.root / key, key)

    def keep_original(self, path: Path, sha256: str) -> None:
        """Give the file the name of its content."""
        move(path, self.original(sha256))

    def bring_original(self, sha256: str, target: Path) -> None:
        """Put an original where a program can read it, without copying where the disk allows."""
        source = self.original(sha256)
        if not source.exists():
            raise original_lost()
        _link(source, target)

    def bring_set(self, asset_id: str, version: str, names: Iterable[str], folder: Path) -> None:
        """Put those files of a finished set that are there into a folder; they may not be written.

        Raises ``NotFound`` where the asset or version is none of ours.
        """
        for path in (self.root / set_key(asset_id, version) / name for name in names):
            if path.exists():
                _link(path, folder / path.name)

    def fetch(self, asset_id: str, version: str, name: str, target: Path) -> None:
        """Copy a served file to a path. Raises ``NotFound`` where it is not there."""
        try:
            shutil.copyfile(self.served(asset_id, version, name), target)
        except FileNotFoundError as error:
            raise NotFound from error

    def publish(self, folder: Path, asset_id: str, version: str) -> None:
        """Put a finished set in its place; one that is there already stays as it is."""
        final = self.root / set_key(asset_id, version)
        final.parent.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            sync(path)
        sync(folder)
        try:
            folder.rename(final)
        except OSError as error:
            if not final.is_dir():
                raise disk_fault(error) from error
            return
        sync(final.parent)


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
