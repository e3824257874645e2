"""Sealed files of any size: whole and their own, or not opened at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lms.accounts.gateway import Vault
from lms.delivery.gateway import BrokenSeal, Sealer, measured
from lms.delivery.gateway.sealed import FRAME

OLD, NEW = b"1" * 32, b"2" * 32
FRAME_LENGTH = FRAME + 16
HEAD = len(b"XBFRAME1\n") + 1 + len("k1") + 32


def sealed(folder: Path, plain: bytes, place: str = "delivery:a:file") -> Path:
    source, target = folder / "plain", folder / "sealed"
    source.write_bytes(plain)
    target.unlink(missing_ok=True)
    assert Sealer(Vault({"k1": OLD})).seal(source, target, place=place) == "k1"
    return target


def plain_of(path: Path, place: str = "delivery:a:file", **keys: bytes) -> bytes:
    with Sealer(Vault(keys or {"k1": OLD})).open(path, place=place) as opened:
        return b"".join(iter(lambda: opened.read(8_192), b""))


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME])
def test_what_was_sealed_comes_back_and_stands_nowhere_in_the_file(
    tmp_path: Path, size: int
) -> None:
    plain = (b"330822199001011234," * (size // 19 + 1))[:size]
    path = sealed(tmp_path, plain)
    assert plain_of(path) == plain
    assert b"33082219900101" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[: HEAD + 5] + bytes([data[HEAD + 5] ^ 1]) + data[HEAD + 6 :],
        lambda data: data[: HEAD + FRAME_LENGTH],
        lambda data: data[: HEAD + 2 * FRAME_LENGTH],
        lambda data: data[: HEAD + FRAME_LENGTH] + data[HEAD + 2 * FRAME_LENGTH :],
        lambda data: (
            data[:HEAD]
            + data[HEAD + FRAME_LENGTH : HEAD + 2 * FRAME_LENGTH]
            + data[HEAD : HEAD + FRAME_LENGTH]
            + data[HEAD + 2 * FRAME_LENGTH :]
        ),
        lambda data: data + data[-20:],
        lambda data: data[:HEAD],
        lambda data: data[: HEAD - 1] + b"x" + data[HEAD:],
        lambda data: data.replace(b"k1", b"k9", 1),
        lambda data: b"PK" + data,
        lambda data: data[:0],
    ],
)
def test_a_file_that_was_changed_or_cut_is_not_opened(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = sealed(tmp_path, b"7" * (2 * FRAME + 100))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(BrokenSeal):
        plain_of(path)


def test_the_file_of_another_delivery_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(BrokenSeal):
        plain_of(sealed(tmp_path, b"7"), place="delivery:b:file")


def test_a_file_is_sealed_anew_with_the_newest_key_once(tmp_path: Path) -> None:
    plain = b"7" * (FRAME + 5)
    path, part = sealed(tmp_path, plain), tmp_path / "new"
    sealer = Sealer(Vault({"k2": NEW, "k1": OLD}))
    assert sealer.reseal(path, part, place="delivery:a:file")
    assert plain_of(part, k2=NEW) == plain
    assert not sealer.reseal(part, tmp_path / "newer", place="delivery:a:file")


def test_a_file_is_measured_and_read_again_from_the_beginning(tmp_path: Path) -> None:
    path = sealed(tmp_path, b"abc")
    with Sealer(Vault({"k1": OLD})).open(path, place="delivery:a:file") as opened:
        assert measured(opened).sha256.startswith("ba7816bf")
        opened.seek(0)
        assert opened.read() == b"abc"
