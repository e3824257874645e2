"""Badges nobody of this project baked: what is read, and what is named for what it is."""

import json
from pathlib import Path

import pytest

from lms.credentials.gateway import png, svg
from lms.credentials.gateway.carriers import CarrierError

pytestmark = pytest.mark.field


def test_the_pictures_of_the_official_validator_are_read(field_data: Path) -> None:
    samples = field_data / "badges" / "validator_ob30"
    for found in (
        png.read((samples / "simple-json.png").read_bytes()),
        svg.read((samples / "simple-json.svg").read_bytes()),
    ):
        credential = json.loads(found)
        assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
        assert credential["id"] == "http://example.com/credentials/3527"


@pytest.mark.parametrize(
    ("name", "code"),
    [("baked_heart.png", "old_badge"), ("public_domain_heart.png", "no_credential")],
)
def test_the_pictures_of_the_older_baker_are_refused(
    field_data: Path, name: str, code: str
) -> None:
    data = (field_data / "badges" / "bakery" / name).read_bytes()
    with pytest.raises(CarrierError, match=code):
        png.read(data)
    assert json.loads(png.read(png.bake(data, '{"a":1}'))) == {"a": 1}
