"""Rules are pure; services leave clock and commit to their caller."""

import pytest

from tests.architecture.rules import purity
from tests.architecture.rules.source import ROOT


def test_every_domain_module_computes_from_its_arguments_alone():
    assert purity.impure_domains(ROOT) == []


def test_no_service_commits_or_reads_the_clock():
    assert purity.busy_services(ROOT) == []


@pytest.mark.parametrize("place", ["lms/a/domain.py", "lms/a/domain/b.py", "lms/a/domain_b.py"])
@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "import time",
        "import random",
        "import requests",
        "from pathlib import Path",
        "from urllib.request import urlopen",
        "from random import shuffle",
        "from sqlalchemy import select",
        "from lms.db.session import Database",
        "from lms.a.models import Row",
        "from lms.core.clock import utc_now",
        "from lms.core.ids import new_token",
        "when = datetime.now(UTC)",
        "day = date.today()",
        "text = open('x').read()",
        "dice = Random()",
    ],
)
def test_an_impure_line_in_a_domain_module_is_found(plant, place, line):
    assert len(purity.impure_domains(plant(place, line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime, timedelta",
        "from pathlib import PurePosixPath",
        "from urllib.parse import urlsplit",
        "from random import Random\ndice = Random(7)",
        "from lms.core.clock import local_day",
        "from lms.core.errors import Conflict",
    ],
)
def test_a_pure_line_in_a_domain_module_is_left_alone(plant, line):
    assert purity.impure_domains(plant("lms/a/domain.py", line)) == []


@pytest.mark.parametrize("place", ["lms/a/service.py", "lms/a/service_b.py", "lms/a/service/b.py"])
@pytest.mark.parametrize(
    "line",
    [
        "session.commit()",
        "session.rollback()",
        "with session.begin_nested(): pass",
        "at = datetime.now(UTC)",
        "import time",
        "from lms.core.clock import utc_now",
        "from flask import request",
    ],
)
def test_a_service_that_does_its_callers_work_is_found(plant, place, line):
    assert len(purity.busy_services(plant(place, line))) == 1


def test_a_service_may_use_savepoints_and_the_moment_it_is_given(plant):
    root = plant("lms/a/service.py", "with savepoint(session):\n    row.closed_at = now\n")
    assert purity.busy_services(root) == []
