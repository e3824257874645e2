"""Imports every feature's models, so that the metadata is whole."""

import importlib
import pkgutil
from pathlib import Path

from sqlalchemy import MetaData

from lms.db.base import Base

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_HOUSE = MIGRATIONS.parent.parent


def load_metadata() -> MetaData:
    """Return the metadata with the tables of every feature.

    Features are found by folder, not imported by name: the database knows none of them.
    """
    for feature in pkgutil.iter_modules([str(_HOUSE)]):
        models = _HOUSE / feature.name / "models"
        if models.is_dir() or models.with_suffix(".py").exists():
            importlib.import_module(f"lms.{feature.name}.models")
    return Base.metadata
