"""The repository speaks of the product alone, in words, and runs on any machine."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.source import at

_TEXT = {
    ".cfg", ".css", ".csv", ".html", ".in", ".js", ".json", ".md", ".po", ".py", ".sh", ".svg",
    ".toml", ".txt", ".vtt", ".xml", ".yaml", ".yml",
}  # fmt: skip
_CODE = {".css", ".html", ".js", ".py", ".sh"}
_BARE = {"Makefile", "run", ".gitignore", ".djlintrc"}
# Single letters in brackets, so that this file does not break its own rules.
_PLACES = re.compile(r"(?<![\w.~:/-])/(?:home|Users|root|work)/\w")
_REGISTRIES = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|unpkg\.com"
    r"|jsdelivr\.net|tuna\.tsinghua|npmmirror\.com)|--(?:extra-)?index[-]url|--find[-]links"
)
_POSTPONED = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
# Unicode's Emoji_Presentation below U+1F000, the variation selector, and all of the planes above.
_EMOJI = re.compile(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\ufe0f\U0001f000-\U0001faff]"
)


def machine_places(root: Path) -> list[str]:
    """Name every folder of one person's machine."""
    return list(_hits(root, _TEXT, _PLACES))


def registry_hosts(root: Path) -> list[str]:
    """Name every package registry: where packages come from is the machine's own setting."""
    return list(_hits(root, _TEXT, _REGISTRIES))


def emoji(root: Path) -> list[str]:
    """Name every emoji; the site has drawings of its own. What tests feed it may hold any."""
    return [hit for hit in _hits(root, _TEXT, _EMOJI) if not hit.startswith("tests/")]


def postponed(root: Path) -> list[str]:
    """Name every note to do something later; what is missing belongs in the plan."""
    return list(_hits(root, _CODE, _POSTPONED))


def _hits(root: Path, endings: set[str], fault: re.Pattern[str]) -> Iterator[str]:
    for file in _kept(root):
        if file.suffix in endings or file.name in _BARE:
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
                for hit in fault.finditer(line):
                    yield f"{at(root, file, number)} {hit.group()!r}"


def _kept(root: Path) -> list[Path]:
    """Return the files the repository keeps; all files of a folder that is none."""
    if not (root / ".git").exists():
        return sorted(file for file in root.rglob("*") if file.is_file())
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    )
    found = (root / name for name in sorted(listed.stdout.split("\0")) if name)
    return [file for file in found if file.is_file() and "vendor" not in file.parts]
