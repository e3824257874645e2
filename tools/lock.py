"""Pins the newest packages with their hashes: requirements*.in become requirements*.txt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = {
    "requirements.in": "requirements.txt",
    "requirements-dev.in": "requirements-dev.txt",
    "tools/uv.in": "tools/uv.txt",
    "tools/node.in": "tools/node.txt",
    "tools/postgresql.in": "tools/postgresql.txt",
    "tools/requirements-media.in": "tools/requirements-media.txt",
}
# The files are to say what is installed, never where this machine fetched it.
OPTIONS = [
    "--quiet",
    "--upgrade",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
]


def main() -> None:
    """Resolve each list in turn; the second is held to the versions of the first."""
    uv = str(ROOT / ".venv" / "bin" / "uv")
    for source, pins in PINS.items():
        command = [uv, "pip", "compile", *OPTIONS, source, "--output-file", pins]
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            sys.exit(f"{pins} could not be made from {source}, see above.")


if __name__ == "__main__":
    main()
