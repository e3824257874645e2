"""A machine whose clock a test moves while the site runs on it (libfaketime)."""

from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path

from tests.support.production import HOST
from tests.support.summary import miss
from tools.machine import faketime_library


class MachineClock:
    """The wall clock of the processes started with ``variables``; their stop watches go on."""

    def __init__(self, folder: Path) -> None:
        library = faketime_library()
        if library is None:
            miss("libfaketime", "no library found; install libfaketime or run make test")
        self._file = folder / "clock"
        self._seconds = 0
        self.move(0)
        self.variables = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def move(self, seconds: int) -> None:
        """Set the clock forward, or back where it is negative."""
        self._seconds += seconds
        fresh = self._file.with_name("clock.new")
        fresh.write_text(f"{self._seconds:+d}\n", encoding="ascii")
        # All at once: the site looks at the file with each look at the clock.
        fresh.replace(self._file)


def clock_of(port: int) -> float:
    """Return what the web server takes for the time, seconds since 1970."""
    wire = HTTPConnection(HOST, port, timeout=30)
    wire.request("GET", "/healthz")
    response = wire.getresponse()
    response.read()
    wire.close()
    return parsedate_to_datetime(str(response.getheader("Date"))).timestamp()
