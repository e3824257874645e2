"""Tells whether the models and the migrations still describe the same tables."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Migrate a database made for this alone, then compare it with the models."""
    with tempfile.TemporaryDirectory() as folder:
        own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        own["LMS_DATA_DIR"] = folder
        for step in ("upgrade", "check"):
            command = [sys.executable, "-m", "flask", "db", step]
            if subprocess.run(command, cwd=ROOT, env=own, check=False).returncode != 0:
                sys.exit(f"“flask db {step}” failed, see above.")


if __name__ == "__main__":
    main()
