"""Where the real field data lies that ships beside the checkout."""

import os
from pathlib import Path

FIELD_DATA = "XIANGBO_FIELD_DATA"


def field_folder() -> Path | None:
    """Return the folder, or nothing where it is not set."""
    folder = os.environ.get(FIELD_DATA, "")
    return Path(folder) if folder else None
