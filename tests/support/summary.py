"""Says loudly, at the end of a run, which parts of the suite could not be had on this machine."""

from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

_MARK = "cannot be had here: "


def miss(part: str, why: str) -> NoReturn:
    """Skip the tests that need this part, and have it named at the end of the run."""
    pytest.skip(f"{_MARK}{part}: {why}")


def missing(skipped: Iterable[pytest.TestReport]) -> Counter[str]:
    """Return each part that could not be had, with why, and how many tests that cost."""
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    return Counter(reason.partition(_MARK)[2] for reason in reasons if _MARK in reason)


def report(terminal: pytest.TerminalReporter) -> None:
    """Print the parts that were left out, or nothing where all of them ran."""
    parts = missing(terminal.stats.get("skipped", []))
    if not parts:
        return
    terminal.section("NOT TESTED ON THIS MACHINE", sep="!", red=True, bold=True)
    for part, tests in sorted(parts.items()):
        terminal.line(f"{part} ({tests} tests left out)", red=True, bold=True)
