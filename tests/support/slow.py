"""A line as slow as a village's: what came over it, and whether a video stood still on it."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.streaming import VIDEO, named

BYTES_A_SECOND = 12_000
_TRIES = 4_000
# Two blocks of a browser, in seconds of the heaviest light picture: with so much at hand a video
# that waits waits for a busy machine.
_ENOUGH_AHEAD = 6
_STOPS = """window.stops = [];
document.addEventListener("waiting", event => {
  const v = event.target, b = v.buffered;
  if (v.tagName === "VIDEO" && v.currentTime > 0) {
    stops.push({at: v.currentTime, ahead: b.length ? b.end(b.length - 1) - v.currentTime : 0});
  }
}, true);"""


@dataclass
class Slow:
    """A line of 12 kB a second and 300 ms, and the bytes of video that came over it."""

    page: Page
    addresses: dict[str, str] = field(default_factory=dict)
    video_bytes: int = 0

    def __post_init__(self) -> None:
        self.page.add_init_script(_STOPS)
        line = self.page.context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.on("Network.requestWillBeSent", self._asked)
        line.on("Network.dataReceived", self._came)
        rate = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
        line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 300, **rate})

    def _asked(self, event: dict[str, Any]) -> None:
        self.addresses[event["requestId"]] = named(event["request"]["url"])

    def _came(self, event: dict[str, Any]) -> None:
        if self.addresses.get(event["requestId"], "").endswith(".mp4"):
            self.video_bytes += event["dataLength"]

    def wait(self, true_of_video: str) -> None:
        """Wait until something is true of the video ``v``."""
        for _ in range(_TRIES):
            if self.page.evaluate(f"(v => {true_of_video})({VIDEO})"):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"the video never came to {true_of_video}")

    def stops(self) -> list[Any]:
        """Return where the video had to wait for the line once it had begun."""
        found: list[Any] = self.page.evaluate(f"stops.filter(each => each.ahead < {_ENOUGH_AHEAD})")
        return found
