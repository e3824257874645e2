"""A signed badge, and what judges a file."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from lms.credentials.domain.verdict import REASONS, Finding
from lms.credentials.models import Credential
from lms.credentials.service import judging
from lms.db.session import Database, now
from lms.settings import Settings
from tests.factories.credentials import make_badge

Document = dict[str, Any]
Judge = Callable[[bytes | str | Document], Finding]


def document_of(badge: Credential) -> Document:
    return json.loads(badge.document or "")


def altered(document: Document, change: Callable[[Document], object]) -> Document:
    made = copy.deepcopy(document)
    change(made)
    return made


@pytest.fixture
def badge(database: Database, settings: Settings) -> Credential:
    """A signed badge of the site."""
    return make_badge(database, settings)


@pytest.fixture
def judge(database: Database) -> Judge:
    """Call it with a file, a text or a document."""

    def call(given: bytes | str | Document) -> Finding:
        text = json.dumps(given, ensure_ascii=False) if isinstance(given, dict) else given
        data = text.encode() if isinstance(text, str) else text
        with database.snapshot() as session:
            found = judging.judge(session, data, at=now(session))
        assert set(found.reasons) <= set(REASONS), "every reason has its sentence"
        return found

    return call
