"""Files and functions stay small."""

import pytest

from tests.architecture.rules import sizes
from tests.architecture.rules.source import ROOT


def test_every_file_of_ours_has_at_most_300_lines():
    assert sizes.long_files(ROOT) == []


def test_every_function_of_ours_has_at_most_40_lines():
    assert sizes.long_functions(ROOT) == []


@pytest.mark.parametrize(
    "name", ["lms/a/views.py", "templates/a.html", "static/css/a.css", "static/js/a.js"]
)
def test_a_file_of_301_lines_is_found(plant, name):
    root = plant(name, "\n" * 301)
    assert sizes.long_files(root) == [f"{name} has 301 lines, 300 are allowed"]


def test_vendored_scripts_may_be_long(plant):
    assert sizes.long_files(plant("static/vendor/player.js", "\n" * 5000)) == []


@pytest.mark.parametrize(("body", "found"), [(39, 0), (40, 1)])
def test_a_function_may_fill_40_lines_and_not_one_more(plant, body, found):
    root = plant("lms/a/service.py", "def grade():\n" + "    x = 1\n" * body)
    assert len(sizes.long_functions(root)) == found
