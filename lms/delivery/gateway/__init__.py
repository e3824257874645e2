"""Files on the disk: whole or not at all, measured, and sealed where they hold whole numbers."""

from lms.delivery.gateway.files import (
    Written,
    atomic_file,
    make_folder,
    measure,
    new_part,
    parts,
    put_in_place,
    remove_all,
    remove_parts,
)
from lms.delivery.gateway.sealed import BrokenSeal, Sealer, Unsealed, measured

__all__ = [
    "BrokenSeal",
    "Sealer",
    "Unsealed",
    "Written",
    "atomic_file",
    "make_folder",
    "measure",
    "measured",
    "new_part",
    "parts",
    "put_in_place",
    "remove_all",
    "remove_parts",
]
