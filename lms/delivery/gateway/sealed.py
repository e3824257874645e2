"""Seals files of any size, frame by frame, and reads them without ever holding more than one.

A file begins with a mark, the name of the key in the vault and a random salt; the key of its frames
is made of both and of what the file belongs to. Each frame is numbered and the last says that it is
the last, so that none can be changed, left out, cut off, put elsewhere or taken from another file.
"""

import hashlib
import os
from collections.abc import Iterator
from io import RawIOBase, UnsupportedOperation
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.accounts.gateway import UnreadableSecret, Vault
from lms.delivery.gateway.files import Written

FRAME = 1 << 20
_TAG_BYTES, _SALT_BYTES, _COUNTER_BYTES = 16, 32, 11
_MARK = b"XBFRAME1\n"


class BrokenSeal(Exception):
    """The file is not the one that was sealed here, or not whole."""


class Sealer:
    """Seals and opens files, each bound to what it belongs to."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal(self, source: Path, target: Path, *, place: str) -> str:
        """Write the source sealed to the target, durably; return the name of the key."""
        with source.open("rb") as plain:
            return self._write(plain, target, place)

    def reseal(self, path: Path, part: Path, *, place: str) -> bool:
        """Write the file sealed anew to ``part``; false where the newest key sealed it already.

        Raises ``BrokenSeal``.
        """
        with path.open("rb") as opened:
            name, _ = _head(opened)
        if name == self._vault.newest:
            return False
        with self.open(path, place=place) as plain:
            self._write(plain, part, place)
        return True

    def open(self, path: Path, *, place: str) -> "Unsealed":
        """Return the plain bytes to be read. Raises ``BrokenSeal`` and ``FileNotFoundError``."""
        opened = path.open("rb")
        try:
            name, salt = _head(opened)
            return Unsealed(opened, AESGCM(self._vault.derive(name, salt=salt, place=place)))
        except (BrokenSeal, UnreadableSecret) as error:
            opened.close()
            raise BrokenSeal from error

    def _write(self, plain: "BinaryIO | Unsealed", target: Path, place: str) -> str:
        name, salt = self._vault.newest, os.urandom(_SALT_BYTES)
        cipher = AESGCM(self._vault.derive(name, salt=salt, place=place))
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as sealed:
            sealed.write(_MARK + bytes([len(name.encode())]) + name.encode() + salt)
            frame, number, is_last = plain.read(FRAME), 0, False
            while not is_last:
                following = plain.read(FRAME)
                is_last = not following
                sealed.write(cipher.encrypt(_nonce(number, is_last=is_last), frame, None))
                frame, number = following, number + 1
            sealed.flush()
            os.fsync(sealed.fileno())
        return name


class Unsealed(RawIOBase):
    """The plain bytes of a sealed file, read from the beginning, or once more from there."""

    def __init__(self, opened: BinaryIO, cipher: AESGCM) -> None:
        super().__init__()
        self._opened, self._cipher, self._begin = opened, cipher, opened.tell()
        self.seek(0)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Begin anew; no other place can be gone to."""
        if offset or whence != os.SEEK_SET:
            raise UnsupportedOperation
        self._opened.seek(self._begin)
        self._frames = self._all_frames()
        self._left = memoryview(b"")
        return 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, ``size`` at most; none at the end. Raises ``BrokenSeal``."""
        if size < 0:
            return bytes(self._left) + b"".join(self._frames)
        if not self._left:
            self._left = memoryview(next(self._frames, b""))
        found, self._left = self._left[:size], self._left[size:]
        return bytes(found)

    def close(self) -> None:
        """Close the file."""
        self._opened.close()
        super().close()

    def _all_frames(self) -> Iterator[bytes]:
        frame, number, is_last = self._opened.read(FRAME + _TAG_BYTES), 0, False
        while not is_last:
            following = self._opened.read(FRAME + _TAG_BYTES)
            is_last = not following
            try:
                yield self._cipher.decrypt(_nonce(number, is_last=is_last), frame, None)
            except (InvalidTag, ValueError) as error:
                raise BrokenSeal from error
            frame, number = following, number + 1


def measured(plain: "BinaryIO | Unsealed") -> Written:
    """Return size and SHA-256 of what is left to read, a part at a time. Raises ``BrokenSeal``."""
    digest, size = hashlib.sha256(), 0
    while chunk := plain.read(FRAME):
        digest.update(chunk)
        size += len(chunk)
    return Written(size, digest.hexdigest())


def _head(opened: BinaryIO) -> tuple[str, bytes]:
    """Return the name of the key and the salt."""
    if opened.read(len(_MARK)) != _MARK:
        raise BrokenSeal
    name = opened.read(int.from_bytes(opened.read(1), "big"))
    salt = opened.read(_SALT_BYTES)
    if len(salt) != _SALT_BYTES:
        raise BrokenSeal
    return name.decode(errors="replace"), salt


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + bytes([is_last])
