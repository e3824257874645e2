"""Says loudly, at the end of a run, which parts of the suite could not be had on this machine."""

import json
from pathlib import Path

import pytest

from tests.support.run import run_folder

_FILE = "missing.jsonl"


def miss(part: str, why: str) -> None:
    """Skip the test that asked, and have the part named at the end of the run."""
    line = json.dumps({"part": part, "why": why}) + "\n"
    with (run_folder() / _FILE).open("a", encoding="utf-8") as file:
        file.write(line)
    pytest.skip(f"{part}: {why}")


def missing(folder: Path) -> dict[str, tuple[str, int]]:
    """Return each part that could not be had: why, and how many tests that cost."""
    file = folder / _FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    parts: dict[str, tuple[str, int]] = {}
    for entry in map(json.loads, lines):
        _, tests = parts.get(entry["part"], ("", 0))
        parts[entry["part"]] = (entry["why"], tests + 1)
    return parts


def report(folder: Path, terminal: pytest.TerminalReporter) -> None:
    """Print the parts that were left out, or nothing where all of them ran."""
    parts = missing(folder)
    if not parts:
        return
    terminal.section("NOT TESTED ON THIS MACHINE", sep="!", red=True, bold=True)
    for part, (why, tests) in sorted(parts.items()):
        terminal.line(f"{part}: {why} ({tests} tests left out)", red=True, bold=True)
