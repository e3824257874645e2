"""Changes MP4 files box by box (ISO 14496-12, 4.2), so that they claim what is not so."""

import struct
from collections.abc import Callable

_HEAD = 8
_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts"}
Change = Callable[[bytes], bytes]


def change(data: bytes, name: bytes, how: Change) -> bytes:
    """Return the file with each box of that name replaced; boxes around it keep their size right.

    ``how`` gets the whole box and returns what stands in its place. The media data must come
    before what grows: nothing moves it.
    """
    out, at = b"", 0
    while at + _HEAD <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        whole = data[at : at + size] if size >= _HEAD else data[at:]
        if kind == name:
            whole = how(whole)
        elif kind in _HOLDERS:
            whole = box(kind, change(whole[_HEAD:], name, how))
        out, at = out + whole, at + max(size, _HEAD) if size else len(data)
    return out


def outermost(data: bytes) -> list[tuple[str, int]]:
    """Return the names of the outermost boxes and how many bytes each takes."""
    found, at = [], 0
    while at + _HEAD <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind.decode(), size))
        at += max(size, _HEAD)
    return found


def box(kind: bytes, content: bytes) -> bytes:
    """Return a box."""
    return struct.pack(">I4s", _HEAD + len(content), kind) + content


def with_tracks(data: bytes, count: int) -> bytes:
    """Return the file with its track that many times."""
    return change(data, b"trak", lambda track: track * count)


def with_hours(data: bytes, hours: int) -> bytes:
    """Return the file with headers that say it is that long."""

    def say(whole: bytes) -> bytes:
        # Version 0 alone: 4 bytes of flags, two dates, then the time scale and the duration.
        scale = struct.unpack_from(">I", whole, _HEAD + 12)[0]
        length = struct.pack(">I", min(scale * hours * 3_600, 2**32 - 1))
        return whole[: _HEAD + 16] + length + whole[_HEAD + 20 :]

    for name in (b"mvhd", b"mdhd"):
        data = change(data, name, say)
    return change(data, b"edts", lambda _whole: b"")


def with_samples(data: bytes, count: int) -> bytes:
    """Return the file with a table that claims that many samples."""
    number = struct.pack(">I", count)
    return change(data, b"stsz", lambda w: w[: _HEAD + 8] + number + w[_HEAD + 12 :])


def with_size(data: bytes, name: bytes, size: int) -> bytes:
    """Return the file with an outermost box that claims to be that large."""
    at = data.index(name) - 4
    long = struct.pack(">I4sQ", 1, name, size)
    return data[:at] + long + data[at + _HEAD :]


def with_data_elsewhere(data: bytes, path: str) -> bytes:
    """Return the file with tracks whose media data lies in another file, as QuickTime allows."""
    place = path.encode().replace(b"/", b":")
    name = path.rsplit("/", 1)[-1].encode()
    alias = bytes(10) + bytes(1) + bytes(27) + bytes(12)
    alias += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    alias += struct.pack(">HH", 1, 1) + bytes(16)
    alias += struct.pack(">HH", 2, len(place)) + place + bytes(len(place) % 2)
    alias += struct.pack(">HH", 0xFFFF, 0)
    entry = box(b"alis", bytes(4) + alias)
    listed = box(b"dref", bytes(4) + struct.pack(">I", 1) + entry)
    return change(data, b"dref", lambda _whole: listed)
