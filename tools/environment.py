"""Makes `.venv/` hold exactly the pinned packages; needs nothing but Python 3.11 and pip."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
UV_PIN = ROOT / "tools" / "uv.txt"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
OLDEST = (3, 11)


def main() -> None:
    """Install what is missing, and say nothing when nothing is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what testing and checking need")
    ensure(development=parser.parse_args().dev)


def ensure(*, development: bool) -> None:
    """Bring `.venv/` in step with the pins; two runs at once wait for each other."""
    require_python(sys.version_info[:2])
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = read_stamp()
        files = wanted_files(installed, development=development)
        wanted = fingerprint(files)
        if installed == wanted and PYTHON.exists():
            return
        build(files, installed)
        STAMP.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")


def require_python(version: tuple[int, int]) -> None:
    """Stop with a sentence where Python is too old."""
    if version < OLDEST:
        have = ".".join(map(str, version))
        sys.exit(
            f"Xiangbo needs Python 3.11 or newer, but this is Python {have}. "
            "Install a newer one, or name it: make run PYTHON=python3.12"
        )


def wanted_files(installed: dict[str, str], *, development: bool) -> list[Path]:
    """Return the pin files to install; tools installed earlier stay, so a start keeps them."""
    keep = development or DEVELOPMENT.name in installed
    return [RUNTIME, DEVELOPMENT] if keep else [RUNTIME]


def fingerprint(files: list[Path]) -> dict[str, str]:
    """Return what the environment is made from: the pins, the interpreter and the place."""
    made_from = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    made_from["python"] = f"{sys.version_info.major}.{sys.version_info.minor}"
    # Scripts inside carry the folder's full name, so a moved checkout is a new environment.
    made_from["place"] = str(VENV)
    return made_from


def read_stamp() -> dict[str, str]:
    """Return what the environment was made from, or nothing where it is unknown."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def build(files: list[Path], installed: dict[str, str]) -> None:
    """Make the environment and fill it, by uv where it can be had, else by pip."""
    here = fingerprint([])
    if any(installed.get(key) != value for key, value in here.items()) or not PYTHON.exists():
        create_venv()
    STAMP.unlink(missing_ok=True)
    print("Installing the pinned packages into .venv/ (the first time takes a minute or two) …")
    sys.stdout.flush()
    if not (install_uv() and sync_by_uv(files)):
        print("uv is not to be had here; installing with pip instead, which is slower.")
        sys.stdout.flush()
        install_by_pip(files)


def create_venv() -> None:
    """Make an empty environment, also where Debian's ensurepip is not installed."""
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])


def pip(*arguments: str) -> list[str]:
    """Return a pip command that acts on `.venv/`, whether or not it has a pip of its own."""
    if (VENV / "bin" / "pip").exists():
        return [str(PYTHON), "-m", "pip", *arguments]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), *arguments]


def install_uv() -> bool:
    """Install the pinned uv and say whether that worked."""
    command = pip("install", "--quiet", "--require-hashes", "-r", str(UV_PIN))
    return subprocess.run(command, env=quiet_pip(), check=False).returncode == 0


def sync_by_uv(files: list[Path]) -> bool:
    """Make the environment hold exactly the pins and say whether that worked."""
    command = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes"]
    command += ["--python", str(PYTHON), *map(str, files)]
    return subprocess.run(command, env=uv_environment(), check=False).returncode == 0


def install_by_pip(files: list[Path]) -> None:
    """Install the pins with pip alone."""
    command = pip("install", "--quiet", "--require-hashes")
    for file in files:
        command += ["-r", str(file)]
    run(command, env=quiet_pip())


def quiet_pip() -> dict[str, str]:
    """Return an environment in which pip does not talk about itself."""
    return {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def uv_environment() -> dict[str, str]:
    """Return an environment in which uv uses the mirror and certificates that pip is set to."""
    # An office's own certificate is known to the machine, not to uv.
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        value = pip_setting(option)
        if value and variable not in environment:
            environment[variable] = value
    return environment


def pip_setting(option: str) -> str:
    """Return one of pip's own settings, or nothing."""
    found = subprocess.run(
        pip("config", "get", f"global.{option}"), capture_output=True, text=True, check=False
    )
    return os.environ.get(f"PIP_{option.upper().replace('-', '_')}", found.stdout.strip())


def run(command: list[str], env: dict[str, str] | None = None) -> None:
    """Run a command and stop with its own words when it fails."""
    done = subprocess.run(command, env=env, check=False)
    if done.returncode != 0:
        sys.exit(f"This step failed, see above: {' '.join(command)}")


def run_politely(main: Callable[[], None]) -> None:
    """Run a program's main function; Ctrl-C ends it without a page of internals."""
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run_politely(main)
