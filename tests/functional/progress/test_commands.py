"""The command that looks at a day at once."""

import pytest
from flask import Flask


def test_a_day_is_looked_at_and_the_flags_counted(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["progress", "flags", "--day", "2026-11-30"])
    assert (told.exit_code, told.output) == (0, "2026-11-30: 0 new flags\n")


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01"])
def test_what_is_no_day_is_refused(app: Flask, day: str) -> None:
    told = app.test_cli_runner().invoke(args=["progress", "flags", "--day", day])
    assert told.exit_code == 2
