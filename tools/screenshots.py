"""Takes the pictures of docs/screenshots from a running development site with its demo people."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
# The first has no window of its own to draw.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
COURSE = "live-streaming-stars"
LEARNER, GRADUATE = "13800000001", "13800000002"
# Of those who claim: one who still fills it in, and one whose name hangs out.
DRAFTING, LISTED = "13800095322", "13800095311"
_CLAIM = "main a[href^='/me/subsidy/claims/']"
INSTRUCTOR, ADMINISTRATOR = "13800090001", "13800099001"
PHONE, DESK = (360, 740), (1280, 800)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose page, in which size and language; ``click`` leads on from it."""

    name: str
    path: str
    person: str | None
    size: tuple[int, int] = PHONE
    language: str = "zh"
    click: str | None = None


SHOTS = (
    Shot("sign-in", "/sign-in", None),
    Shot("home", "/", LEARNER),
    Shot("course", f"/courses/{COURSE}", LEARNER),
    Shot("checkout", "/courses/shop-accounts/checkout", LEARNER),
    Shot("lesson", f"/learn/{COURSE}/A04.video", LEARNER),
    Shot("lesson-en", f"/learn/{COURSE}/A04.video", LEARNER, language="en"),
    Shot("practice", f"/learn/{COURSE}/A08.practice", LEARNER),
    Shot("record", "/me/record", LEARNER),
    Shot("subsidy", "/me/subsidy", LEARNER),
    Shot("badge", "/me/badges", GRADUATE),
    Shot("check", "/me/badges", GRADUATE, click="a.btn.main"),
    Shot("class", "/me", LEARNER, click="main a[href^='/me/classes/']"),
    Shot("facts", "/me/facts", LEARNER),
    Shot("claim", "/me/subsidy", DRAFTING, click=_CLAIM),
    Shot("claim-status", "/me/subsidy", LISTED, click=_CLAIM),
    Shot("inbox", "/me/inbox", LISTED),
    Shot("notice", "/notices/", None, click="main a[href^='/notices/GS']"),
    Shot("studio", f"/studio/courses/{COURSE}", INSTRUCTOR, DESK),
    Shot("dashboard", "/staff/figures", ADMINISTRATOR, DESK),
    Shot("completions", "/staff/completions", ADMINISTRATOR, DESK),
    Shot("behind", "/staff/behind", ADMINISTRATOR, DESK),
    # Frozen once the worker ran.
    Shot("frozen", "/staff/batches", ADMINISTRATOR, DESK, click="tbody a"),
    Shot("class-desk", "/staff/classes", ADMINISTRATOR, DESK, click="main a:has-text('五级03')"),
    Shot("claim-desk", "/staff/claims", ADMINISTRATOR, DESK, click="tbody a"),
    Shot("payments", "/staff/payments", ADMINISTRATOR, DESK),
)


def main() -> None:
    """Take every picture anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="where the site answers")
    parser.add_argument("password", help="the demo people's password")
    wanted = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            raise SystemExit("No Chromium found; install chromium.")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=program, args=sandbox)
        for shot in SHOTS:
            for page in signed_in(opened, wanted.address, wanted.password, shot):
                page.goto(shot.path)
                if shot.click:
                    page.click(shot.click)
                page.wait_for_timeout(300)
                page.screenshot(path=FOLDER / f"{shot.name}.png")
        opened.close()


def signed_in(browser: Browser, address: str, password: str, shot: Shot) -> Iterator[Page]:
    """Yield a page of the person's own browser."""
    width, height = shot.size
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, locale="zh-CN"
    )
    context.add_cookies([{"name": "lang", "value": shot.language, "url": address}])
    page = context.new_page()
    if shot.person is not None:
        token = page.request.get("/api/v1/session").json()["csrf_token"]
        answer = page.request.post(
            "/api/v1/session",
            data={"phone": shot.person, "password": password},
            headers={"X-CSRF-Token": token},
        )
        if not answer.ok:
            raise SystemExit(f"{shot.person} could not sign in: {answer.text()}")
    yield page
    context.close()


if __name__ == "__main__":
    main()
