"""The command behind `make media`: rebuild what changed in the courses under a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.media.build import make_lesson
from tools.media.script import BadScriptError

BUILD = Path("var/media-build")


def main() -> None:
    """Make the media of each lesson that has a script."""
    parser = argparse.ArgumentParser(prog="python -m tools.media", description=__doc__)
    parser.add_argument("courses", type=Path, help="folder that holds course folders")
    parser.add_argument("--lesson", help="only the lesson with this key, such as A01")
    parser.add_argument("--again", action="store_true", help="also where nothing changed")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder for intermediate files")
    options = parser.parse_args()
    scripts = sorted(options.courses.glob("*/lessons/*/media/script.yaml"))
    if options.lesson:
        scripts = [script for script in scripts if script.parts[-3] == options.lesson]
    if not scripts:
        sys.exit(f"No script.yaml found under {options.courses}.")
    for script in scripts:
        try:
            print(make_lesson(script, options.build.resolve(), again=options.again), flush=True)
        except BadScriptError as fault:
            sys.exit(str(fault))


if __name__ == "__main__":
    main()
