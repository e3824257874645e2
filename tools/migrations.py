"""Tells whether the models and the migrations still describe the same tables."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from lms.db.session import Database
from lms.operations import migrations


def main() -> None:
    """Migrate an empty database, then compare it with the models."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        migrations.upgrade(database)
        differences = migrations.differences(database)
        database.dispose()
    for difference in differences:
        print(difference)
    if differences:
        sys.exit("The models and the migrations differ; a migration is missing.")


if __name__ == "__main__":
    main()
