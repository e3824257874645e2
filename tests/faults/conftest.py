"""How hard the runs under fire are, and what they counted."""

from collections.abc import Callable
from secrets import randbelow

import pytest

_FIGURES = "faults"
# `make faults` asks for more; the whole suite has little time for each test.
_FEW_MOMENTS = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--moments", type=int, help="how many times a run is struck")
    parser.addoption("--seed", type=int, help="repeat the run that printed this number")


@pytest.fixture
def moments(request: pytest.FixtureRequest) -> int:
    """How many times the run is struck."""
    return request.config.getoption("--moments", default=None) or _FEW_MOMENTS


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What the random moments of the run come from."""
    given = request.config.getoption("--seed", default=None)
    return randbelow(1_000_000) if given is None else given


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Call it with a line to be printed at the end of the run."""
    return lambda line: record_property(_FIGURES, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == _FIGURES
    ]
    if told:
        terminalreporter.section("what the runs under fire counted")
        for line in told:
            terminalreporter.line(line)
