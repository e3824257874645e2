"""An issuer that the verifiers can ask."""

from collections.abc import Iterator

import pytest

from tests.verifiers.issuer import Issuer, open_issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer with keys of its own."""
    with open_issuer() as opened:
        yield opened
