"""What media tells the features above it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssetReady:
    """A video can be played; ``duration_ms`` was probed on what learners will see."""

    asset_id: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class AssetFailed:
    """A video could not be prepared; the asset says why."""

    asset_id: str


@dataclass(frozen=True, slots=True)
class AssetSame:
    """A video turned out to be one its owner sent before; that one, ``same_as``, is used."""

    asset_id: str
    same_as: str
