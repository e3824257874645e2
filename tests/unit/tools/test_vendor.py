"""The scripts others wrote are those that were pinned, byte for byte, with their licences."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools.vendor import FOLDER, PACKAGES, OtherContent, Package, Wanted, changed, unpack, write

_SCRIPT = b"window.Player = {};"


def packed(folder: Path, **files: bytes) -> Path:
    archive = folder / "player-1.0.0.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return archive


def pinned(archive: Path, content: bytes) -> Package:
    integrity = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    wanted = Wanted("package/player", "player.min.js", hashlib.sha256(content).hexdigest())
    return Package("player", "1.0.0", integrity, (wanted,))


def test_what_is_served_is_what_was_pinned():
    assert changed(FOLDER) == []


def test_nothing_else_is_served_from_there():
    assert {each.name for each in FOLDER.iterdir()} == {
        each.name for package in PACKAGES for each in package.files
    }


def test_each_script_has_its_licence_beside_it():
    for package in PACKAGES:
        licence = next(each for each in package.files if each.name.endswith(".LICENSE"))
        assert b"Licen" in (FOLDER / licence.name).read_bytes()


def test_the_wanted_file_is_taken_out_and_found_unchanged(tmp_path):
    archive = packed(tmp_path, player=_SCRIPT, other=b"left alone")
    package = pinned(archive, _SCRIPT)
    assert changed(tmp_path, [package]) == ["player.min.js"]
    write(tmp_path, unpack(package, archive))
    assert (tmp_path / "player.min.js").read_bytes() == _SCRIPT
    assert changed(tmp_path, [package]) == []
    (tmp_path / "player.min.js").write_bytes(_SCRIPT + b" ")
    assert changed(tmp_path, [package]) == ["player.min.js"]


def test_an_archive_of_other_bytes_is_refused(tmp_path):
    package = pinned(packed(tmp_path, player=_SCRIPT), _SCRIPT)
    other = packed(tmp_path, player=_SCRIPT, more=b"unasked")
    with pytest.raises(OtherContent, match="archive"):
        unpack(package, other)


def test_a_file_of_other_bytes_is_refused(tmp_path):
    archive = packed(tmp_path, player=b"window.Player = 1;")
    with pytest.raises(OtherContent, match="package/player"):
        unpack(pinned(archive, _SCRIPT), archive)
