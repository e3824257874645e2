"""Makes `var/media-venv/` hold the pinned packages that only making videos needs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "var" / "media-venv"
PINS = ROOT / "tools" / "requirements-media.txt"
STAMP = VENV / "installed.txt"


def main() -> None:
    """Install the pins where they changed, and say nothing when they did not."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = f"{python} {hashlib.sha256(PINS.read_bytes()).hexdigest()}\n"
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("Installing what making videos needs into var/media-venv/ (about 500 MB) …", flush=True)
    venv.create(VENV, clear=True, with_pip=True)
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(PINS)]
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit("The packages could not be installed, see above.")
    STAMP.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
