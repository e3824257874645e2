"""Brings database, courses and demo people up to date; what is done already is skipped."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lms.settings import BadSettings, Settings
from tools.address import child_environment
from tools.environment import run_politely
from tools.messages import compile_catalogue

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "lms" / "db" / "migrations"
COURSES = ROOT / "course_content"
STAMP = "setup.json"
DEMO_PASSWORD = "demo.password"  # noqa: S105 -- the name of a file
# Raise it when the demo people change, so that the next start seeds again.
DEMO_EDITION = "4"
# Nothing that can be mistaken for something else when read aloud or copied by hand.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to bring up to date, what it is made from, and the command that does it."""

    name: str
    made_from: str
    command: list[str]


def main() -> None:
    """Do what is not done yet."""
    settings = read_settings()
    compile_catalogue(ROOT)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stamp = settings.data_dir / STAMP
    done = read_stamp(stamp)
    for step in steps(settings):
        # Asked anew for each step: the first one makes the database.
        if done.get(step.name) == made_for(settings, step):
            continue
        print(f"{step.name} …", flush=True)
        flask(step.command)
        done[step.name] = made_for(settings, step)
        stamp.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")


def read_settings() -> Settings:
    """Return the settings, or stop with every bad one named."""
    os.chdir(ROOT)
    try:
        return Settings.from_env(os.environ)
    except BadSettings as error:
        sys.exit(str(error))


def steps(settings: Settings) -> Iterator[Step]:
    """Return what has to be there before the site can serve, in order."""
    yield Step("Database", fingerprint(MIGRATIONS), ["db", "upgrade"])
    for course in sorted(file.parent for file in COURSES.glob("*/course.yaml")):
        yield Step(
            f"Course {course.name}",
            fingerprint(course),
            ["content", "load", str(course.relative_to(ROOT))],
        )
    if not settings.production:
        password = demo_password(settings)
        yield Step("Demo people", DEMO_EDITION, ["demo", "seed", "--password", password])


def made_for(settings: Settings, step: Step) -> str:
    """Return what a step is made from and for which database, by which a change is seen."""
    return f"{step.made_from} {database_identity(settings)}"


def database_identity(settings: Settings) -> str:
    """Name the database file that is there now; a server's database is looked into every time."""
    _, found, name = settings.database_url.partition("sqlite:///")
    try:
        return f"{name} {Path(name).stat().st_ino}" if found else secrets.token_hex(8)
    except FileNotFoundError:
        return "absent"


def fingerprint(folder: Path) -> str:
    """Return a short text that changes when a file below the folder does."""
    seen = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            status = file.stat()
            seen.update(
                f"{file.relative_to(folder)} {status.st_size} {status.st_mtime_ns}".encode()
            )
    return seen.hexdigest()[:16]


def demo_password(settings: Settings) -> str:
    """Return the password of the demo people, made at the first start and kept."""
    file = settings.data_dir / DEMO_PASSWORD
    if not file.exists():
        file.touch(mode=0o600)
        words = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(2))
        number = "".join(secrets.choice(DIGITS) for _ in range(4))
        file.write_text("-".join((*words, number)) + "\n", encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def read_stamp(stamp: Path) -> dict[str, str]:
    """Return what was done before, or nothing where that is unknown."""
    try:
        done = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return done if isinstance(done, dict) else {}


def flask(arguments: list[str]) -> None:
    """Run one of the site's commands and stop when it fails."""
    command = [sys.executable, "-m", "flask", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(), check=False)
    if done.returncode != 0:
        said = [argument for argument in arguments if not argument.startswith("-")][:2]
        sys.exit(f"“flask {' '.join(said)}” failed, see above. Nothing is being served.")


if __name__ == "__main__":
    run_politely(main)
