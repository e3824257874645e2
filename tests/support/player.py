"""What a test of the player asks the page: where the video stands, which beats wait on the phone."""

from typing import Any

import pytest
from playwright.sync_api import Page

TRIES = 600
_WAITING = """() => new Promise(done => {
  const asked = indexedDB.open("xiangbo", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(
    "beats", {keyPath: ["person", "lease", "seq"]});
  asked.onsuccess = () => {
    const all = asked.result.transaction("beats").objectStore("beats").getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result); };
  };
})"""
_ASIDE = """() => Object.keys(localStorage).filter(key => key.startsWith("beat:"))
  .map(key => JSON.parse(localStorage.getItem(key)))"""


def until(page: Page, true_of_video: str) -> None:
    """Wait without evaluating in the page, which its content policy forbids."""
    for _ in range(TRIES):
        if page.evaluate(f"(v => {true_of_video})(document.querySelector('video'))"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"the video never came to {true_of_video}")


def waiting(page: Page) -> list[dict[str, Any]]:
    """Return what the phone keeps of everyone, each beat once."""
    kept = [*page.evaluate(_WAITING), *page.evaluate(_ASIDE)]
    return list({(each["person"], each["lease"], each["seq"]): each for each in kept}.values())


def nothing_waits(page: Page) -> None:
    """Wait until the phone keeps no beat: the last one may be on its way when the step is done."""
    for _ in range(TRIES):
        if not waiting(page):
            return
        page.wait_for_timeout(50)
    pytest.fail("a beat was answered and is still kept")
