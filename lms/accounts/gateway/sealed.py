"""Keeps files sealed in a folder, whole or not at all."""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import time

from lms.accounts.gateway.secrets import UnreadableSecret, Vault
from lms.core.errors import NotFound

_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORPHAN_SECONDS = 60 * 60
# A file begins with this, then the length and the name of the key that sealed it: so it is sealed
# anew in one step, and no row has to change with it. Older files lack it; their row names the key.
_NAMED = b"XBSEAL1\n"


class SealedFolder:
    """A folder of encrypted files; each is bound to what it belongs to and to its id.

    A file names the key that sealed it. The ``key_name`` of its row is asked of old files alone.
    """

    def __init__(self, folder: Path, vault: Vault, table: str) -> None:
        self._folder, self._vault, self._table = folder, vault, table

    def write(self, file_id: str, data: bytes) -> str:
        """Write the file whole and durably; return the name of the key that sealed it."""
        key_name, sealed = self._vault.seal_bytes(data, place=self._place(file_id))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(suffix=".part", dir=self._folder)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_with_name(key_name, sealed))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path(file_id))
            _sync(self._folder)
        finally:
            part.unlink(missing_ok=True)
        return key_name

    def read(self, file_id: str, key_name: str) -> bytes:
        """Return the plain bytes. Raises ``NotFound`` where they are gone or cannot be opened."""
        try:
            return self._open(file_id, *self._sealed(file_id, key_name))
        except (FileNotFoundError, UnreadableSecret) as error:
            raise NotFound("paper_gone", "This file is no longer there.") from error

    def reseal(self, file_id: str, key_name: str) -> bool:
        """Seal the file anew with the newest key, in one step; tell whether there was need.

        Raises ``FileNotFoundError`` where it is gone, ``UnreadableSecret`` for a lost key.
        """
        name, sealed = self._sealed(file_id, key_name)
        if name == self._vault.newest:
            return False
        self.write(file_id, self._open(file_id, name, sealed))
        return True

    def remove(self, file_id: str) -> None:
        """Delete the file where it is there."""
        self._path(file_id).unlink(missing_ok=True)

    def strays(self) -> list[str]:
        """Return the ids of files old enough that their row would be there; halves go at once."""
        found, old = [], time() - _ORPHAN_SECONDS
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.stat().st_mtime > old:
                continue
            if _NAME.fullmatch(path.name):
                found.append(path.name)
            elif path.suffix == ".part":
                path.unlink(missing_ok=True)
        return found

    def sweep(self, known: Iterable[str], among: Iterable[str]) -> int:
        """Delete those files that nobody knows of; return how many."""
        lost = set(among) - set(known)
        for file_id in lost:
            self.remove(file_id)
        return len(lost)

    def _sealed(self, file_id: str, key_name: str) -> tuple[str, bytes]:
        """Return the name of the key that sealed the file, and what it sealed."""
        data = self._path(file_id).read_bytes()
        if not data.startswith(_NAMED):
            return key_name, data
        begin = len(_NAMED) + 1
        end = begin + data[len(_NAMED)]
        return data[begin:end].decode(), data[end:]

    def _open(self, file_id: str, key_name: str, sealed: bytes) -> bytes:
        return self._vault.open_bytes(key_name, sealed, place=self._place(file_id))

    def _place(self, file_id: str) -> str:
        return f"{self._table}:{file_id}:file"

    def _path(self, file_id: str) -> Path:
        if not _NAME.fullmatch(file_id):
            raise NotFound
        return self._folder / file_id


def _with_name(key_name: str, sealed: bytes) -> bytes:
    name = key_name.encode()
    return _NAMED + bytes([len(name)]) + name + sealed


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
