"""Each import contract holds for the site, and each is seen to break on a planted import."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.rules.source import ROOT

ROLES = "Inside a feature: views > service > queries > models > domain"
VIEWS = "Nobody imports a view but the composition root"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
STACK = SETTINGS["tool"]["importlinter"]["contracts"][0]["layers"]
# Layers that are built stand without parentheses, and have to be in every tree.
BUILT = {name for layer in STACK for name in layer.split(" | ") if not name.startswith("(")}
LAYERS = (BUILT - {"app"}) | {"catalog", "payments", "progress"}
PLAIN = {f"lms/{layer}/__init__.py": "" for layer in LAYERS} | {
    "lms/__init__.py": "",
    "lms/app.py": "",
    **{
        f"lms/{feature}/{role}.py": ""
        for feature in ("catalog", "progress", "payments")
        for role in ("views", "service", "queries", "models", "gateway", "events", "domain")
    },
}


def broken(folder: Path) -> set[str]:
    """Return the names of the contracts that the tree breaks."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-cache",
            "--config",
            ROOT / "pyproject.toml",
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    names = {line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")}
    assert bool(names) == bool(done.returncode), done.stdout + done.stderr
    return names


def grow(folder: Path, **planted: str) -> Path:
    """Make a tree with a module in every place, and the planted imports in some."""
    for name, text in (PLAIN | planted).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_the_site_breaks_no_contract():
    assert broken(ROOT) == set()


def test_a_tree_without_imports_breaks_no_contract(tmp_path):
    assert broken(grow(tmp_path)) == set()


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    [
        ("lms/catalog/service.py", "import lms.progress.service", "Features depend downwards"),
        ("lms/core/clock.py", "import lms.web", "Features depend downwards"),
        ("lms/extra/__init__.py", "", "Features depend downwards"),
        ("lms/catalog/domain.py", "import lms.catalog.models", ROLES),
        ("lms/catalog/domain.py", "import sqlalchemy", "Domain modules know no framework"),
        ("lms/catalog/events.py", "import flask", "Domain modules know no framework"),
        ("lms/catalog/service.py", "from flask import request", "Only views and web know Flask"),
        ("lms/progress/models.py", "import lms.catalog.views", VIEWS),
        ("lms/payments/service.py", "import stripe", "Stripe is spoken to in one file"),
    ],
)
def test_a_planted_import_breaks_its_contract(tmp_path, place, line, contract):
    assert contract in broken(grow(tmp_path, **{place: line}))


def test_two_modules_that_import_each_other_break_the_contract(tmp_path):
    planted = {
        "lms/catalog/a.py": "import lms.catalog.b",
        "lms/catalog/b.py": "import lms.catalog.a",
    }
    assert "No cycles anywhere" in broken(grow(tmp_path, **planted))


def test_the_gateway_may_speak_to_stripe(tmp_path):
    assert broken(grow(tmp_path, **{"lms/payments/gateway.py": "import stripe"})) == set()
