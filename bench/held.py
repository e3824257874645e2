"""How much memory a process held."""

from __future__ import annotations

import re
from pathlib import Path


def peak(pid: int) -> int:
    """Return the most memory a program held so far, kB.

    What the system tells at its end counts in what this program held when it was begun.
    """
    said = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+)", said)
    return int(found[1]) if found else 0
