"""Runs the load generator, a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def measure(plan: str) -> str:
    """Run the load generator on the plan and return what it found, both JSON."""
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(
        command, input=plan, capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load generator failed:\n{done.stderr[-2000:]}")
    return done.stdout
