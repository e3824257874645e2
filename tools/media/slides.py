"""Draws slides: Jinja templates in the house look, photographed by Chromium."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.media.script import Script, Slide

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WIDTH, HEIGHT = 1280, 720
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Photographer:
    """Makes a PNG of a slide in a given state; a picture taken before is not taken again."""

    def __init__(self, build: Path) -> None:
        self._build = build / "slides"
        folders = [HERE / "layouts", HERE / "art", ROOT / "static" / "img"]
        self._templates = Environment(
            loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined
        )
        self._templates.trim_blocks = self._templates.lstrip_blocks = True

    def picture(self, script: Script, slide: Slide, shown: int | None) -> Path:
        """Return the slide's picture with the first ``shown`` items on it, or all of them."""
        page = self._templates.get_template(f"{slide.layout}.html").render(
            **slide.words, heading=script.heading, shown=shown
        )
        name = hashlib.sha256(page.encode()).hexdigest()[:24]
        picture = self._build / f"{name}.png"
        if not picture.exists():
            self._build.mkdir(parents=True, exist_ok=True)
            source = self._build / f"{name}.html"
            source.write_text(page, encoding="utf-8")
            photograph(source, picture)
        return picture


def photograph(source: Path, picture: Path) -> None:
    """Open the page in a browser of the video's size and keep what it shows."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise FileNotFoundError("Chromium is needed to draw slides: apt-get install chromium")
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += ["--force-device-scale-factor=1", f"--window-size={WIDTH},{HEIGHT}"]
    command += [f"--screenshot={picture}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
