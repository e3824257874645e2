"""What tests of the player ask of the page, and a site that asks whether someone is there."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route

TRIES = 1_800
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


class Asking:
    """A site that asks whether someone is there: its real answers with a prompt put in."""

    def __init__(self, page: Page, prompt: dict[str, Any] | None) -> None:
        self.prompt = prompt
        self.answers: list[dict[str, Any]] = []
        self.reply: dict[str, Any] = {"prompt": None, "right": None, "missed": False}
        self.status = 200
        self.is_away = False
        page.context.route("**/lease", self._put_in)
        page.context.route("**/beats", self._put_in)
        page.context.route("**/prompts/*", self._hear)

    def _put_in(self, route: Route) -> None:
        real = route.fetch()
        body = real.json()
        route.fulfill(response=real, json=body | {"prompt": self.prompt})

    def _hear(self, route: Route) -> None:
        if self.is_away:
            route.abort()
            return
        self.answers.append(route.request.post_data_json)
        self.prompt = self.reply.get("prompt")
        route.fulfill(status=self.status, json=self.reply)


def tap(**changes: Any) -> dict[str, Any]:
    """Return a prompt that one tap answers."""
    shown = {"id": "17", "kind": "tap", "text": "", "options": [], "seconds_left": 48.2}
    return shown | {"more_time": True, "missed": False} | changes


def question(**changes: Any) -> dict[str, Any]:
    """Return a prompt that asks about what was just shown."""
    options = [{"id": "a", "text": "水开了再下"}, {"id": "b", "text": "冷水就下"}]
    words = {"kind": "question", "text": "面什么时候下锅？", "options": options}
    return tap(**(words | changes))


_BACKGROUND = """async played => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const post = (path, body) => fetch("/api/v1/" + path, {method: "POST", body: JSON.stringify(body),
    headers: {"Content-Type": "application/json", "X-CSRF-Token": token}}).then(a => a.json());
  const item = document.querySelector("[data-meter]").dataset.item;
  const {lease} = await post(`items/${item}/lease`, {});
  const beat = {seq: 1, played, position: 0, rate: 1, state: "hidden"};
  return (await post(`leases/${lease}/beats`, beat)).refused.map(each => each.seconds);
}"""


def play_in_the_background(page: Page, *played: tuple[float, float]) -> list[float]:
    """Report stretches that are seen and do not count; return how many seconds were refused."""
    return page.evaluate(_BACKGROUND, [list(each) for each in played])
