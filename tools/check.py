"""Runs every check that needs no test: lint, types, contracts, templates, migrations, words."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")


@dataclass(frozen=True, slots=True)
class Check:
    """A question and the command that answers it."""

    name: str
    command: tuple[str, ...]


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command of an installed tool."""
    return (str(BIN / name), *arguments)


CHECKS = (
    Check("lint", tool("ruff", "check", "--quiet")),
    Check("format", tool("ruff", "format", "--check", "--quiet")),
    Check("types", tool("mypy")),
    Check("import contracts", tool("lint-imports")),
    Check("templates", tool("djlint", "templates", "--lint", "--quiet")),
    Check("dependencies", tool("deptry", ".")),
    Check("migrations in step", (PYTHON, "-m", "tools.migrations")),
    Check("translations complete", (PYTHON, "-m", "tools.messages", "--check")),
    Check("architecture", tool("pytest", "-q", "tests/architecture")),
)


def main() -> None:
    """Ask all of them, name those that failed; arguments pick some by name."""
    chosen = [check for check in CHECKS if not sys.argv[1:] or check.name in sys.argv[1:]]
    failed = [check.name for check in chosen if not passes(check)]
    if failed:
        sys.exit(f"make check failed: {', '.join(failed)}")
    print("make check: all well.")


def passes(check: Check) -> bool:
    """Run one check; print what it said only where it failed."""
    started = time.monotonic()
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        check.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    passed = done.returncode == 0
    print(f"{'ok  ' if passed else 'FAIL'} {check.name} ({time.monotonic() - started:.1f} s)")
    if not passed:
        print(done.stdout + done.stderr)
    sys.stdout.flush()
    return passed


if __name__ == "__main__":
    main()
